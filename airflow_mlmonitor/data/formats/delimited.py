"""CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyarrow as pa
from pyarrow.csv import ConvertOptions, CSVStreamingReader, InvalidRow, ParseOptions, ReadOptions, open_csv

from airflow_mlmonitor.data.formats.data_file import DataFile
from airflow_mlmonitor.data.formats.text_file import BLOCK_BYTES, TextFile
from airflow_mlmonitor.data.inference import InferredType, parsed
from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.data.schemas import named_apart
from airflow_mlmonitor.data.source import Part
from airflow_mlmonitor.data.timespan import TimeSpan
from airflow_mlmonitor.errors import DataError

NULLS = [*ConvertOptions().null_values, "None", "none", "<NA>", "NaT", r"\N"]
"""Spellings of no value: those of pandas, Hive and MySQL."""


class CsvFile(DataFile):
    """A CSV file with a header, read twice: once for the types of its columns, once for its rows.

    Both times every field is read as text and parsed here, by the same rules: a type found in the first reading cannot
    fail in the second.
    """

    def __init__(self, location: Location, compression: str | None, delimiter: str) -> None:
        self._delimiter = delimiter
        with location.reading("CSV"):
            self._text = TextFile.found(location, compression)
            try:
                rows, columns = self._examined()
                note = self._doubt()
            except _NotUtf8Error:
                self._text, note = self._text.as_fallback()
                rows, columns = self._examined()
        notes = self._renamed | {name: column.note for name, column in columns.items() if column.note}
        schema = pa.schema([(name, column.type) for name, column in columns.items()])
        super().__init__(location, schema, rows, notes | ({"": note} if note else {}))

    def parts(self, names: Sequence[str], span: TimeSpan | None) -> list[Part]:
        """One part: only who has read the rows before it knows where a row begins."""
        return [partial(self._batches, list(names))] if self.rows else []

    def _batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(name) for name in names])
        with self.location.reading("CSV"):
            for texts in self._texts(names):
                columns = [
                    parsed(column, field.type) for column, field in zip(texts.columns, schema, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _examined(self) -> tuple[int, dict[str, InferredType]]:
        """Read the file to its end for the number of its rows and the types of its columns."""
        header, has_rows = self._read_header()
        self._names, self._renamed = named_apart(header)
        columns = {name: InferredType() for name in self._names}
        rows = 0
        last = None
        for last in self._texts(self._names) if has_rows else ():
            rows += last.num_rows
            for name, column in columns.items():
                column.add(last.column(name))
        if last is not None:
            self._check_last_quote(last.column(-1)[-1].as_py() or "")
        return rows, columns

    def _read_header(self) -> tuple[list[str], bool]:
        """The names, and whether any row follows."""
        name = self._text.location.name
        self._blank_lines = 0
        with self._text.open() as stream:
            lines = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
            try:
                for header in csv.reader(lines, delimiter=self._delimiter):
                    if header:
                        return header, any(line.strip() for line in lines)
                    self._blank_lines += 1
            except csv.Error as error:
                raise DataError(
                    f"The header of {name} cannot be read ({error}); is it a CSV file?"
                ) from error
        raise DataError(
            f"{name} is empty, without even a header; write the header of a file without rows, or leave it out."
        )

    def _texts(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Every field as text; null where it is empty or spells nothing."""
        faults: list[InvalidRow] = []

        def noted(row: InvalidRow) -> str:
            faults.append(row)
            return "error"

        try:
            with self._text.open() as stream:
                yield from self._stream(stream, names, noted)
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error) and self._text.encoding == "utf-8":
                raise _NotUtf8Error from error
            if "straddl" in str(error):
                raise DataError(
                    f"{self._text.location.name} has a row of more than {BLOCK_BYTES >> 20} MB; "
                    "is there a quote that is never closed?"
                ) from error
            raise self._explained(faults[0]) if faults else error from error

    def _stream(
        self, stream: pa.NativeFile, names: list[str], noted: Callable[[InvalidRow], str]
    ) -> CSVStreamingReader:
        return open_csv(
            stream,
            # With one thread Arrow knows the number of a row that is wrong; with more it is no faster here.
            ReadOptions(
                block_size=BLOCK_BYTES,
                use_threads=False,
                column_names=self._names,
                skip_rows=self._blank_lines,
                skip_rows_after_names=1,
            ),
            ParseOptions(delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=noted),
            ConvertOptions(
                column_types=dict.fromkeys(self._names, pa.string()),
                include_columns=names,
                null_values=NULLS,
                strings_can_be_null=True,
            ),
        )

    def _explained(self, fault: InvalidRow) -> DataError:
        return DataError(
            f"Row {fault.number} of {self._text.location.name} (the header is row 1) has {fault.actual_columns} fields "
            f"where the header has {fault.expected_columns}. Put quotes around fields that hold the delimiter "
            f"{self._delimiter!r} or a line break, or take the row out."
        )

    def _check_last_quote(self, value: str) -> None:
        """Refuse a quote that was never closed, which Arrow takes to reach to the end of the file."""
        if "\n" not in value:
            return
        with self._text.open() as stream:
            tail = b""
            while block := stream.read(BLOCK_BYTES):
                tail = (tail + block)[-3:]
        if not tail.rstrip(b"\r\n").endswith(b'"'):
            raise DataError(
                f"{self._text.location.name} opens a quote in its last column that it never closes, "
                f"{value.count(chr(10)):,} lines before its end. Close it, or double it where it is part of the text."
            )

    def _doubt(self) -> str:
        """A note on a file that looks as if it had another delimiter."""
        other = next((mark for mark in ";\t|," if mark in self._names[0]), None)
        if len(self._names) > 1 or other is None:
            return ""
        return f"the header is one column, {self._names[0]!r}; if it should be more, give delimiter={other!r}"


class _NotUtf8Error(Exception):
    """A field holds bytes that are not UTF-8."""
