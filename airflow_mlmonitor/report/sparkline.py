"""The last runs of a series as a small chart: paths in percent of its width and height, and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from airflow_mlmonitor.pages.findings_document import FindingDocument, PointDocument
from airflow_mlmonitor.report.axes import Tick, TimeAxis, ValueAxis
from airflow_mlmonitor.report.words import STATUS_WORDS, plural

DATES = 4
FINDINGS = ("warn", "fail", "broken")

WIDE = 2.0
"""Times the height of the values for which their expected range gets room above and below."""

USUAL = 0.9
"""Part of the distances between runs that are usual; where one is longer by half, a run is missing there."""


@dataclass(frozen=True)
class Mark:
    """A point that is marked: where it lies in percent from the left and the bottom, and its status."""

    left: float
    bottom: float
    status: str


@dataclass(frozen=True)
class Sparkline:
    """A series over its last runs, ready to be drawn in a square of 100 by 100 that is stretched as needed.

    Parameters
    ----------
    line, band
        SVG paths: the values, and the range expected of them. Where runs are missing, they stop.
    marks
        Earlier runs in which the series was found.
    last
        The last run; None where it has no value.
    values, dates
        Ticks, upwards and to the right.
    sentence
        The chart for those who do not see it.
    """

    line: str
    band: str
    marks: list[Mark]
    last: Mark | None
    values: list[Tick]
    dates: list[Tick]
    sentence: str


def sparkline(finding: FindingDocument) -> Sparkline | None:
    """Draw the history of a finding; None where no run has a value."""
    points = [point for point in finding["history"] if point["value"] is not None]
    if not points:
        return None
    axis = ValueAxis.holding(drawn(points), finding["unit"])
    time = TimeAxis(moment(finding["history"][0]), moment(finding["history"][-1]))
    runs = unbroken(finding["history"])
    marks = [_mark(point, axis, time) for point in points if point["status"] in FINDINGS]
    is_last = finding["history"][-1]["value"] is not None
    last = _mark(finding["history"][-1], axis, time) if is_last else None
    return Sparkline(
        line="".join(_line(run, axis, time) for run in runs),
        band="".join(_band(run, axis, time) for run in runs),
        marks=[mark for mark in marks if mark != last],
        last=last,
        values=axis.ticks,
        dates=time.ticks(DATES),
        sentence=_sentence(finding),
    )


def moment(point: PointDocument) -> datetime:
    """Return when the data of a point begin."""
    return datetime.fromisoformat(point["window_start"])


def drawn(history: Sequence[PointDocument]) -> list[float]:
    """Return every number of a history for which a chart needs room: a range so wide that it would hide how the
    values move reaches to the edge instead.
    """
    values = [point["value"] for point in history if point["value"] is not None]
    ends = [end for point in history for end in (point["lower"], point["upper"]) if end is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    room = WIDE * (high - low) if high > low else math.inf
    return values + [end for end in ends if low - room <= end <= high + room]


def unbroken(history: Sequence[PointDocument]) -> list[list[PointDocument]]:
    """Split a history where a run has no value, or where one is missing: nothing is drawn across.

    Missing is what the series' own rhythm says: in one of working days a weekend is no gap, a Wednesday is.
    """
    distances = sorted(moment(later) - moment(earlier) for earlier, later in pairwise(history))
    usual = distances[int(USUAL * (len(distances) - 1))] if distances else timedelta()
    runs: list[list[PointDocument]] = [[]]
    for place, point in enumerate(history):
        far = place and moment(point) - moment(history[place - 1]) > 1.5 * usual
        if far or point["value"] is None:
            runs.append([])
        if point["value"] is not None:
            runs[-1].append(point)
    return [run for run in runs if run]


def _mark(point: PointDocument, axis: ValueAxis, time: TimeAxis) -> Mark:
    return Mark(time.place(moment(point)), axis.place(point["value"] or 0.0), point["status"])


def _line(points: Sequence[PointDocument], axis: ValueAxis, time: TimeAxis) -> str:
    places = [(time.place(moment(point)), axis.place(point["value"] or 0.0)) for point in points]
    if len(places) == 1:  # one run alone: a short stroke, since a point has no length
        ((left, bottom),) = places
        places = [(left - 0.4, bottom), (left + 0.4, bottom)]
    return _path(places)


def _band(points: Sequence[PointDocument], axis: ValueAxis, time: TimeAxis) -> str:
    """The range expected of a stretch of runs; open sides reach to the edge of the chart."""
    known = [point for point in points if point["lower"] is not None or point["upper"] is not None]
    if len(known) < 2:
        return ""
    left = [time.place(moment(point)) for point in known]
    upper = [axis.high if point["upper"] is None else point["upper"] for point in known]
    lower = [axis.low if point["lower"] is None else point["lower"] for point in known]
    above = _corners([(x, axis.place(y)) for x, y in zip(left, upper, strict=True)])
    below = _corners([(x, axis.place(y)) for x, y in zip(left, lower, strict=True)])
    return f"{_path([*above, *reversed(below)])}Z"


def _corners(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out points within a level stretch: most ranges change slowly."""
    return [
        place
        for number, place in enumerate(places)
        if number in (0, len(places) - 1) or not places[number - 1][1] == place[1] == places[number + 1][1]
    ]


def _path(places: Sequence[tuple[float, float]]) -> str:
    """An SVG path, whose vertical axis points down."""
    return "M" + "L".join(f"{left:.5g} {100 - bottom:.5g}" for left, bottom in places)


def _sentence(finding: FindingDocument) -> str:
    history = finding["history"]
    earlier = sum(point["status"] in FINDINGS for point in history[:-1])
    found = f"; found in {plural(earlier, 'earlier run')}" if earlier else ""
    return (
        f"{finding['metric_words']} over {plural(len(history), 'run')}: now {finding['value_words']}, "
        f"{STATUS_WORDS[finding['status']]}, expected {finding['expected']['words'] or 'not known yet'}{found}."
    )
