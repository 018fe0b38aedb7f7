"""The curves of a training log: numbers by step, as training wrote them down."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

Floats = NDArray[np.float64]

MOST = 2_000_000
"""Rows of a log that is read."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """One number of a training, step by step.

    Parameters
    ----------
    steps
        Ascending and distinct.
    values
        At each step; NaN or infinite where training had no better.
    """

    steps: Floats
    values: Floats

    @property
    def finite(self) -> Curve:
        """The curve without what is no number."""
        known = np.isfinite(self.values)
        return Curve(steps=self.steps[known], values=self.values[known])


def curves_of(
    source: Source, step: str | None, names: Sequence[str], window: Window, connections: Connections
) -> Mapping[str, Curve]:
    """Read the curves of a log.

    Where a step is written twice, as after training went on from a checkpoint, the later line holds. A number that is
    null was not logged on that line; where it always had been logged before and never is again, while nothing else
    begins to be, it was lost: some formats write NaN as nothing.

    Parameters
    ----------
    source
        The log, its lines in the order in which they were written.
    step
        Column of the step or epoch; None counts the lines.
    names
        Columns of the curves.
    window, connections
        As a source is opened with.

    Raises
    ------
    DataError
        A column is missing or holds no numbers, or the log has no lines or more than two million.
    """
    rows = source.open(window, connections)
    wanted = [*names, *([step] if step else [])]
    _refuse_missing(rows, wanted, source.label)
    read = _numbers(rows, wanted, source)
    count = len(read[names[0]][0])
    if not count:
        raise DataError(f"{source.label} has no lines; run after training has written its log.")
    steps = read[step][0] if step else np.arange(count, dtype=np.float64)
    absent = np.stack([read[name][1] for name in names], axis=1)
    lost = _lost(absent)
    return {
        name: _ordered(steps, read[name][0], ~absent[:, place] | lost[:, place])
        for place, name in enumerate(names)
    }


def _refuse_missing(rows: Rows, wanted: Sequence[str], label: str) -> None:
    there = [name for name in rows.schema.names if name not in rows.hidden]
    for name in wanted:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(there)}"
            raise DataError(f"There is no column {name!r} in {label}; {hint}")


def _numbers(
    rows: Rows, wanted: Sequence[str], source: Source
) -> dict[str, tuple[Floats, NDArray[np.bool_]]]:
    """Each column as numbers, and where it is null."""
    found: dict[str, list[tuple[Floats, NDArray[np.bool_]]]] = {name: [] for name in wanted}
    count = 0
    for view in _views(rows):
        count += view.rows
        if count > MOST:
            raise DataError(
                f"{source.label} has more than {MOST:,} lines; log every tenth step, or use where=."
            )
        for name in wanted:
            if view.kind(name) not in ("number", "nothing", "time"):
                raise ConfigurationError(f"{name!r} of {source.label} holds no numbers; name another column.")
            found[name].append((view.numbers(name), view.missing(name)))
    empty = (np.empty(0), np.empty(0, dtype=np.bool_))
    return {
        name: (np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]))
        if parts
        else empty
        for name, parts in found.items()
    }


def _views(rows: Rows) -> Iterator[BatchView]:
    return (BatchView(batch) for batch in chain.from_iterable(part() for part in rows.parts))


def _lost(absent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a number is missing that was always there before and never is again, while nothing else begins."""
    lost = np.zeros_like(absent)
    rows = len(absent)
    for place in range(absent.shape[1]):
        gaps = absent[:, place]
        first = int(np.argmax(gaps))
        if not gaps[first:].all() or first < 1 or not gaps.any():
            continue
        others = np.delete(absent, place, axis=1)
        begun = (~others[first:] & others[first - 1]).any(axis=1)
        lost[first:rows, place] = ~begun
    return lost


def _ordered(steps: Floats, values: Floats, logged: NDArray[np.bool_]) -> Curve:
    kept = logged & np.isfinite(steps)
    steps, values = steps[kept], values[kept]
    order = np.argsort(steps, kind="stable")
    steps, values = steps[order], values[order]
    last = np.append(steps[1:] != steps[:-1], True)[: steps.size]
    return Curve(steps=steps[last], values=values[last])
