"""A bounded sample of rows, chosen by where they stand, and kept in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
import pyarrow as pa

from airflow_mlmonitor.data.arrow import taken
from airflow_mlmonitor.data.distinct import Hashes, mix

SAMPLE = 100_000
"""Rows kept at most."""

_PART = np.uint64(40)
_ALL = np.uint64(2**64 - 1)


class RowSample:
    """The rows whose place hashes lowest: the same ones in every process, however they come in batches.

    Parameters
    ----------
    size
        Rows to keep at most.
    """

    def __init__(self, size: int = SAMPLE) -> None:
        self._size = size
        self._pieces: list[tuple[Hashes, pa.RecordBatch]] = []
        self._rows = 0
        self._line = _ALL

    def add(self, batch: pa.RecordBatch, *, part: int, offset: int) -> None:
        """Take some rows, which stand in a part of the source from an offset on."""
        places = np.arange(offset, offset + batch.num_rows, dtype=np.uint64)
        self._add(mix(places | (np.uint64(part) << _PART)), batch)

    def _add(self, hashes: Hashes, batch: pa.RecordBatch) -> None:
        coming = _below([(hashes, batch)], self._line)
        self._pieces += coming
        self._rows += sum(kept.size for kept, _ in coming)
        if self._rows > 2 * self._size:
            self._sink()

    def _sink(self) -> None:
        if self._rows > self._size:
            hashes = np.concatenate([hashes for hashes, _ in self._pieces])
            self._line = np.partition(hashes, self._size - 1)[self._size - 1]
            self._pieces = _below(self._pieces, self._line)
            self._rows = sum(hashes.size for hashes, _ in self._pieces)

    def __iadd__(self, later: RowSample) -> Self:
        for hashes, batch in later._pieces:
            self._add(hashes, batch)
        return self

    def rows(self, schema: pa.Schema) -> pa.RecordBatch:
        """The rows that are in, in their order; ``schema`` is that of the batches."""
        self._sink()
        table = pa.Table.from_batches([batch for _, batch in self._pieces] or [_nothing(schema)])
        batches: Sequence[pa.RecordBatch] = table.unify_dictionaries().combine_chunks().to_batches()
        return batches[0] if batches else _nothing(schema)


def _below(
    pieces: Iterable[tuple[Hashes, pa.RecordBatch]], line: np.uint64
) -> list[tuple[Hashes, pa.RecordBatch]]:
    kept = []
    for hashes, batch in pieces:
        inside = hashes <= line
        if inside.all():
            kept.append((hashes, batch))
        elif inside.any():
            kept.append((hashes[inside], taken(batch, np.flatnonzero(inside))))
    return kept


def _nothing(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], names=schema.names)
