"""Record batches in, a profile out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from airflow_mlmonitor.data.arrow import codes, positions_array, texts
from airflow_mlmonitor.data.building import ColumnBuilder, builder_for, hidden
from airflow_mlmonitor.data.distinct import ROW_SAMPLE, HashSample, fold, mix
from airflow_mlmonitor.data.profile import SLICE_VALUES, Profile, uncrowded

BATCH_ROWS = 131_072
"""Rows sorted at a time: a column of them fits the second-level cache."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which columns of some batches are summarised, and how.

    Parameters
    ----------
    schema
        Of the batches.
    hidden
        Columns that were only read to filter or to split by.
    categorical, private, slices, timestamp
        As in :class:`~airflow_mlmonitor.data.source.Source`.
    """

    schema: pa.Schema
    hidden: frozenset[str] = frozenset()
    categorical: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()
    slices: tuple[str, ...] = ()
    timestamp: str | None = None

    def builders(self) -> dict[int, ColumnBuilder]:
        """One builder for each column that is summarised, by position."""
        return {
            position: builder_for(
                field.type, categorical=field.name in self.categorical, private=field.name in self.private
            )
            for position, field in enumerate(self.schema)
            if field.name not in self.hidden
        }


class ProfileBuilder:
    """Collects record batches into a profile.

    Parameters
    ----------
    layout
        Which columns are summarised, and how.
    whole
        False for a slice of the rows: it is not sliced again, and its repeated rows are not counted.
    """

    def __init__(self, layout: Layout, *, whole: bool = True) -> None:
        self._layout = layout
        self._whole = whole
        self._builders = layout.builders()
        self._rows = 0
        self._hashes = HashSample(ROW_SAMPLE)
        self._slices: dict[str, ProfileBuilder] = {}
        self._crowded: set[str] = set()

    def add(self, batch: pa.RecordBatch) -> None:
        """Take some rows."""
        for offset in range(0, batch.num_rows, BATCH_ROWS):
            self._add(batch.slice(offset, BATCH_ROWS))

    def _add(self, batch: pa.RecordBatch) -> None:
        self._rows += batch.num_rows
        hashes = np.full(batch.num_rows, 1, dtype=np.uint64)
        for position, builder in self._builders.items():
            bits = builder.add(batch.column(position))
            if self._whole and bits is not None:
                fold(hashes, bits)
        if self._whole:
            self._hashes = self._hashes.add(mix(hashes))
            for name in self._layout.slices:
                if name not in self._crowded:
                    self._slice(batch, name)

    def _slice(self, batch: pa.RecordBatch, name: str) -> None:
        positions, dictionary = codes(batch.column(self._layout.schema.get_field_index(name)))
        known = ["null" if text is None else self._shown(name, text) for text in [*texts(dictionary), None]]
        labels = [f"{name}={text}" for text in known]
        for position, part in split(batch, positions):
            builder = self._slices.setdefault(labels[position], ProfileBuilder(self._layout, whole=False))
            builder.add(part)
        if sum(label.startswith(f"{name}=") for label in self._slices) > SLICE_VALUES:
            self._crowded.add(name)
            self._slices = {
                label: part for label, part in self._slices.items() if not label.startswith(f"{name}=")
            }

    def _shown(self, name: str, text: str) -> str:
        return hidden(text) if name in self._layout.private else text

    def finish(self) -> Profile:
        """Return the profile of everything taken so far."""
        slices, unsliced = uncrowded(
            {label: self._slices[label].finish() for label in sorted(self._slices)}, self._crowded
        )
        return Profile(
            rows=self._rows,
            columns={
                self._layout.schema.field(position).name: builder.finish()
                for position, builder in self._builders.items()
            },
            slices=slices,
            unsliced=unsliced,
            row_hashes=self._hashes if self._whole else None,
            timestamp=self._layout.timestamp,
        )


def profile_of(layout: Layout, batches: Iterable[pa.RecordBatch], seen: Callable[[int], None]) -> Profile:
    """Summarise batches, telling ``seen`` the rows of each."""
    builder = ProfileBuilder(layout)
    for batch in batches:
        builder.add(batch)
        seen(batch.num_rows)
    return builder.finish()


def split(batch: pa.RecordBatch, labels: NDArray[np.int64]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Split rows by label, keeping their order within each."""
    order = np.argsort(labels, kind="stable")
    ranked = labels[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1]))) if ranked.size else []
    sorted_rows = batch.take(positions_array(order))
    for start, end in zip(starts, [*starts[1:], ranked.size], strict=True):
        yield int(ranked[start]), sorted_rows.slice(int(start), int(end - start))
