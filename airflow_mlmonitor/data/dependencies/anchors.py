"""Vectors of anchors, from files of numpy's and from sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Anchors:
    """Vectors, one row an anchor.

    Parameters
    ----------
    vectors
        Themselves.
    keys
        What names each; None where their order does.
    """

    vectors: Array
    keys: Sequence[str] | None = None


def anchors(
    place: str | Source, key: str | None, conn_id: str | None, connections: Connections, window: Window
) -> Anchors:
    """Read vectors.

    Raises
    ------
    DataError
        There are none, or one is not finite.
    """
    if isinstance(place, Source):
        label, found = place.label, _of_source(place, key, connections, window)
    else:
        label, found = place, Anchors(_of_file(place, conn_id, connections))
    if found.vectors.ndim != 2 or not found.vectors.size:
        raise DataError(f"{label} holds no vectors; give a row an anchor and a column a dimension.")
    if not np.isfinite(found.vectors).all():
        raise DataError(f"{label} holds vectors that are not finite.")
    return found


def paired(now: Anchors, before: Anchors, label: str) -> tuple[Array, Array]:
    """The vectors of those anchors that both have, in one order.

    Raises
    ------
    DataError
        They share fewer than two, or without keys differ in number.
    """
    if now.keys is None or before.keys is None:
        if len(now.vectors) != len(before.vectors):
            raise DataError(
                f"{label}: there are {len(now.vectors)} anchors, and {len(before.vectors)} in the reference; "
                "give key=, or the same anchors."
            )
        return now.vectors, before.vectors
    place = {key: row for row, key in enumerate(before.keys)}
    rows = [(row, place[key]) for row, key in enumerate(now.keys) if key in place]
    if len(rows) < 2:
        raise DataError(f"{label}: the reference has fewer than two of the same anchors.")
    here, there = (list(side) for side in zip(*rows, strict=True))
    return now.vectors[here], before.vectors[there]


def _of_file(path: str, conn_id: str | None, connections: Connections) -> Array:
    from airflow_mlmonitor.data.dependencies.stored_bytes import content

    try:
        loaded = np.load(io.BytesIO(content(path, conn_id, connections)), allow_pickle=False)
        return np.asarray(loaded, dtype=np.float64)
    except (ValueError, TypeError, EOFError, OSError) as error:
        raise DataError(f"{path} holds no array of numbers; write it with numpy.save.") from error


def _of_source(source: Source, key: str | None, connections: Connections, window: Window) -> Anchors:
    rows = source.open(window, connections)
    batches = list(chain.from_iterable(part() for part in rows.parts))
    table = pa.Table.from_batches(batches, rows.schema)
    keys = None
    if key is not None:
        if key not in table.column_names:
            raise DataError(f"There is no column {key!r} in {source.label}; correct key=.")
        keys = [str(value) for value in table[key].to_pylist()]
    names = [name for name in table.column_names if name != key and name not in rows.hidden]
    lists = [name for name in names if _is_list(table.schema.field(name).type)]
    if lists:
        return Anchors(_stacked(table[lists[0]].to_pylist(), source.label), keys)
    try:
        columns = [table[name].cast(pa.float64()).to_numpy() for name in names]
    except pa.ArrowInvalid as error:
        raise DataError(f"{source.label} holds a column that is no number; name columns=.") from error
    return Anchors(np.column_stack(columns) if columns else np.empty((0, 0)), keys)


def _stacked(values: Sequence[Sequence[float] | None], label: str) -> Array:
    try:
        return np.array(values, dtype=np.float64)
    except (ValueError, TypeError):
        raise DataError(f"{label} holds vectors of different lengths, or none for some anchor.") from None


def _is_list(type_: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)
    )
