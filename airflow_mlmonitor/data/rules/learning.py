"""Rules, learned from a baseline's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from airflow_mlmonitor.data import rules as room
from airflow_mlmonitor.data.arrow import moments
from airflow_mlmonitor.data.profiling import Layout
from airflow_mlmonitor.data.reading import Progress, in_lanes, layout_of, opened
from airflow_mlmonitor.data.rules.effective import effective_n
from airflow_mlmonitor.data.rules.row_sample import RowSample
from airflow_mlmonitor.data.rules.rule import Rule
from airflow_mlmonitor.data.rules.rules import Rules, distinct
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.source import Connections, Part, Source
from airflow_mlmonitor.data.window import Window


def learn_rules(
    source: Source,
    window: Window | None = None,
    *,
    span: timedelta = timedelta(days=1),
    connections: Connections | None = None,
    progress: Progress | None = None,
) -> Rules:
    """Read the rows of a source once, and learn from a sample of them what they always do.

    Parameters
    ----------
    source
        The baseline's rows. Without a timestamp column less is learned: what is usual in a day is not known then.
    span
        What a day is: the length of a usual run.
    window, connections, progress
        As for :func:`~airflow_mlmonitor.data.reading.read`; so are the errors. A kind of rule that cannot be learned
        raises nothing; :attr:`~airflow_mlmonitor.data.rules.rules.Rules.unlearned` says so.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame
    >>> clock = [hour * 100 + minute for hour in range(24) for minute in range(0, 60, 5)]
    >>> rules = learn_rules(Frame({"clock": clock, "hour": [time // 100 for time in clock]}))
    >>> rules.words()["identity"]
    ['hour = floor(clock / 100)']
    """
    rows, meter = opened(source, window, connections, progress)
    layout = layout_of(source, rows)
    parts = [partial(_numbered, number, part) for number, part in enumerate(rows.parts)]
    first, *others = in_lanes(parts, lambda pieces: _sampled(pieces, meter.seen))
    for other in others:
        first += other
    batch = first.rows(layout.schema)
    return _learned(layout, layout.view(batch), _days(batch, layout.timestamp, span))


def schema_rules(layout: Layout) -> Rules:
    """Give the rules that need no learning, for rows without a baseline."""
    nothing = RowSample().rows(layout.schema)
    return _learned(layout, layout.view(nothing), np.empty(0, dtype=np.int64))


class _Piece(NamedTuple):
    """A batch, and where it stands."""

    batch: pa.RecordBatch
    part: int
    offset: int


def _numbered(number: int, part: Part) -> Iterator[_Piece]:
    offset = 0
    for batch in part():
        yield _Piece(batch, number, offset)
        offset += batch.num_rows


def _sampled(pieces: Iterator[_Piece], seen: Callable[[int], None]) -> RowSample:
    sample = RowSample()
    for batch, part, offset in pieces:
        sample.add(batch, part=part, offset=offset)
        seen(batch.num_rows)
    return sample


def _days(batch: pa.RecordBatch, timestamp: str | None, span: timedelta) -> NDArray[np.int64]:
    """The number of each row's day, the first being 0; -1 where it is not known."""
    days = np.full(batch.num_rows, -1, dtype=np.int64)
    if timestamp is None:
        return days
    numbers = np.floor_divide(moments(batch.column(timestamp)), span.total_seconds())
    known = np.isfinite(numbers)
    if known.any():
        days[known] = (numbers[known] - numbers[known].min()).astype(np.int64)
    return days


def _learned(layout: Layout, view: BatchView, days: NDArray[np.int64]) -> Rules:
    found: list[Rule] = []
    unlearned: dict[str, str] = {}
    for name in room.__all__:
        try:
            found += getattr(room, name).learn(view, days)
        except Exception as reason:  # noqa: BLE001 - one kind must not take the others down
            unlearned[name] = type(reason).__name__  # what it says may name a private value
    return Rules(
        rules=distinct(found),
        kinds=layout.kinds(),
        usual_n=effective_n(view, days),
        unlearned=unlearned,
    )
