"""The head of a task's page: what came out, in a sentence, and the facts beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.pages.closeness import Used, nearness_words
from airflow_mlmonitor.pages.documents import (
    CountsDocument,
    DisplayName,
    LearningDocument,
    MarkDocument,
    StartDocument,
    VerdictDocument,
)
from airflow_mlmonitor.pages.finding_groups import Card
from airflow_mlmonitor.pages.moment_words import day_words, iso, window_words
from airflow_mlmonitor.pages.said_before import known_runs
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.pages.titles import headline, is_missing, named, plainly
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import STATUS_WORDS, plural
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.retention import PRUNED
from airflow_mlmonitor.store.store import Annotation

MOST_YEARS = 10
"""Years beyond which nobody counts."""

NEAR = 0.7
"""Part of the way to its limit from which on a clean run names the series that is nearest."""


def verdict_document(  # noqa: PLR0913 - each is a part of the page
    run: Run,
    verdicts: Sequence[Verdict],
    facts: Mapping[str, str],
    *,
    columns: Sequence[str],
    cards: Sequence[Card],
    since: str,
    near: Sequence[Used],
    known: Sequence[Used],
    learning: LearningDocument | None,
    marks: Sequence[Annotation],
    runs: int,
) -> VerdictDocument:
    """Write the head of a page.

    Parameters
    ----------
    run, verdicts, facts, columns
        The run, and the columns of its rows.
    cards
        Its findings, the most unusual first.
    since
        Since when the first of them.
    near
        Its quiet verdicts, that nearest to its limit first.
    known
        Those of them that people understand at once.
    learning
        How far the monitor has come, where it is young.
    marks
        What people said of the run.
    runs
        Earlier runs that it was compared with.
    """
    window = run.window
    return {
        "status": run.status.value,
        "headline": gone(run, verdicts, facts)
        or plainly(_headline(run, verdicts, columns, cards, since, near, learning)),
        "impact": plainly(_impact(run, facts, cards, near, known)),
        "start_at": _start(facts),
        "counts": counts_document(Counter(verdict.status for verdict in verdicts)),
        "rows": run.rows,
        "columns": len(columns),
        "window_start": iso(window.start),
        "window_end": iso(window.end),
        "window_words": window_words(window),
        "model": run.model,
        "model_version": run.model_version or "",
        "monitor": run.monitor,
        "baseline_runs": runs,
        "rarity": _rarity(facts),
        "judged_at": iso(run.started),
        "seconds": run.seconds,
        "score": run.score,
        "threshold": run.threshold,
        "mark": _mark(run, marks),
    }


def waiting(document: VerdictDocument, words: str) -> None:
    """Say that the run waits for labels, in place of what came out."""
    status: DisplayName = "waiting"
    document["status"], document["headline"] = status, words


def compared_runs(facts: Mapping[str, str], verdicts: Sequence[Verdict]) -> int:
    """How many earlier runs the judge knew, and days of training that stood in for them; 0 where nothing tells."""
    compared = fact(facts, "compared")
    runs = compared.get("runs") if isinstance(compared, dict) else None
    return runs if isinstance(runs, int) else known_runs(verdicts)


def gone(run: Run, verdicts: Sequence[Verdict], facts: Mapping[str, str]) -> str:
    """Say that the numbers of an old run were removed; nothing where they are there."""
    when = fact(facts, PRUNED)
    if verdicts or not isinstance(when, str):
        return ""
    outcome = "Nothing unusual" if run.status is Status.OK else STATUS_WORDS[run.status]
    return (
        f"{outcome}. The numbers of this old run were removed on {day_words(datetime.fromisoformat(when))}."
    )


def _headline(
    run: Run,
    verdicts: Sequence[Verdict],
    columns: Sequence[str],
    cards: Sequence[Card],
    since: str,
    near: Sequence[Used],
    learning: LearningDocument | None,
) -> str:
    if cards:
        first, *others = cards
        if first.speaker.metric.family == "check":
            said = f"Could not check {first.speaker.metric.name}; the rest of this page is complete."
            return said if not others else f"{said[:-1]}, with {plural(len(others), 'more finding')}."
        said = headline(first.speaker, first.columns, first.place, since)
        return f"{said[:-1]}, and {plural(len(others), 'more finding')}." if others else said
    if run.status is Status.LEARNING:
        known = f": {learning['runs']} of {plural(learning['needed'], 'run')}" if learning else ""
        return f"Still learning what is usual{known}."
    return _quiet(run, verdicts, columns, near)


def _quiet(run: Run, verdicts: Sequence[Verdict], columns: Sequence[str], near: Sequence[Used]) -> str:
    if not verdicts:
        return f"Nothing was measured in {plural(run.rows, 'row')}."
    if not columns:
        every = f"All {len(verdicts)} numbers are" if len(verdicts) > 1 else "The one number is"
        return f"Nothing unusual. {every} within the expected range."
    young = {verdict.metric.column for verdict in verdicts if verdict.status is Status.LEARNING}
    out = {verdict.metric.column for part, verdict in near if part > 1} - young
    fine = [name for name in columns if name not in young and name not in out]
    if len(fine) == len(columns):
        which = (
            f"All {len(fine)} columns are within their" if len(fine) > 1 else "The one column is within its"
        )
        return f"Nothing unusual. {which} expected range."
    said = f"Nothing unusual. {len(fine)} of {plural(len(columns), 'column')} are within their expected range"
    beyond = [name for name in columns if name in out]
    if beyond:
        be = "is" if len(beyond) == 1 else "are"
        return f"{said}; {named(beyond, 2)} {be} out of it no more than chance explains."
    return f"{said}; of the others too little is known yet."


def _impact(
    run: Run, facts: Mapping[str, str], cards: Sequence[Card], near: Sequence[Used], known: Sequence[Used]
) -> str:
    if not cards:
        if run.status is not Status.OK:
            return ""
        if near and near[0][0] > 1:
            return f"Farthest from what is usual: {nearness_words(near[0][1])}."
        close = known and known[0][0] >= NEAR
        return f"Closest to its limit: {nearness_words(known[0][1])}." if close else ""
    parts = []
    if len(cards) > 1:
        found = Counter(card.group.lead.status for card in cards)
        words = {Status.FAIL: "failed", Status.BROKEN: "could not be checked", Status.WARN: "warned"}
        said = [f"{found[status]} {verb}" for status, verb in words.items() if found[status]]
        parts.append(f"Of {len(cards)} findings {', '.join(said)}.")
    stored = fact(facts, "impact")
    if isinstance(stored, str):
        parts.append(stored)
    elif is_missing(metric := cards[0].speaker.metric) and metric.value:
        parts.append(f"{round(metric.value * metric.n):,} of {plural(metric.n, 'row')} are touched.")
    return " ".join(parts)


def _start(facts: Mapping[str, str]) -> StartDocument | None:
    start = fact(facts, "start_at")
    if not isinstance(start, dict) or not start.get("task_id"):
        return None
    return {"task_id": str(start["task_id"]), "why": printable(str(start.get("why", "")))}


def counts_document(found: Mapping[Status, int]) -> CountsDocument:
    """Write how many verdicts have each status."""
    return {
        "fail": found.get(Status.FAIL, 0),
        "warn": found.get(Status.WARN, 0),
        "ok": found.get(Status.OK, 0),
        "learning": found.get(Status.LEARNING, 0),
        "broken": found.get(Status.BROKEN, 0),
    }


def _rarity(facts: Mapping[str, str]) -> str:
    """Say how often a run so unusual comes.

    >>> [_rarity({"rarity": times}) for times in ("2.4", "0.3", "0.02", "0.0001", "null")][:2]
    ['A run this unusual comes about twice a month', 'A run this unusual comes about once in 3 months']
    """
    times = fact(facts, "rarity")
    if not isinstance(times, int | float) or not times > 0:
        return ""
    said = "A run this unusual comes"
    if times >= 1.5:
        often = "twice" if times < 2.5 else f"{times:.0f} times"
        return f"{said} about {often} a month"
    months = 1 / times
    if months < 24:
        return f"{said} about once {'a month' if months < 1.5 else f'in {months:.0f} months'}"
    often = "about" if months <= 12 * MOST_YEARS else "less than"
    return f"{said} {often} once in {min(months / 12, MOST_YEARS):.0f} years"


def _mark(run: Run, marks: Sequence[Annotation]) -> MarkDocument | None:
    if run.state.value not in ("bad", "accepted"):
        return None
    said = next((mark for mark in reversed(marks) if mark.after is run.state), None)
    return {
        "kind": run.state.value,
        "by": said.who if said else "",
        "at": iso(said.made_at) if said else None,
        "reason": printable(said.note) if said else "",
    }
