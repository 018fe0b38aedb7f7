"""One card: what is wrong, how much, since when, why probably, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.pages.choices import NOTHING, choice
from airflow_mlmonitor.pages.closeness import nearness_words
from airflow_mlmonitor.pages.distributions import distribution
from airflow_mlmonitor.pages.finding_groups import Card
from airflow_mlmonitor.pages.findings_document import (
    CompanionDocument,
    FindingDocument,
    LinkDocument,
    SeriesDocument,
)
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.pages.reference_profile import Shown
from airflow_mlmonitor.pages.said_before import record, since
from airflow_mlmonitor.pages.series_page import point_document
from airflow_mlmonitor.pages.titles import is_missing, plainly, title
from airflow_mlmonitor.pages.vocabulary import metric_words, unit_of
from airflow_mlmonitor.report.groups import SAME, Group
from airflow_mlmonitor.report.reasons import advice
from airflow_mlmonitor.report.words import amount, capital, expectation
from airflow_mlmonitor.store.history import History, Point, Run

COMPANIONS = 12
"""Columns that moved with a finding and are named."""


def finding_document(
    rank: int,
    card: Card,
    run: Run,
    history: History,
    verdicts: Mapping[tuple[str, str, str], Verdict],
    rows: Shown | None,
    incident: Incident | None,
) -> FindingDocument:
    """Write a card.

    Parameters
    ----------
    rank
        Its place, from 1.
    card
        What it is about.
    run
        The run.
    history
        The run and those before it, with the points of the card's series.
    verdicts
        All of the run, by series.
    rows
        The rows of the run and those they are shown beside; None where they are not known.
    incident
        The one that the run belongs to; None for none.
    """
    group, verdict = card.group, card.speaker
    points = _up_to(run, history, verdict)
    document = series_document(rank, verdict, run, points)
    document["status"] = group.lead.status.value
    document["title"] = title(verdict, card.columns, card.place)
    document["since"] = since(points, run)
    document["record"] = record(verdict, points, run)
    document["distribution"] = distribution(verdict.metric, card.place, verdicts, rows) if rows else None
    document["moves_with"] = _companions(card)
    if group.cause:
        document["likely"] = f"{capital(plainly(group.cause.likely))}."
        document["evidence"] = [plainly(said) for said in group.cause.evidence]
    document["next"] = plainly(advice(group))
    document["columns"] = list(card.columns)
    document["severity"] = float(group.lead.severity)
    return {**document, **choice(card, incident)}


def series_document(rank: int, verdict: Verdict, run: Run, points: Sequence[Point]) -> FindingDocument:
    """Write one series of a run with its history, without saying that anything is wrong with it."""
    metric = verdict.metric
    words = metric_words(metric.name, metric.column or "", metric.slice)
    return {
        "rank": rank,
        "status": verdict.status.value,
        "title": capital(words) if words[:1] != (metric.column or "")[:1] else words,
        "since": {"window_start": iso(run.window.start), "runs": 0, "kind": "new", "words": ""},
        "series": _series(run.monitor, verdict),
        "metric_words": words,
        "value": metric.value,
        "value_words": amount(metric.value, metric.scale),
        "unit": unit_of(metric.scale),
        "expected": {
            "lower": verdict.lower,
            "upper": verdict.upper,
            "words": expectation(verdict.lower, verdict.upper, verdict.expected, metric.scale),
        },
        "record": {"value": None, "at": None, "kind": "none", "words": ""},
        "history": [point_document(point) for point in points],
        "distribution": None,
        "moves_with": [],
        "likely": "",
        "evidence": [],
        "next": "",
        "links": _links(run.monitor, verdict),
        "columns": [metric.column] if metric.column else [],
        "severity": float(verdict.severity),
        **NOTHING,
    }


def points_of(run: Run, history: History, verdict: Verdict) -> list[Point]:
    """Return the points of a series up to a run, oldest first."""
    return _up_to(run, history, verdict)


def _up_to(run: Run, history: History, verdict: Verdict) -> list[Point]:
    metric = verdict.metric
    points = history.series(metric.name, metric.column, metric.slice)
    return [point for point in points if point.run.window <= run.window]


def _companions(card: Card) -> list[CompanionDocument]:
    """What moved in the same run and comes from the same: other columns first, then more about its own."""
    group, speaker = card.group, card.speaker
    told: list[CompanionDocument] = []
    for twin in [one for one in (group, *group.twins) if one.lead.metric.column != speaker.metric.column]:
        verdict = _like(twin, speaker)
        told.append(_companion(verdict, _beside(verdict, speaker, card)))
    told += [_companion(one.plain, nearness_words(one.plain)) for one in group.followers]
    own = next(one for one in (group, *group.twins) if one.lead.metric.column == speaker.metric.column)
    told += [
        _companion(one, nearness_words(one))
        for one in own.findings
        if one is not speaker and not is_missing(one.metric)
    ]
    return told[:COMPANIONS]


def _like(twin: Group, speaker: Verdict) -> Verdict:
    same = (one for one in twin.findings if one.metric.name == speaker.metric.name)
    return next(same, twin.plain)


def _beside(verdict: Verdict, speaker: Verdict, card: Card) -> str:
    mine, its = verdict.metric.value, speaker.metric.value
    is_same = mine is not None and its is not None and abs(mine - its) <= SAME * abs(its)
    if not is_same:
        return nearness_words(verdict)
    return "same rows" if card.place.words else "same share of rows"


def _companion(verdict: Verdict, words: str) -> CompanionDocument:
    metric = verdict.metric
    return {"column": metric.column or "", "metric": metric.name, "value": metric.value, "words": words}


def _series(monitor: str, verdict: Verdict) -> SeriesDocument:
    metric = verdict.metric
    return {
        "monitor": monitor,
        "metric": metric.name,
        "column": metric.column or "",
        "slice": metric.slice,
    }


def _links(monitor: str, verdict: Verdict) -> list[LinkDocument]:
    if verdict.metric.family in ("check", "bound"):
        return []
    metric = verdict.metric
    about = plainly(metric.column) if metric.column else metric_words(metric.name)
    asked = {name: text for name, text in _series(monitor, verdict).items() if text}
    return [{"label": f"History of {about}", "to": f"?{urlencode(asked, errors='replace')}"}]
