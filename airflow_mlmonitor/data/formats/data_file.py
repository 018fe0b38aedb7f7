"""What every format of files promises, and which format a file has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from airflow_mlmonitor.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.location import Location
    from airflow_mlmonitor.data.source import Part
    from airflow_mlmonitor.data.timespan import TimeSpan

Format = Literal["parquet", "csv", "json"]

SUFFIXES: Mapping[str, Format] = {
    "parquet": "parquet",
    "pq": "parquet",
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
}
COMPRESSIONS: Mapping[str, str] = {"gz": "gzip", "bz2": "bz2", "zst": "zstd", "lz4": "lz4"}
"""Endings of text files that are unpacked while they are read."""


class DataFile(ABC):
    """One file, opened: what it holds and how to read some of it.

    Parameters
    ----------
    location
        Where it lies.
    schema
        Names and types of its columns; each name is there once.
    rows
        Number of rows, where the format tells it.
    notes
        Column name (or "") to what was changed on the way.
    """

    def __init__(
        self, location: Location, schema: pa.Schema, rows: int | None, notes: Mapping[str, str]
    ) -> None:
        self.location = location
        self.schema = schema
        self.rows = rows
        self.notes = notes

    @abstractmethod
    def parts(self, names: Sequence[str], span: TimeSpan | None) -> list[Part]:
        """Parts that yield these columns, of the types in ``schema`` and in the order of ``names``.

        A part may leave out rows outside ``span`` that it can tell without reading them.
        """


def open_file(location: Location, format_: Format | None, delimiter: str | None) -> DataFile:
    """Open a file in the format that was asked for, or in the one its name ends in.

    Raises
    ------
    DataError
        It is not readable in that format, or its name tells none.
    """
    suffix, compression = _endings(location.path)
    format_ = format_ or SUFFIXES.get(suffix)
    if format_ == "parquet":
        from airflow_mlmonitor.data.formats.parquet import ParquetFile

        return ParquetFile(location)
    if format_ == "csv":
        from airflow_mlmonitor.data.formats.delimited import CsvFile

        return CsvFile(location, compression, delimiter or ("\t" if suffix == "tsv" else ","))
    if format_ == "json":
        from airflow_mlmonitor.data.formats.json_lines import JsonLinesFile

        return JsonLinesFile(location, compression)
    raise DataError(
        f"{location.name} does not say its format; name it with format=, one of 'parquet', 'csv' and 'json', "
        f"or end its name in one of {', '.join(f'.{suffix}' for suffix in SUFFIXES)}."
    )


def check_format(format_: str | None) -> None:
    """Refuse a format that does not exist."""
    if format_ not in (None, *SUFFIXES.values()):
        raise ConfigurationError(f"format={format_!r} does not exist; write 'parquet', 'csv' or 'json'.")


def _endings(path: str) -> tuple[str, str | None]:
    """What the end of a name says of the format and the compression, such as that of ``day.csv.gz``."""
    *rest, last = path.lower().partition("?")[0].split(".")
    compression = COMPRESSIONS.get(last)
    return (rest[-1] if rest else "") if compression else last, compression
