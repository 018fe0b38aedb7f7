"""Ways in which values of serving follow from those of training that their kind does not matter for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from airflow_mlmonitor.data.parity.mismatch import Mismatch
from airflow_mlmonitor.data.parity.moment_patterns import span_words
from airflow_mlmonitor.data.parity.pattern import Pattern
from airflow_mlmonitor.data.window import utc

REGULAR = 0.9
"""Share of the rows that have to lie as long after the row before for that time to be named."""


def null_patterns(rows: Sequence[Mismatch]) -> Iterator[Pattern]:
    """One side has no value."""
    for side, other in (("serving", "training"), ("training", "serving")):
        holds = sum(getattr(row, side) is None for row in rows)
        yield Pattern(words=f"{side} is null where {other} is not", holds=holds, rows=len(rows))


def constant_patterns(rows: Sequence[Mismatch], *, private: bool) -> Iterator[Pattern]:
    """One side has one value only, where the other has several."""
    for side, other in (("serving", "training"), ("training", "serving")):
        there = [row for row in rows if getattr(row, side) is not None and getattr(row, other) is not None]
        values = Counter(getattr(row, side) for row in there)
        if not values:
            continue
        ((value, holds),) = values.most_common(1)
        if len({getattr(row, other) for row in there if getattr(row, side) == value}) > 1:
            said = "always the same value" if private else f"always {value!r}"
            yield Pattern(words=f"{side} holds {said}", holds=holds, rows=len(rows))


def swapped_patterns(
    place: int, looked_at: Mapping[int, Sequence[Mismatch]], names: Mapping[int, str]
) -> Iterator[Pattern]:
    """Serving holds what training has in another column, perhaps the other way round as well."""
    for other in names.keys() - {place}:
        holds = _taken_from(looked_at[place], other)
        if holds:
            back = _taken_from(looked_at[other], place)
            both = back >= REGULAR * len(looked_at[other]) > 0
            words = f"serving holds training's {names[other]}" + (", and the other way round" if both else "")
            yield Pattern(words=words, holds=holds, rows=len(looked_at[place]))


def lag_patterns(rows: Sequence[Mismatch], time: int | None) -> Iterator[Pattern]:
    """Serving holds what training had a row before, for the same entity.

    Parameters
    ----------
    rows
        Some rows that differ.
    time
        Position in their keys of the column that says when; None where none does.
    """
    if time is None:
        return
    known = [row for row in rows if row.before is not None and row.before[1] is not None]
    late = [row for row in known if row.before and row.serving == row.before[0] and row.serving is not None]
    if not late:
        return
    gaps = Counter(_between(row.before[1], row.key[time]) for row in late if row.before)
    ((gap, times),) = gaps.most_common(1)
    is_regular = gap is not None and times >= REGULAR * len(late)
    ago = f"{span_words(gap)} before" if gap is not None and is_regular else "in the row before"
    yield Pattern(
        words=f"serving holds what training had {ago} for the same entity",
        holds=len(late),
        rows=len(known),
        among="" if len(known) == len(rows) else " that have a row before",
    )


def _taken_from(rows: Sequence[Mismatch], other: int) -> int:
    return sum(row.serving is not None and row.others.get(other) == row.serving for row in rows)


def _between(earlier: Any, later: Any) -> timedelta | None:
    """The time between two values of the column that says when: moments, or texts that are read as such."""
    moments = []
    for value in (earlier, later):
        with suppress(ValueError, TypeError):
            moments.append(value if isinstance(value, datetime) else utc(datetime.fromisoformat(value)))
    return moments[1] - moments[0] if len(moments) == 2 else None
