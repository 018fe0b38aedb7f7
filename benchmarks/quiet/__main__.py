"""`python -m benchmarks.quiet`: a year of 200 columns on which nothing is wrong, and two small faults put into it.

Every column has a weekly season of its own, in its level, in what is missing of it and in the number of rows. From day
90 on each clean day counts; on every tenth day each of two faults is put into one column, drawn anew: a burst of 20 %
nulls, and a shift of .3 standard deviations.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from airflow_mlmonitor.checks import Metric, Shape, Values
from airflow_mlmonitor.data import Frame, Window, read
from airflow_mlmonitor.judging import Learned
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 1, 7, tzinfo=UTC)
ROWS, BEGIN, EVERY = 2_000, 90, 10
CHECKS = (Shape(baseline=None), Values(baseline=None))

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class World:
    """How the columns behave: level and share of nulls by weekday, one row a column."""

    levels: Matrix
    nulls: Matrix
    sizes: Matrix

    @classmethod
    def drawn(cls, columns: int) -> World:
        """Draw one."""
        draw = np.random.default_rng(0)
        return cls(
            levels=draw.normal(0, 0.3, (columns, 7)),
            nulls=draw.uniform(0, 0.04, (columns, 1)) * draw.uniform(0.7, 1.3, (columns, 7)),
            sizes=ROWS * draw.uniform(0.7, 1.1, 7),
        )

    def day(self, number: int) -> Matrix:
        """The values of a day, NaN where missing: one row a column."""
        draw, weekday = np.random.default_rng(number + 1), number % 7
        rows = draw.poisson(self.sizes[weekday])
        values = draw.normal(self.levels[:, [weekday]], 1.0, (len(self.levels), rows))
        values[draw.random(values.shape) < self.nulls[:, [weekday]]] = np.nan
        return values


def faults(values: Matrix, number: int) -> Iterator[tuple[str, Matrix]]:
    """Put each fault into a column of its own."""
    draw = np.random.default_rng(10_000 + number)
    burst, shift = values.copy(), values.copy()
    column, other = draw.integers(0, len(values), 2)
    burst[column, draw.random(values.shape[1]) < 0.2] = np.nan
    shift[other] += 0.3
    yield "a burst of 20% nulls", burst
    yield "a shift of .3 sd", shift


def window_of(number: int) -> Window:
    """The day."""
    start = FIRST + timedelta(days=number)
    return Window(start, start + timedelta(days=1))


def measured(values: Matrix) -> list[Metric]:
    """What the checks measure of a day."""
    batch = {f"c{place:03}": pa.array(column, from_pandas=True) for place, column in enumerate(values)}
    profile = read(Frame(pa.table(batch)))
    return [metric for check in CHECKS for metric in check.measure(profile, None)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Live through the year and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quiet", description=__doc__)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    wanted = parser.parse_args(arguments)
    world, store, judge = World.drawn(wanted.columns), MemoryStore(), Learned()
    caught: dict[str, list[bool]] = {}
    for number in range(wanted.days):
        values, window = world.day(number), window_of(number)
        history = store.history("quiet", asof=window.start, points=False, traces=judge.traces)
        if number >= BEGIN and number % EVERY == 0:
            for name, broken in faults(values, number):
                judgement = judge.judge(measured(broken), history, window)
                caught.setdefault(name, []).append(any(v.status.is_finding for v in judgement.verdicts))
        store.save(_report(judge, measured(values), history, window))
        if number % 30 == 29:
            print(f"day {number + 1} of {wanted.days}", flush=True)
    _print(store, caught, wanted.days - BEGIN)


def _report(judge: Learned, metrics: list[Metric], history: object, window: Window) -> Report:
    judgement = judge.judge(metrics, history, window)  # type: ignore[arg-type]
    return Report(
        monitor="quiet",
        model="quiet",
        window=window,
        verdicts=tuple(v for v in judgement.verdicts if v.status.is_finding),
        score=judgement.score,
        threshold=judgement.threshold,
        traces=judgement.traces,
        started=window.end,
    )


def _print(store: MemoryStore, caught: dict[str, list[bool]], days: int) -> None:
    begin = window_of(BEGIN).start
    incidents = [one for one in store.incidents(last=1_000) if one.opened.start >= begin]
    print(
        f"asked for 1 false alert in 30 days; incidents on {days} days: {len(incidents)}, "
        f"which is {30 * len(incidents) / days:.2f} in 30 days (at most 1.5 wanted)"
    )
    for name, found in caught.items():
        print(f"{name}: caught on its first day in {np.mean(found):.0%} of {len(found)} (95% wanted)")


if __name__ == "__main__":
    main()
