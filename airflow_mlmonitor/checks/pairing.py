"""The columns of two profiles, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_mlmonitor.data.column import Column
    from airflow_mlmonitor.data.profile import Profile


def paired(now: Profile, before: Profile | None) -> Iterator[tuple[str, str, Column, Column | None]]:
    """Pair the columns of a run with the baseline's: slice ("" for the whole), name, column, baseline's column.

    The baseline's column is None where there is none of the same kind. A run without rows has nothing to pair; a
    slice that the baseline does not have is left out.
    """
    yield from _columns("", now, before)
    for label, part in now.slices.items():
        if before is None or label in before.slices:
            yield from _columns(label, part, before and before.slices[label])


def _columns(
    label: str, now: Profile, before: Profile | None
) -> Iterator[tuple[str, str, Column, Column | None]]:
    if not now.rows:
        return
    for name, new in now.columns.items():
        old = before.columns.get(name) if before else None
        yield label, name, new, old if old is not None and _comparable(new, old) else None


def _comparable(new: Column, old: Column) -> bool:
    """Same kind, or one of them is nothing but nulls, so that its kind is not known."""
    return new.kind == old.kind or new.nulls == new.rows or old.nulls == old.rows
