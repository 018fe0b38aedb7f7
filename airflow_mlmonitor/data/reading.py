"""The one read of the rows: a source in, a profile out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

from airflow_mlmonitor.data.arrow import moments, taken
from airflow_mlmonitor.data.profile import EPOCH, Profile, joined
from airflow_mlmonitor.data.profiling import Layout, ProfileBuilder, profile_of, split
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.rules import Rules
    from airflow_mlmonitor.data.source import Connections, Rows, Source

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

LANES = 4
"""Threads at most; each gets neighbouring parts, so that rows keep their order and a read gives the same twice."""

LARGEST_KEPT = 31 << 20
"""Bytes: just below the size beyond which glibc always maps a block of its own."""

Progress = Callable[[int, int | None], None]
"""Called with the rows read so far, and those expected where known."""

FreeRules = Callable[[Layout], "Rules"]
"""Gives the rules that can be known of the columns alone."""

Item = TypeVar("Item")
Summary = TypeVar("Summary")


def read(
    source: Source,
    window: Window | None = None,
    *,
    rules: Rules | FreeRules | None = None,
    connections: Connections | None = None,
    progress: Progress | None = None,
) -> Profile:
    """Read the rows of a source once and summarise them.

    Parameters
    ----------
    source
        The recipe for rows.
    window
        Only rows of this span, where the source has a timestamp column or binds ``:start`` and ``:end``.
    rules
        What the rows are held against on the way: those of a baseline, or
        :func:`~airflow_mlmonitor.data.rules.learning.schema_rules`, which needs none.
    connections
        Where the source gets credentials from; by default the environment's ``AIRFLOW_CONN_...`` variables.
    progress
        Told how far the read has come.

    Raises
    ------
    DataError
        The rows cannot be read as asked. The message names the file, table or column.
    """
    found, meter = opened(source, window, connections, progress)
    layout = layout_of(source, found, rules)
    profiles = in_lanes(found.parts, lambda batches: profile_of(layout, batches, meter.seen))
    return _remarked(reduce(add, profiles), found.notes, _unmeasured(layout))


def read_days(
    source: Source,
    window: Window | None = None,
    *,
    span: timedelta = timedelta(days=1),
    rules: Rules | FreeRules | None = None,
    connections: Connections | None = None,
    progress: Progress | None = None,
) -> dict[Window, Profile]:
    """Read the rows of a source once and summarise them day by day, or by another span.

    Parameters
    ----------
    source
        The recipe for rows; its timestamp column says where a row belongs. Rows without a moment are left out, which
        the notes of every day say.
    span
        Length of one window; windows are counted from 1970, in UTC.
    window, rules, connections, progress
        As for :func:`read`; so are the errors.

    Raises
    ------
    ConfigurationError
        The source names no timestamp column.
    """
    if source.timestamp is None:
        raise ConfigurationError(f"{source.label} cannot be split by day: give the source timestamp=COLUMN.")
    found, meter = opened(source, window, connections, progress)
    layout = layout_of(source, found, rules)
    parted = in_lanes(found.parts, lambda batches: _by_span(layout, batches, span, meter.seen))
    days: dict[int, Profile] = {}
    for part, _ in parted:
        for number, profile in part.items():
            days[number] = days[number] + profile if number in days else profile
    left_out = _left_out(source.timestamp, sum(lost for _, lost in parted), days.values())
    return {
        Window(EPOCH + number * span, EPOCH + (number + 1) * span): _remarked(
            days[number], found.notes, left_out, _unmeasured(layout)
        )
        for number in sorted(days)
    }


def opened(
    source: Source, window: Window | None, connections: Connections | None, progress: Progress | None
) -> tuple[Rows, Meter]:
    """Open a source for a window, and get what adds up the rows that are read."""
    if connections is None:
        from airflow_mlmonitor.data.connections import EnvironmentConnections

        connections = EnvironmentConnections()
    rows = source.open(window, connections)
    return rows, Meter(progress, rows.expected)


def layout_of(source: Source, rows: Rows, rules: Rules | FreeRules | None = None) -> Layout:
    """Which columns of an opened source are summarised, how, and what they are held against."""
    layout = Layout(
        schema=rows.schema,
        hidden=frozenset(rows.hidden),
        categorical=frozenset(source.categorical),
        private=frozenset(source.private),
        slices=source.slices,
        timestamp=source.timestamp,
    )
    return replace(layout, rules=rules(layout) if callable(rules) else rules)


def _unmeasured(layout: Layout) -> dict[str, str]:
    return layout.rules.lacking(layout.kinds()) if layout.rules is not None else {}


def _remarked(profile: Profile, *notes: Mapping[str, str]) -> Profile:
    return replace(profile, remarks=joined(profile.remarks, *notes))


def _left_out(timestamp: str, lost: int, days: Iterable[Profile]) -> dict[str, str]:
    total = lost + sum(day.rows for day in days)
    return {timestamp: f"{lost:,} of {total:,} rows have no moment and are left out"} if lost else {}


def _by_span(
    layout: Layout, batches: Iterable[pa.RecordBatch], span: timedelta, seen: Callable[[int], None]
) -> tuple[dict[int, Profile], int]:
    """Summarise each span apart, by its number from 1970 on; and count the rows that no span of the calendar has."""
    builders: dict[int, ProfileBuilder] = {}
    lost, lowest, highest = 0, -((EPOCH - FIRST) // span), (LAST - EPOCH) // span
    position = layout.schema.get_field_index(layout.timestamp)
    for batch in batches:
        numbers = np.floor_divide(moments(batch.column(position)), span.total_seconds())
        inside = (numbers >= lowest) & (numbers < highest)
        kept = batch if inside.all() else taken(batch, np.flatnonzero(inside))
        lost += batch.num_rows - kept.num_rows
        for number, part in split(kept, numbers[inside].astype(np.int64)):
            builders.setdefault(number, ProfileBuilder(layout)).add(part)
        seen(batch.num_rows)
    return {number: builder.finish() for number, builder in builders.items()}, lost


def _keep_freed_memory() -> None:
    """Teach malloc to keep what is freed: glibc stops mapping blocks up to the size of the largest one given back.

    Without it every temporary array of a batch is mapped, faulted in and unmapped again: 171,000 page faults instead
    of 31,000 were counted on a million rows of 20 columns. Nothing is touched here, so nothing is used; other
    allocators take no notice.
    """
    np.empty(LARGEST_KEPT, dtype=np.uint8)


def in_lanes(
    parts: Sequence[Callable[[], Iterator[Item]]], summarise: Callable[[Iterator[Item]], Summary]
) -> list[Summary]:
    """Summarise parts in parallel threads, in the order of their rows; the first error stops them all."""
    _keep_freed_memory()
    lanes = max(1, min(LANES, len(parts), os.cpu_count() or 1))
    stop = Event()

    def items(lane: int) -> Iterator[Item]:
        for part in parts[lane * len(parts) // lanes : (lane + 1) * len(parts) // lanes]:
            for item in part():
                if stop.is_set():
                    return
                yield item

    def work(lane: int) -> Summary:
        try:
            return summarise(items(lane))
        except BaseException:
            stop.set()
            raise

    if lanes == 1:
        return [work(0)]
    with ThreadPoolExecutor(lanes, thread_name_prefix="read") as pool:
        try:
            return list(pool.map(work, range(lanes)))
        finally:
            stop.set()  # Ctrl-C comes to this thread alone


class Meter:
    """Adds up what the threads have read."""

    def __init__(self, progress: Progress | None, expected: int | None) -> None:
        self._progress, self._expected = progress, expected
        self._rows, self._lock = 0, Lock()

    def seen(self, rows: int) -> None:
        """Add some rows, and say how many there are."""
        if self._progress is not None:
            with self._lock:
                self._rows += rows
                self._progress(self._rows, self._expected)
