"""What earlier runs concluded, as a judge or a DAG sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from airflow_mlmonitor.checks.metric import Scale, Worse


class State(StrEnum):
    """What a run is worth as history."""

    CLEAN = "clean"
    ALERT = "alert"
    BAD = "bad"
    ACCEPTED = "accepted"

    @property
    def trains(self) -> bool:
        """Whether later runs may learn from it."""
        return self in {State.CLEAN, State.ACCEPTED}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One stored run of a monitor.

    Parameters
    ----------
    monitor, model, window
        Its key (the model is a property of the monitor).
    status
        How it came out.
    state
        What it is worth as history: clean and accepted runs train, alerts and those marked bad never do.
    rows, model_version, tags, started, seconds
        As in the report.
    score, threshold
        The judge's score of the whole run and the line it was held against, where the judge has them.
    """

    monitor: str
    model: str
    window: Window
    status: Status
    state: State
    rows: int = 0
    model_version: str | None = None
    tags: Tags = field(default_factory=Tags)
    started: datetime
    seconds: float = 0.0
    score: float | None = None
    threshold: float | None = None


class KnownSeries(NamedTuple):
    """One series of a monitor: a metric, perhaps of one column (empty for the table) and one slice, and what it is."""

    metric: str
    column: str
    slice: str
    scale: Scale
    family: str
    worse: Worse

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the monitor's others."""
        return self.metric, self.column, self.slice


class Point(NamedTuple):
    """One value of one series, with the run it came from; a tuple, since a history has a hundred thousand of them."""

    run: Run
    value: float | None
    status: Status
    lower: float | None = None
    upper: float | None = None
    expected: float | None = None


@dataclass(frozen=True)
class History:
    """Earlier runs of one monitor, oldest first, and the values of their metrics.

    Parameters
    ----------
    runs
        Oldest first; the windows of all of them end by the moment the history was asked for.
    points
        (metric, column or "", slice) to that series' points by position in ``runs``. Runs without the metric are
        left out.
    traces
        Name to what each run left under it, by position in ``runs``; runs that left nothing are left out.
    accepted
        (column or "", family) to the moment of data time from which on a person accepted its values as the new
        normal: what runs whose window starts earlier showed of that group is no longer what is expected of it.
    accepted_in_part
        (column or "", family) to the windows of runs of which a person accepted this group, and not all that they
        found: of this group they train, whatever their state.

    Examples
    --------
    >>> History().values("null_share", "temp")
    array([], dtype=float64)
    """

    runs: tuple[Run, ...] = ()
    points: Mapping[tuple[str, str, str], Mapping[int, Point]] = field(default_factory=dict)
    traces: Mapping[str, Mapping[int, bytes]] = field(default_factory=dict)
    accepted: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    accepted_in_part: Mapping[tuple[str, str], Collection[Window]] = field(default_factory=dict)

    def values(
        self,
        metric: str,
        column: str | None = None,
        slice: str = "",  # noqa: A002
        *,
        trains_only: bool = False,
    ) -> NDArray[np.float64]:
        """Return the defined values of a series, oldest first; those of alerting and bad runs only if wanted."""
        import numpy as np

        found = [
            point.value
            for point in self.series(metric, column, slice)
            if point.value is not None and (point.run.state.trains or not trains_only)
        ]
        return np.array(found, dtype=np.float64)

    def series(self, metric: str, column: str | None = None, slice: str = "") -> list[Point]:  # noqa: A002
        """Return the points of a series, oldest first."""
        points = self.points.get((metric, column or "", slice), {})
        return [points[position] for position in sorted(points)]

    def __add__(self, later: History) -> History:
        """The history of both, this one being the older."""
        shift = len(self.runs)
        points = {key: dict(found) for key, found in self.points.items()}
        for key, found in later.points.items():
            points.setdefault(key, {}).update({position + shift: point for position, point in found.items()})
        traces = {name: dict(left) for name, left in self.traces.items()}
        for name, left in later.traces.items():
            traces.setdefault(name, {}).update({position + shift: trace for position, trace in left.items()})
        accepted = {**self.accepted, **later.accepted}
        in_part = {
            group: {*self.accepted_in_part.get(group, ()), *later.accepted_in_part.get(group, ())}
            for group in (*self.accepted_in_part, *later.accepted_in_part)
        }
        return History(self.runs + later.runs, points, traces, accepted, in_part)

    def __iter__(self) -> Iterator[Point]:
        """All points, run by run, oldest first."""
        for position in range(len(self.runs)):
            for points in self.points.values():
                if position in points:
                    yield points[position]

    def __len__(self) -> int:
        return len(self.runs)
