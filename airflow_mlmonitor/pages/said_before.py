"""Since when a series has been out of its range, and where it had been before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.pages.findings_document import RecordDocument, SinceDocument
from airflow_mlmonitor.pages.moment_words import iso, short_day
from airflow_mlmonitor.report.words import amount, plural
from airflow_mlmonitor.store.history import Point, Run

TREND = 3
"""Runs out of range in a row from which on they may rise or fall."""

KNOWN = re.compile(
    r"\((?P<runs>[\d,]+) (?:earlier )?runs?(?:; (?P<side>highest|lowest) (?P<value>\S+) on (?P<at>[^()]+))?\)"
)
"""How judges say what they know of the past; they also know days of training, which the store keeps no points of."""


def since(points: Sequence[Point], run: Run) -> SinceDocument:
    """Say from which run on a series has been out of its range without a break.

    Parameters
    ----------
    points
        The series up to the run, oldest first.
    run
        The run.
    """
    streak: list[Point] = []
    for point in reversed(points):
        if point.run.window == run.window or point.status.is_finding:
            streak.insert(0, point)
        else:
            break
    if len(streak) <= 1:
        return {"window_start": iso(run.window.start), "runs": 1, "kind": "new", "words": "new in this run"}
    first, values = streak[0].run.window, [point.value for point in streak if point.value is not None]
    steps = [later - earlier for earlier, later in pairwise(values)]
    day = when(first, run.window.start)
    start = iso(first.start)
    if len(values) >= TREND and all(step > 0 for step in steps):
        return {"window_start": start, "runs": len(streak), "kind": "rising", "words": f"rising since {day}"}
    if len(values) >= TREND and all(step < 0 for step in steps):
        return {
            "window_start": start,
            "runs": len(streak),
            "kind": "falling",
            "words": f"falling since {day}",
        }
    words = f"for {plural(len(streak), 'run')}, since {day}"
    return {"window_start": start, "runs": len(streak), "kind": "out", "words": words}


def record(verdict: Verdict, points: Sequence[Point], run: Run) -> RecordDocument:
    """Say the most extreme earlier value on the side on which a value is out, of runs that were as usual.

    Parameters
    ----------
    verdict
        What was found.
    points
        The series up to the run, oldest first.
    run
        The run.
    """
    value = verdict.metric.value
    told = KNOWN.search(verdict.why)
    earlier = [
        (point.value, point.run.window)
        for point in points
        if point.value is not None and point.run.window < run.window and point.run.state.trains
    ]
    runs = max(len(earlier), int(told["runs"].replace(",", "")) if told else 0)
    high = is_high(verdict)
    extremes: list[tuple[float, Window]] = []
    if earlier:
        extremes.append((max if high else min)(earlier))
    if told and told["side"] == ("highest" if high else "lowest"):
        extremes += _read(told["value"], told["at"])
    if value is None or not extremes:
        return {"value": None, "at": None, "kind": "none", "words": ""}
    number, window = (max if high else min)(extremes, key=lambda one: one[0])
    at = iso(window.start)
    if high and number == 0 and value > 0:
        return {"value": 0.0, "at": at, "kind": "never", "words": f"never before in {plural(runs, 'run')}"}
    side = "highest" if high else "lowest"
    words = f"{side} before: {amount(number, verdict.metric.scale)}, {when(window, run.window.start)}"
    return {"value": number, "at": at, "kind": "highest" if high else "lowest", "words": words}


def is_high(verdict: Verdict) -> bool:
    """Whether a value is out at the top."""
    value, lower, upper = verdict.metric.value, verdict.lower, verdict.upper
    if value is None:
        return False
    if upper is not None and value > upper:
        return True
    if lower is not None and value < lower:
        return False
    middle = verdict.expected if verdict.expected is not None else verdict.metric.expected
    return middle is None or value >= middle


def known_runs(verdicts: Sequence[Verdict]) -> int:
    """How many earlier runs judges say that they knew of; 0 where none says so."""
    found = [told for verdict in verdicts if (told := KNOWN.search(verdict.why))]
    return max((int(told["runs"].replace(",", "")) for told in found), default=0)


def when(window: Window, now: datetime) -> str:
    """Write when a window was, as short as the moment from which one looks back allows.

    >>> now = datetime(2013, 3, 14)
    >>> when(Window.parse("2013-03-01"), now), when(Window.parse("2012-12-30"), now)
    ('1 Mar', '30 Dec 2012')
    >>> when(Window.parse("2013-03-01T06:00/2013-03-01T07:00"), now)
    '1 Mar, 06:00'
    """
    start = window.start
    year = "" if start.year == now.year else f" {start.year}"
    time = "" if start.time() == datetime.min.time() else f", {start:%H:%M}"
    return f"{short_day(start)}{year}{time}"


def _read(value: str, at: str) -> list[tuple[float, Window]]:
    """Read a number and a window as judges write them; nothing where it is none."""
    try:
        number = float(value.removesuffix("%").replace(",", ""))
        return [(number / 100 if value.endswith("%") else number, Window.parse(at))]
    except (ValueError, MLMonitorError):
        return []
