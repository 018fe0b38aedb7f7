"""What is asked of this project, as ratios within one run.

The reference is a prototype of the same method, measured on an idle machine of 2 cores beside the yardstick: reading
all columns of the current file with pyarrow. Ours may take half as much again. Seconds of one machine say nothing on
another; how many times reading costs travels better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.speed.contest import Standing

MARGIN = 1.5
OURS = "ours_stored"


@dataclass(frozen=True, kw_only=True)
class Prototype:
    """Seconds and MB of the prototype with its reference from the store; ``reading`` is the yardstick's wall time."""

    wall: float
    cpu: float
    peak_mb: float
    reading: float | None = None


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
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        if self.at_most is not None:
            return self.measured <= self.at_most
        return self.measured >= (self.at_least or 0.0)

    def __str__(self) -> str:
        limit = f"at most {self.at_most:.3g}" if self.at_most is not None else f"at least {self.at_least:.3g}"
        return (
            f"{self.work} {self.what}: {self.measured:.3g}, asked {limit}: {'met' if self.met else 'MISSED'}"
        )


def targets(work: str, standings: Mapping[str, Standing]) -> Iterator[Target]:
    """The targets of a piece of work for which everybody needed has finished."""
    done = {name: standing for name, standing in standings.items() if standing.finished}
    if OURS not in done:
        return
    ours, prototype = done[OURS], PROTOTYPE[work]
    if "reading" in done and prototype.reading:
        reading = done["reading"].median("wall")
        for what in ("wall", "cpu"):
            ratio = getattr(prototype, what) / prototype.reading
            yield Target(
                work=work,
                what=f"{what}, in wall times of reading",
                measured=ours.median(what) / reading,
                at_most=MARGIN * ratio,
            )
    most = min(MARGIN * prototype.peak_mb, MOST_MB.get(work, float("inf")))
    yield Target(work=work, what="peak MB", measured=ours.median("peak_mb"), at_most=most)
    for peer, times in TIMES_FASTER.get(work, {}).items():
        if peer in done:
            faster = done[peer].median("wall") / ours.median("wall")
            yield Target(work=work, what=f"times faster than {peer}", measured=faster, at_least=times)
