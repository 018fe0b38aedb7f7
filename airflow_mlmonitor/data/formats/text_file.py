"""Files of text as streams of UTF-8, whatever they are packed and encoded in."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from airflow_mlmonitor.data.location import Location
from airflow_mlmonitor.errors import DataError

BLOCK_BYTES = 1 << 22
"""Bytes of text that are parsed at a time."""

FALLBACK = "latin-1"
"""Encoding of a text that is not UTF-8: it gives every byte a meaning, so no row is lost."""

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_NOT_TEXT = {
    b"PAR1": "a parquet file",
    b"\x1f\x8b": "packed with gzip",
    b"BZh": "packed with bzip2",
    b"\x28\xb5\x2f\xfd": "packed with zstandard",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
}


@dataclass(frozen=True)
class TextFile:
    """A file of text.

    Parameters
    ----------
    location
        Where it lies.
    compression
        What it is packed with, in Arrow's words; None when it is not.
    encoding
        Of its bytes.
    """

    location: Location
    compression: str | None = None
    encoding: str = "utf-8"

    @classmethod
    def found(cls, location: Location, compression: str | None) -> TextFile:
        """The text of a file whose first bytes may tell its encoding."""
        plain = cls(location, compression)
        with plain.open() as stream:
            start = stream.read(4)
        for mark, what in _NOT_TEXT.items():
            if start.startswith(mark):
                raise DataError(
                    f"{location.name} is {what}; call it by the name that says so, or give format=."
                )
        told = (encoding for mark, encoding in _MARKS.items() if start.startswith(mark))
        return cls(location, compression, next(told, "utf-8"))

    @contextmanager
    def open(self) -> Iterator[pa.NativeFile]:
        """Open the text as UTF-8."""
        with self.location.open() as stored:
            stream = pa.CompressedInputStream(stored, self.compression) if self.compression else stored
            yield (
                stream
                if self.encoding == "utf-8"
                else pa.transcoding_input_stream(stream, self.encoding, "utf-8")
            )

    def as_fallback(self) -> tuple[TextFile, str]:
        """The same file in the encoding that reads every byte, and a note that says so."""
        note = f"byte {self._first_foreign_byte():,} of {self.location.name} is not UTF-8; it was read as Latin-1"
        return TextFile(self.location, self.compression, FALLBACK), note

    def _first_foreign_byte(self) -> int:
        decoder = codecs.getincrementaldecoder("utf-8")()
        passed = 0
        with self.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                passed += len(block)
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    return passed - len(error.object) + error.start
        return passed
