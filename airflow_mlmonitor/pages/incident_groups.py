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
    return [verdict.metric.key for verdict in _shown(cards)]


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
    shown = {id(verdict) for verdict in _shown(cards)}
    documents: list[AffectedDocument] = []
    for rank, card in enumerate(cards[:MOST_CARDS], 1):
        alike = [verdict for verdict in _alike(card) if id(verdict) in shown]
        if alike:
            own = [_series(rank, verdict, run, history) for verdict in alike]
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
        following = [one.plain for one in card.group.followers if id(one.plain) in shown]
        if following:
            its = [_series(rank, verdict, run, history) for verdict in following]
            documents.append({"title": "Follows from it", "why": "", "rows": None, "series": its, **NOTHING})
    return documents


def _shown(cards: Sequence[Card]) -> list[Verdict]:
    """One finding of each column, those of the first cards."""
    found: list[Verdict] = []
    for card in cards[:MOST_CARDS]:
        found += [*_alike(card), *(one.plain for one in card.group.followers)]
    return found[:MOST_SERIES]


def _alike(card: Card) -> Iterator[Verdict]:
    """Of each column of a card the finding that is like the one that speaks for it."""
    yield card.speaker
    own = card.speaker.metric.column
    for group in (card.group, *card.group.twins):
        if group.lead.metric.column != own:
            yield _like(group, card.speaker)


def _like(group: Group, speaker: Verdict) -> Verdict:
    same = (one for one in group.findings if one.metric.name == speaker.metric.name)
    return next(same, group.plain)


def _series(rank: int, verdict: Verdict, run: Run, history: History) -> FindingDocument:
    return series_document(rank, verdict, run, points_of(run, history, verdict))


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
