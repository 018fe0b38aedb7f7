"""JSON lines files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
from pyarrow.json import ReadOptions, read_json

from airflow_mlmonitor.data.formats.data_file import DataFile
from airflow_mlmonitor.data.formats.text_file import BLOCK_BYTES, TextFile
from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.data.schemas import conformed, united
from airflow_mlmonitor.data.source import Part
from airflow_mlmonitor.data.timespan import TimeSpan
from airflow_mlmonitor.errors import DataError

LINE_BYTES = 1 << 26
_ONE_A_LINE = "Write one JSON object a line; `jq -c '.[]'` makes that of an array."
_CHANGED = re.compile(
    r"Column\(/(?P<path>.*)\) (?P<how>changed from \w+ to \w+|was specified twice)", re.DOTALL
)


class JsonLinesFile(DataFile):
    """A file of one JSON object a line, read twice: once for its columns and their types, once for its rows.

    A field that is not of one type, such as a number here and a text there, is read as text.
    """

    def __init__(self, location: Location, compression: str | None) -> None:
        self._spelled: dict[str, str] = {}
        with location.reading("JSON lines"):
            self._text = TextFile.found(location, compression)
            try:
                rows, schema, notes = self._examined()
            except UnicodeDecodeError:
                self._text, note = self._text.as_fallback()
                rows, schema, notes = self._examined()
                notes[""] = note
        super().__init__(location, schema, rows, notes | self._spelled)

    def parts(self, names: Sequence[str], span: TimeSpan | None) -> list[Part]:
        """One part."""
        return [partial(self._batches, list(names))] if self.rows else []

    def _batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(name) for name in names])
        with self.location.reading("JSON lines"):
            for table in self._tables():
                for batch in table.to_batches():
                    yield conformed(batch, schema)

    def _examined(self) -> tuple[int, pa.Schema, dict[str, str]]:
        """Read the file to its end for the number of its rows and its columns."""
        rows = 0
        schema, notes = pa.schema([]), dict[str, str]()
        for table in self._tables():
            rows += table.num_rows
            here = f"the lines up to object {rows:,}"
            schema, new = united([("the lines before", schema), (here, table.schema)])
            notes |= new
        if rows and not schema.names:
            raise DataError(
                f"{self._text.location.name} has {rows:,} objects without any field; check who writes it."
            )
        return rows, schema, notes

    def _tables(self) -> Iterator[pa.Table]:
        line = 1
        for block in self._blocks():
            # Arrow does not look whether text is UTF-8.
            block.decode()
            yield self._table(block, line)
            line += block.count(b"\n")

    def _blocks(self) -> Iterator[bytes]:
        """The text in blocks of whole lines."""
        with self._text.open() as stream:
            rest = b""
            while read := stream.read(BLOCK_BYTES):
                lines, newline, rest_of_last = (rest + read).rpartition(b"\n")
                rest = rest_of_last
                if newline:
                    yield lines + newline
                elif len(rest) > LINE_BYTES:
                    raise DataError(
                        f"{self._text.location.name} has a line of more than {LINE_BYTES >> 20} MB. {_ONE_A_LINE}"
                    )
            if rest:
                yield rest

    def _table(self, block: bytes, line: int) -> pa.Table:
        known = set(self._spelled)
        if known:
            block = self._with_texts(block, line)
        try:
            # As one block, so that a type that fits all lines is looked for.
            return read_json(
                pa.BufferReader(block), ReadOptions(use_threads=False, block_size=len(block) + 1)
            )
        except pa.ArrowInvalid as error:
            if not self._learned(block, line, error):
                raise
        return self._table(block, line)

    def _learned(self, block: bytes, line: int, error: pa.ArrowInvalid) -> bool:
        """Remember the field that has no single type, if that is what Arrow complains of."""
        objects = list(self._objects(block, line))
        found = _CHANGED.search(str(error))
        if found is None:
            return False
        path = found["path"]
        for name in {name for item in objects for name in item} - set(self._spelled):
            if path == name or path.startswith(f"{name}/"):
                self._spelled[name] = f"{found['how']}; read as text".replace("changed", "changes")
                return True
        return False

    def _with_texts(self, block: bytes, line: int) -> bytes:
        """The block with the values of fields without a single type as texts."""
        lines = []
        for item in self._objects(block, line):
            texts = {name: _text(item[name]) for name in self._spelled if name in item}
            lines.append(json.dumps(item | texts))
        return "\n".join(lines).encode()

    def _objects(self, block: bytes, line: int) -> Iterator[dict[str, Any]]:
        for number, text in enumerate(block.decode().split("\n"), start=line):
            if not text.strip():
                continue
            try:
                item = json.loads(text)
            except ValueError as error:
                raise self._broken(number, f"is not JSON ({error})") from error
            if not isinstance(item, dict):
                raise self._broken(number, f"is not an object but {type(item).__name__}")
            yield item

    def _broken(self, number: int, what: str) -> DataError:
        return DataError(f"Line {number:,} of {self._text.location.name} {what}. {_ONE_A_LINE}")


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
