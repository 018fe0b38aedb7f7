"""Record batches in, a profile out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds
from numpy.typing import NDArray

from airflow_mlmonitor.data.arrow import codes, is_name, is_number, taken, texts
from airflow_mlmonitor.data.building import ColumnBuilder, UnknownBuilder, builder_for, shown
from airflow_mlmonitor.data.distinct import ROW_SAMPLE, HashSample, fold, mix
from airflow_mlmonitor.data.profile import SLICE_VALUES, Profile, uncrowded
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.rules.tallies import TallyBuilder
from airflow_mlmonitor.data.rules.view import BatchView, Kind, kind_of
from airflow_mlmonitor.data.schemas import is_moment
from airflow_mlmonitor.errors import ConfigurationError

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
    rules
        What the rows are held against while they are summarised; None for nothing.

    Raises
    ------
    ConfigurationError
        The values of a slicing column are no names.
    """

    schema: pa.Schema
    hidden: frozenset[str] = frozenset()
    categorical: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()
    slices: tuple[str, ...] = ()
    timestamp: str | None = None
    rules: Rules | None = None

    def __post_init__(self) -> None:
        for name in self.slices:
            type_ = self.schema.field(name).type
            if not (is_name(type_) or is_number(type_) or is_moment(type_) or kinds.is_null(type_)):
                raise ConfigurationError(
                    f"slices={name!r} cannot work: it is {type_}; slice by text or by numbers."
                )

    def builders(self) -> dict[int, ColumnBuilder]:
        """One builder for each column that is summarised, by position."""
        return {
            position: builder_for(
                field.type, categorical=field.name in self.categorical, private=field.name in self.private
            )
            for position, field in enumerate(self.schema)
            if field.name not in self.hidden
        }

    def kinds(self) -> dict[str, Kind]:
        """What the values of each column that is summarised are to a rule."""
        named = self.categorical | self.private
        return {
            field.name: kind_of(field.type, named=field.name in named)
            for field in self.schema
            if field.name not in self.hidden
        }

    def view(self, batch: pa.RecordBatch) -> BatchView:
        """A batch as rules look at it: without the columns that are not summarised."""
        shown = [name for name in batch.schema.names if name not in self.hidden]
        return BatchView(batch.select(shown), names=self.categorical, private=self.private)


class ProfileBuilder:
    """Collects record batches into a profile.

    Parameters
    ----------
    layout
        Which columns are summarised, and how.
    whole
        False for a slice of the rows: it is not sliced again, its repeated rows are not counted, and it is not held
        against rules.
    """

    def __init__(self, layout: Layout, *, whole: bool = True) -> None:
        self._layout = layout
        self._whole = whole
        self._builders = layout.builders()
        self._rows = 0
        evaluated = any(not isinstance(builder, UnknownBuilder) for builder in self._builders.values())
        self._hashes = HashSample(ROW_SAMPLE) if whole and evaluated else None
        self._tallies = (
            TallyBuilder(layout.rules, layout.kinds()) if whole and layout.rules is not None else None
        )
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
            if self._hashes is not None and bits is not None:
                fold(hashes, bits)
        if self._hashes is not None:
            self._hashes = self._hashes.add(mix(hashes))
        if self._tallies is not None:
            self._tallies.add(self._layout.view(batch))
        if self._whole:
            for name in self._layout.slices:
                if name not in self._crowded:
                    self._slice(batch, name)

    def _slice(self, batch: pa.RecordBatch, name: str) -> None:
        positions, dictionary = codes(batch.column(self._layout.schema.get_field_index(name)))
        labels = self._labels(name, dictionary)
        coming = {labels[position] for position in np.unique(positions)}
        known = {label for label in self._slices if label.startswith(f"{name}=")}
        if len(known | coming) > SLICE_VALUES:
            self._crowded.add(name)
            self._slices = {label: part for label, part in self._slices.items() if label not in known}
            return
        for position, part in split(batch, positions):
            builder = self._slices.setdefault(labels[position], ProfileBuilder(self._layout, whole=False))
            builder.add(part)

    def _labels(self, name: str, dictionary: pa.Array) -> list[str]:
        """What the slices of a dictionary's values are called; that of -1, null, comes last."""
        private = name in self._layout.private
        known = [None if text is None else shown(text, private=private) for text in texts(dictionary)]
        return [f"{name}={'null' if text is None else text}" for text in [*known, None]]

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
            row_hashes=self._hashes,
            timestamp=self._layout.timestamp,
            tallies=self._tallies.finish() if self._tallies is not None else None,
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
    changes = 1 + np.flatnonzero(ranked[1:] != ranked[:-1])
    sorted_rows = taken(batch, order)
    for start, end in pairwise([0, *changes.tolist(), ranked.size] if ranked.size else []):
        yield int(ranked[start]), sorted_rows.slice(start, end - start)
