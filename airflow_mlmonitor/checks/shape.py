"""Are the table's rows and columns those it usually has?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.baseline import Baseline, Previous

if TYPE_CHECKING:
    from airflow_mlmonitor.data.column import Column
    from airflow_mlmonitor.data.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Shape(Check):
    """Are the table's rows and columns those it usually has?

    Metrics of the table: ``rows`` and ``duplicates`` (share of rows that repeat an earlier one). Metrics that appear
    only when something is amiss, each 1: ``column_gone``, ``column_new``, ``type_changed`` (numbers became text, a
    time lost its zone; a whole number that became a decimal one is no change) and ``all_null`` of a column.

    Parameters
    ----------
    baseline
        The last run by default; the columns are compared with its columns.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> before, now = read(Frame({"fare": [1.5]})), read(Frame({"price": [1.5]}))
    >>> [(metric.name, metric.column) for metric in Shape().measure(now, before)]
    [('rows', None), ('duplicates', None), ('column_gone', 'fare'), ('column_new', 'price')]
    """

    baseline: Baseline | None = field(default_factory=Previous)

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Measure the table."""
        yield Metric(name="rows", value=float(now.rows), n=now.rows, scale="count", family="rows")
        yield Metric(
            name="duplicates",
            value=now.duplicates,
            n=now.rows,
            scale="share",
            family="duplicates",
            worse="up",
            why=None
            if now.duplicates is not None
            else "they were not counted"
            if now.rows
            else "there are no rows",
        )
        for label, part in now.slices.items():
            yield Metric(
                name="rows", value=float(part.rows), slice=label, n=part.rows, scale="count", family="rows"
            )
        if before is not None:
            yield from _columns(now, before)


def _columns(now: Profile, before: Profile) -> Iterator[Metric]:
    for name, old in before.columns.items():
        if name not in now:
            yield _amiss("column_gone", name, now, f"the column is gone; it was {old.type}")
        elif said := _changed(old, now[name]):
            yield _amiss("type_changed", name, now, said)
        elif now.rows and _empty(now[name]) and not _empty(old):
            yield _amiss("all_null", name, now, f"all {now.rows:,} rows are null")
    for name in now.columns:
        if name not in before:
            yield _amiss("column_new", name, now, f"a new column, {now[name].type}")


def _amiss(name: str, column: str, now: Profile, why: str) -> Metric:
    return Metric(
        name=name,
        value=1.0,
        column=column,
        n=now.rows,
        scale="count",
        family="shape",
        worse="up",
        expected=0.0,
        why=why,
    )


def _changed(old: Column, new: Column) -> str:
    """Say how the type changed, where it did in a way that matters."""
    if _empty(old) or _empty(new) or old.type == new.type:
        return ""
    if old.kind != new.kind:
        return f"was {old.type}, is {new.type}"
    if old.kind == "time" and ("tz=" in old.type) != ("tz=" in new.type):
        return f"was {old.type}, is {new.type}: {'lost' if 'tz=' in old.type else 'gained'} its time zone"
    return ""


def _empty(column: Column) -> bool:
    return column.nulls == column.rows
