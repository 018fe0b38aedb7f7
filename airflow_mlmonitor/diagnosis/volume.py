"""Causes that bring too few rows or too many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.time_shift import hours
from airflow_mlmonitor.report.words import number, percent, plural

FEWER = 0.97
"""Part of the usual rows below which some are missing."""

ASTRAY = 0.25
"""Part of all other rows that may be of other kinds than usual."""

SEGMENTS = 40
"""Values of a column up to which each is looked at."""


class UpstreamStopped(Cause):
    """The rows end early: the last hours of the window have none, the hours before as many as usual."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Compare the rows by hour in every column that tells the hour."""
        usual = circumstances.usual_rows or 0.0
        columns = circumstances.now.columns if usual else ()
        found = [stop for name in columns if (stop := _stop(circumstances, name, usual))]
        if not found:
            return
        missing, name, last, there = max(found)
        yield Diagnosis(
            cause=self.name,
            likely=f"the source stopped before the end of the window: nothing after hour {last} of {name}",
            evidence=(
                f"no rows with {name} after hour {last}, where about {number(round(missing))} usually are",
                f"up to then there are {percent(there)} of the usual rows",
            ),
            next="check that the source was complete when it was read, then rerun for this window",
            confidence=0.95,
            columns=(name, *(other for _, other, _, _ in sorted(found, reverse=True) if other != name)),
            rows=round(missing),
            families=("rows",),
        )


class DuplicatedLoad(Cause):
    """Rows came twice."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare repeated rows, and the number of rows, with the usual ones."""
        verdict, now = circumstances.metric("duplicates"), circumstances.now
        share, usual = now.duplicates, _usual_duplicates(circumstances)
        if share is None or usual is None or share * now.rows < 3:
            return
        if share < usual + max(0.002, 3 * math.sqrt(usual / now.rows)):
            return
        if verdict is not None and verdict.upper is not None and share <= verdict.upper:
            return
        rows = circumstances.usual_rows
        twice = f"{now.rows:,} rows, usually about {number(rows)}" if rows and now.rows > 1.02 * rows else ""
        yield Diagnosis(
            cause=self.name,
            likely="the load ran twice" if 0.45 < share < 0.55 else "some rows were loaded twice",
            evidence=(
                f"{percent(share)} of the rows repeat an earlier one in every column, usually {percent(usual)}",
                *([twice] if twice else []),
            ),
            next="look for a second load of this window, remove the repeated rows, then rerun",
            confidence=0.95,
            rows=round((share - usual) * now.rows),
            families=("duplicates", "rows"),
        )


class SegmentLost(Cause):
    """The rows of one value of a column are gone; the others are as many as usual."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the rows of every value with the usual ones."""
        usual = circumstances.usual_rows
        if not usual or circumstances.before is None or circumstances.now.rows > FEWER * usual:
            return
        found = [loss for name in circumstances.now.columns if (loss := _loss(circumstances, name, usual))]
        for loss in sorted(found, key=lambda one: one.astray)[:1]:
            yield Diagnosis(
                cause=self.name,
                likely=f"{'the' if loss.now == 0 else 'some'} rows with {loss.where} were dropped",
                evidence=(
                    f"{plural(loss.now, 'row')} with {loss.where}, usually about {number(loss.usual)}",
                    f"all other rows together are {percent(loss.others)} of the usual ones",
                ),
                next=f"check the source and the filters for {loss.where}, then rerun for this window",
                confidence=0.94 - 0.3 * loss.astray,
                columns=(loss.column,),
                slice=loss.where,
                rows=round(loss.usual - loss.now),
                families=("rows",),
            )


class VolumeChange(Cause):
    """There are fewer or more rows, and they are a fair sample of the usual ones."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Ask whether the number of rows is unusual, and their mix is not."""
        usual, rows = circumstances.usual_rows, circumstances.now.rows
        verdicts = [verdict for verdict in circumstances.of_family("rows") if not verdict.metric.slice]
        if not usual or not verdicts or not rows:
            return
        fewer = rows < usual
        yield Diagnosis(
            cause=self.name,
            likely=f"{'some rows did not arrive' if fewer else 'more rows arrived than usual'}, of all kinds alike",
            evidence=(f"{plural(rows, 'row')}, usually about {number(usual)} ({percent(rows / usual)})",),
            next="compare the number of rows at the source with that of this window; "
            + ("rerun if it was read too early" if fewer else "look for a filter that no longer holds"),
            confidence=0.6,
            rows=round(abs(usual - rows)),
            families=("rows",),
        )


def _stop(circumstances: Circumstances, name: str, usual_rows: float) -> tuple[float, str, int, float] | None:
    """After which hour a column has no rows more: how many usually follow, and what share of the others is there."""
    found = hours(*circumstances.pair(name))
    if found is None:
        return None
    new, old = found
    expected = old / old.sum() * usual_rows
    last = int(np.flatnonzero(new)[-1])
    missing = float(expected[last + 1 :].sum())
    there = float(new[:last].sum() / max(float(expected[:last].sum()), 1.0))
    ended = missing >= max(12.0, 0.01 * usual_rows) and float(expected[last + 1 :].max()) >= 5
    return (missing, name, last, there) if ended and 0.7 < there < 1.3 else None


@dataclass(frozen=True)
class _Loss:
    column: str
    where: str
    now: int
    usual: float
    others: float
    astray: float


def _loss(circumstances: Circumstances, name: str, usual_rows: float) -> _Loss | None:
    """The one value of a column that lost its rows; None where there is none, or several."""
    new, old = circumstances.now[name], circumstances.before and circumstances.before.columns.get(name)
    if not isinstance(new, CategoryColumn) or not isinstance(old, CategoryColumn) or not old.count:
        return None
    if not 2 <= len(old.counts) <= SEGMENTS:
        return None
    scale = usual_rows / old.rows
    usual = {value: count * scale for value, count in old.counts.items()}
    now = {value: new.counts.get(value, 0) for value in usual}
    worst = max(usual, key=lambda value: (usual[value] - now[value]) / math.sqrt(usual[value] + 1))
    rest = sum(usual.values()) - usual[worst]
    others = (sum(now.values()) - now[worst]) / max(rest, 1.0)
    expected = usual[worst] * others  # a Sunday has fewer rows of every kind
    gained = max((count - others * usual.get(value, 0.0) for value, count in new.counts.items()), default=0.0)
    astray = sum(abs(now[value] - others * usual[value]) for value in usual if value != worst) / max(
        others * rest, 1
    )
    if not 0.7 < others < 1.3 or expected - now[worst] < max(8.0, 5 * math.sqrt(expected)) or astray > ASTRAY:
        return None
    if gained > 0.5 * (expected - now[worst]):  # then its rows are called otherwise, and not gone
        return None
    where = f"{name} = {worst}" if not new.private else f"one value of {name}"
    return _Loss(name, where, now[worst], expected, others, astray)


def _usual_duplicates(circumstances: Circumstances) -> float | None:
    """The usual share of repeated rows; None where nothing tells."""
    verdict = circumstances.metric("duplicates")
    if verdict is not None and verdict.expected is not None:
        return verdict.expected
    if circumstances.previous is not None and circumstances.previous.duplicates is not None:
        return circumstances.previous.duplicates
    return verdict.upper if verdict else None
