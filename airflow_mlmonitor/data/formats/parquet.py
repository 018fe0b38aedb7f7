"""Parquet files, a row group at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq

from airflow_mlmonitor.data.formats.data_file import DataFile
from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.data.schemas import is_text, named_apart, plain
from airflow_mlmonitor.data.source import Part
from airflow_mlmonitor.data.timespan import TimeSpan

BATCH_ROWS = 131_072
PART_ROWS = 65_536
"""Neighbouring row groups with fewer rows than this are read together."""

BUFFER = 1 << 18
"""Bytes read ahead of a local column. Without it whole column chunks are held: 627 MB instead of 430 MB were measured
on five million rows in row groups of a million."""

_UNITS = {"milliseconds": "ms", "microseconds": "us", "nanoseconds": "ns"}


class ParquetFile(DataFile):
    """A parquet file. Text comes as dictionaries, which is how most writers store it."""

    def __init__(self, location: Location) -> None:
        with location.reading("parquet"), location.open() as handle:
            file = pq.ParquetFile(handle)
            self._metadata = file.metadata
            self._texts = [field.name for field in file.schema_arrow if is_text(field.type)]
            written = pq.ParquetFile(handle, metadata=file.metadata, read_dictionary=self._texts).schema_arrow
        names, notes = named_apart(written.names)
        self._written = dict(zip(names, _numbered(written.names), strict=True))
        types = [plain(pa.nulls(0, type_)).type for type_ in written.types]
        schema = pa.schema(list(zip(names, types, strict=True)))
        super().__init__(location, schema, self._metadata.num_rows, notes)

    def parts(self, names: Sequence[str], span: TimeSpan | None) -> list[Part]:
        """Parts of one row group each, or of several where they are small."""
        groups = [index for index in range(self._metadata.num_row_groups) if self._may_touch(index, span)]
        gathered = list(self._gathered(groups))
        # Where there is nothing to read beside it, a part may take more threads than its own.
        alone = len(gathered) == 1
        return [partial(self._batches, together, list(names), use_threads=alone) for together in gathered]

    def _batches(self, groups: list[int], names: list[str], *, use_threads: bool) -> Iterator[pa.RecordBatch]:
        wanted = [self._written[name] for name in names]
        columns = list(dict.fromkeys(name for name, _ in wanted))
        schema = pa.schema([self.schema.field(name) for name in names])
        remote = self.location.filesystem is not None
        with self.location.reading("parquet"), self.location.open() as handle:
            file = pq.ParquetFile(
                handle,
                metadata=self._metadata,
                read_dictionary=self._texts,
                # One request for a whole row group: an object store answers each only after tens of milliseconds.
                pre_buffer=remote,
                buffer_size=0 if remote else BUFFER,
            )
            for batch in self._read(file, groups, columns, use_threads=use_threads):
                found = dict(zip(_numbered(batch.schema.names), batch.columns, strict=True))
                yield pa.RecordBatch.from_arrays([plain(found[name]) for name in wanted], schema=schema)

    def _read(
        self, file: pq.ParquetFile, groups: list[int], columns: list[str], *, use_threads: bool
    ) -> Iterator[pa.RecordBatch]:
        rows = sum(self._metadata.row_group(index).num_rows for index in groups)
        if rows > 2 * BATCH_ROWS:
            yield from file.iter_batches(
                BATCH_ROWS, row_groups=groups, columns=columns, use_threads=use_threads
            )
            return
        table = file.read_row_groups(groups, columns=columns, use_threads=use_threads)
        yield from (table if len(groups) == 1 else table.combine_chunks()).to_batches(
            max_chunksize=BATCH_ROWS
        )

    def _gathered(self, groups: list[int]) -> Iterator[list[int]]:
        together: list[int] = []
        rows = 0
        for index in groups:
            together.append(index)
            rows += self._metadata.row_group(index).num_rows
            if rows >= PART_ROWS:
                yield together
                together, rows = [], 0
        if together:
            yield together

    def _may_touch(self, group: int, span: TimeSpan | None) -> bool:
        """Whether the statistics of a row group leave it open that some of its rows are in the span."""
        paths = [self._metadata.schema.column(index).path for index in range(self._metadata.num_columns)]
        if span is None or span.column not in paths:
            return True
        statistics = self._metadata.row_group(group).column(paths.index(span.column)).statistics
        type_ = (
            None
            if statistics is None or not statistics.has_min_max
            else _stored_type(statistics.logical_type)
        )
        return type_ is None or span.touches(statistics.min_raw, statistics.max_raw, type_)


def _numbered(names: Sequence[str]) -> list[tuple[str, int]]:
    """Each name with how often it came before: parquet allows two columns of one name, and Arrow finds neither."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        numbered.append((name, seen[name]))
        seen[name] += 1
    return numbered


def _stored_type(logical: pq.ParquetLogicalType) -> pa.DataType | None:
    """How moments are stored, which may be finer than how Arrow shows them; None where they are not moments."""
    told = json.loads(logical.to_json())
    if told["Type"] == "Date":
        return pa.date32()
    return pa.timestamp(_UNITS[told["timeUnit"]]) if told["Type"] == "Timestamp" else None
