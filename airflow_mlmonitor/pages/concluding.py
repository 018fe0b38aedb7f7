"""What the monitors of one DAG run came to, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from airflow_mlmonitor.pages.documents import DisplayName
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.history import Run

NAMED = 3
"""Monitors that a sentence names."""

FOUND = {"fail": "failed", "broken": "could not check", "warn": "warned"}
"""What a sentence says of monitors of a status, the gravest one first."""

ASIDE: Mapping[DisplayName, str] = {
    "fail": "failed",
    "broken": "could not check",
    "warn": "with a warning",
    "ok": "OK",
    "learning": "still learning",
    "waiting": "waiting for labels",
    "running": "running",
    "late": "late",
    "none": "without a run",
}

Concluded = Sequence[tuple[str, DisplayName]]
"""Of each monitor its task, as the grid calls it, and how it came out."""


def overall(concluded: Concluded) -> DisplayName:
    """Return how a DAG run came out: the gravest finding, or else what most of its monitors are.

    >>> overall([("check_flights", "ok"), ("check_weather", "fail")]), overall([("skew", "learning")]), overall([])
    ('fail', 'learning', 'none')
    """
    statuses = {status for _, status in concluded}
    graver: tuple[DisplayName, ...] = (
        "fail",
        "broken",
        "warn",
        "running",
        "ok",
        "learning",
        "waiting",
        "late",
    )
    return next((status for status in graver if status in statuses), "none")


def headline(concluded: Concluded, *, when: str = "", cause: str = "", title: str = "") -> str:
    """Say how many monitors found something, and which.

    Parameters
    ----------
    concluded
        The monitors in their order.
    when
        Such as ``in the last run``.
    cause
        What all of them come from, where that is one thing.
    title
        What the gravest monitor found, where it is the only one and nothing better is known.

    Examples
    --------
    >>> run = [("check_flights", "ok"), ("check_weather", "fail"), ("check_features", "fail")]
    >>> headline(run, when="in the last run")
    '2 of 3 monitors failed in the last run: check_weather and check_features.'
    >>> headline(run, cause="EWR is missing from the weather feed")
    '2 of 3 monitors failed, from one cause: EWR is missing from the weather feed.'
    >>> headline([("skew", "fail")], title="temp: missing in 31.8% of 981 rows")
    'skew failed: temp, missing in 31.8% of 981 rows.'
    >>> headline([("skew", "ok"), ("quality", "waiting")], when="in the last run")
    'Nothing unusual in the last run: 1 of 2 monitors is OK, 1 is waiting for labels.'
    """
    status, when = overall(concluded), f" {when}" if when else ""
    if status not in FOUND:
        return _quiet(concluded, status, when)
    names, total = [name for name, its in concluded if its == status], len(concluded)
    alone = total == 1
    subject = names[0] if alone else f"{len(names)} of {plural(total, 'monitor')}"
    said = f"{subject} {FOUND[status]}{when}"
    if cause:
        return printable(f"{said}{', from one cause' if len(names) > 1 else ''}: {cause}.")
    if title and len(names) == 1:
        found = title.replace(": ", ", ", 1)  # "temp: missing" names its column; a sentence has one colon
        return printable(f"{said}: {found}." if alone else f"{said}: {names[0]} ({found}).")
    return printable(f"{said}." if alone else f"{said}: {listed(names)}.")


def beside(concluded: Concluded) -> str:
    """Say what else there is beside the findings of the headline; empty where there is nothing.

    >>> beside([("check_weather", "fail"), ("check_dependencies", "warn"), ("score", "ok"), ("skew", "ok")])
    '1 with a warning: check_dependencies. 2 OK.'
    """
    status = overall(concluded)
    if status not in FOUND:
        return ""
    others: list[str] = []
    for its in FOUND:
        names = [name for name, one in concluded if one == its and its != status]
        if names:
            others.append(f"{len(names)} {ASIDE[its]}: {listed(names)}.")  # type: ignore[index]
    quiet = _counted([its for _, its in concluded if its not in FOUND])
    return printable(" ".join([*others, f"{quiet}." if quiet else ""]).strip())


def listed(names: Sequence[str], most: int = NAMED) -> str:
    """Name the first of several.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c", "d", "e"])
    ('a', 'a, b and c', 'a, b, c and 2 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def task_name(tags: Tags, monitor: str) -> str:
    """What the grid calls a run's task, with its map index; for the command line its monitor."""
    mapped = f"[{tags.map_index}]" if tags.map_index >= 0 else ""
    return f"{tags.task_id}{mapped}" if tags.task_id else monitor


def last_dag_run(runs: Iterable[Run]) -> str:
    """Return which DAG run the latest of some runs belongs to; empty where there is none."""
    latest = max(runs, key=lambda run: (run.window.end, run.started), default=None)
    return latest.tags.run_id if latest else ""


def _quiet(concluded: Concluded, status: DisplayName, when: str) -> str:
    total = len(concluded)
    if status == "none":
        return "No monitor has run yet."
    if status == "running":
        return "The monitors of this run are not done yet."
    if status in ("learning", "waiting"):
        subject = printable(concluded[0][0]) if total == 1 else f"All {total} monitors"
        known = [its for _, its in concluded if its == status]
        if len(known) == total:
            doing = "still learning what is usual" if status == "learning" else "waiting for labels"
            return f"{subject} {'is' if total == 1 else 'are'} {doing}."
        return f"{_counted([its for _, its in concluded])}."
    fine = sum(its == "ok" for _, its in concluded)
    if fine == total:
        what = f"{printable(concluded[0][0])} is OK" if total == 1 else f"all {total} monitors are OK"
        return f"Nothing unusual{when}: {what}."
    rest = Counter(its for _, its in concluded if its != "ok")
    others = [f"{count} {_be(count)} {ASIDE[its]}" for its, count in rest.items()]
    return f"Nothing unusual{when}: {fine} of {plural(total, 'monitor')} {_be(fine)} OK, {', '.join(others)}."


def _counted(statuses: Iterable[DisplayName]) -> str:
    return ", ".join(f"{count} {ASIDE[its]}" for its, count in Counter(statuses).items())


def _be(count: int) -> str:
    return "is" if count == 1 else "are"
