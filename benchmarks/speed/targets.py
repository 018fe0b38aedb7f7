"""What is asked of this project, as ratios within one run.

The measure is a prototype of the same method, timed on an idle machine of 2 cores beside the yardstick: reading all
columns of the current file with pyarrow. Ours may take half as much again. Seconds of one machine say nothing on
another; how many times reading costs travels better, and CPU against CPU also survives a busy machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.speed.contest import Standing

MARGIN = 1.5
READING_CORES = 1.8
OURS = "ours_stored"


@dataclass(frozen=True, kw_only=True)
class Prototype:
    """Seconds and MB of the prototype with its reference from the store; ``reading`` is the yardstick's wall time.

    The yardstick's CPU time was not noted; on two idle cores it is 1.8 times the wall time.
    """

    wall: float
    cpu: float
    peak_mb: float
    reading: float | None = None

    @property
    def times_reading(self) -> dict[str, float]:
        """Its wall and CPU time in those of the yardstick, where that was taken."""
        if self.reading is None:
            return {}
        return {"wall": self.wall / self.reading, "cpu": self.cpu / (READING_CORES * self.reading)}


PROTOTYPE = {
    "W1": Prototype(wall=0.35, cpu=0.34, peak_mb=104),
    "W2": Prototype(wall=0.62, cpu=0.79, peak_mb=315, reading=0.15),
    "W3": Prototype(wall=2.8, cpu=4.5, peak_mb=370, reading=1.3),
}
MOST_MB = {"W3": 450.0}
TIMES_FASTER = {"W2": {"evidently": 100.0, "tfdv": 15.0}}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise and what came of it."""

    work: str
    what: str
    measured: float
    sense: Literal["at most", "at least"]
    limit: float

    @property
    def met(self) -> bool:
        return self.measured <= self.limit if self.sense == "at most" else self.measured >= self.limit

    def __str__(self) -> str:
        came = "met" if self.met else "MISSED"
        return f"{self.work} {self.what}: {self.measured:.3g}, asked {self.sense} {self.limit:.3g}: {came}"


def targets(work: str, standings: Mapping[str, Standing]) -> Iterator[Target]:
    """The targets of a piece of work for which everybody needed has finished."""
    done = {name: standing for name, standing in standings.items() if standing.finished}
    if OURS not in done:
        return
    ours, prototype = done[OURS], PROTOTYPE[work]
    if "reading" in done:
        for what, ratio in prototype.times_reading.items():
            yield Target(
                work=work,
                what=f"{what}, times reading",
                measured=ours.median(what) / done["reading"].median(what),
                sense="at most",
                limit=MARGIN * ratio,
            )
    most = min(MARGIN * prototype.peak_mb, MOST_MB.get(work, float("inf")))
    yield Target(work=work, what="peak MB", measured=ours.median("peak_mb"), sense="at most", limit=most)
    for peer, times in TIMES_FASTER.get(work, {}).items():
        if peer in done:
            faster = done[peer].median("wall") / ours.median("wall")
            yield Target(
                work=work, what=f"times faster than {peer}", measured=faster, sense="at least", limit=times
            )
