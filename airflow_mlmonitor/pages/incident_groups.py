"""The columns that an incident touches, gathered by what happened to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.pages.choices import NOTHING, choice
from airflow_mlmonitor.pages.finding_card import points_of, series_document
from airflow_mlmonitor.pages.finding_groups import Card
from airflow_mlmonitor.pages.findings_document import FindingDocument
from airflow_mlmonitor.pages.overview_documents import AffectedDocument
from airflow_mlmonitor.pages.titles import is_missing, plainly, title
from airflow_mlmonitor.report.groups import Group
from airflow_mlmonitor.store.history import History, Run

MOST_CARDS = 20
"""Findings that are told."""

MOST_SERIES = 60
"""Columns that are shown with their history."""

Key = tuple[str, str, str]


def keys_of(cards: Sequence[Card]) -> list[Key]:
    """The series that are shown with their history."""
    return [verdict.metric.key for _, verdict in _shown(cards)]


def affected(run: Run, cards: Sequence[Card], history: History, incident: Incident) -> list[AffectedDocument]:
    """Write what a run found: of each card the columns to which one thing happened, then what follows from it.

    Parameters
    ----------
    run
        The run.
    cards
        Its findings, the most unusual first.
    history
        The run and those before it, with the points of :func:`keys_of`.
    incident
        The one that it belongs to.
    """
    shown = {id(verdict) for _, verdict in _shown(cards)}
    documents: list[AffectedDocument] = []
    for rank, card in enumerate(cards[:MOST_CARDS], 1):
        alike = [(group, verdict) for group, verdict in _alike(card) if id(verdict) in shown]
        if alike:
            own = [_series(rank, group, verdict, run, history) for group, verdict in alike]
            own[0]["columns"] = list(dict.fromkeys([*card.columns, *sorted(card.touched)]))
            documents.append(
                {
                    "title": _title(card),
                    "why": _why(card),
                    "rows": _rows(card),
                    "series": own,
                    **choice(card, incident),
                }
            )
        following = [group for group in card.group.followers if id(group.plain) in shown]
        if following:
            its = [_series(rank, group, group.plain, run, history) for group in following]
            documents.append({"title": "Follows from it", "why": "", "rows": None, "series": its, **NOTHING})
    return documents


def _shown(cards: Sequence[Card]) -> list[tuple[Group, Verdict]]:
    """One finding of each column, those of the first cards, with all that was found of it."""
    found: list[tuple[Group, Verdict]] = []
    for card in cards[:MOST_CARDS]:
        found += [*_alike(card), *((group, group.plain) for group in card.group.followers)]
    return found[:MOST_SERIES]


def _alike(card: Card) -> Iterator[tuple[Group, Verdict]]:
    """Of each column of a card the finding that is like the one that speaks for it; that one first."""
    own, groups = card.speaker.metric.column, (card.group, *card.group.twins)
    yield next((group for group in groups if group.lead.metric.column == own), card.group), card.speaker
    for group in groups:
        if group.lead.metric.column != own:
            yield group, _like(group, card.speaker)


def _like(group: Group, speaker: Verdict) -> Verdict:
    same = (one for one in group.findings if one.metric.name == speaker.metric.name)
    return next(same, group.plain)


def _series(rank: int, group: Group, verdict: Verdict, run: Run, history: History) -> FindingDocument:
    """Write the series of a finding, which is as grave as the gravest that was found of its column."""
    document = series_document(rank, verdict, run, points_of(run, history, verdict))
    document["status"] = group.lead.status.value
    return document


def _title(card: Card) -> str:
    rows = _rows(card)
    if is_missing(card.speaker.metric) and card.place.words and len(card.columns) > 1 and rows:
        return f"Missing on the same {rows:,} rows"
    return plainly(title(card.speaker, card.columns, card.place))


def _why(card: Card) -> str:
    """On which rows, where the title does not say so."""
    place = card.place.words
    return "" if place in _title(card) else place


def _rows(card: Card) -> int | None:
    """About how many rows it touches; None where that is not known."""
    metric, cause = card.speaker.metric, card.group.cause
    if is_missing(metric) and metric.value is not None and metric.scale == "share" and not metric.slice:
        return round(metric.value * metric.n)
    return cause.rows if cause else None
