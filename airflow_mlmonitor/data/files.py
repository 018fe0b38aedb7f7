"""Rows from files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.formats.data_file import DataFile, Format, check_format, open_file
from airflow_mlmonitor.data.location import locate, without_secrets
from airflow_mlmonitor.data.source import Connections, Part, Rows, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.selection import Selection


@dataclass(frozen=True)
class Files(Source):
    """Rows from parquet, CSV or JSON lines files.

    Columns that only some files have are null in the others; types that differ are widened, or read as text with a
    note. CSV and JSON lines do not say their types, so such files are read twice: for their types, then for their rows.

    Parameters
    ----------
    paths
        A path, a glob (``**`` reaches into folders) or a URL of an object store; or several of them.
    format
        ``"parquet"``, ``"csv"`` or ``"json"`` (one object a line); None goes by the end of each name, such as
        ``.parquet``, ``.csv``, ``.csv.gz`` or ``.jsonl``.
    delimiter
        What stands between the fields of CSV files; None is a comma, and a tab in files called ``.tsv``.
    conn_id
        Airflow connection of the object store that URLs such as ``s3://bucket/day.parquet`` lie in.

    The other parameters are those of :class:`~airflow_mlmonitor.data.source.Source`; ``where`` is in DuckDB's SQL and
    sees one row at a time.

    Examples
    --------
    >>> flights = Files("flights/{{ ds }}/*.parquet", columns=("dep_delay", "origin"), slices=("origin",))
    >>> flights.rendered(lambda text: text.replace("{{ ds }}", "2013-02-08")).label
    'flights/2013-02-08/*.parquet'
    """

    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
    _: KW_ONLY
    format: Format | None = None
    delimiter: str | None = None
    conn_id: str | None = None

    def __post_init__(self) -> None:
        given = [self.paths] if isinstance(self.paths, str | os.PathLike) else self.paths
        object.__setattr__(self, "paths", tuple(os.fspath(path) for path in given))
        if not self.paths:
            raise ConfigurationError("Files() names no file; give it a path, a glob or several of them.")

    @property
    def label(self) -> str:
        """The paths, without passwords."""
        return ", ".join(without_secrets(pattern) for pattern in self._patterns)

    @property
    def _patterns(self) -> tuple[str, ...]:
        return self.paths  # type: ignore[return-value]  # made so at the start

    def open(self, window: Window | None, connections: Connections) -> Rows:
        """Find the files and what columns they have."""
        from airflow_mlmonitor.data.schemas import united
        from airflow_mlmonitor.data.selection import Selection

        check_format(self.format)
        found = (locate(pattern, self.conn_id, connections) for pattern in self._patterns)
        # A file that two patterns match is there once.
        locations = dict.fromkeys(chain.from_iterable(found))
        files = [open_file(location, self.format, self.delimiter) for location in locations]
        schema, notes = united([(file.location.name, file.schema) for file in files])
        selection = Selection(self, schema, window)
        parts = [part for file in files for part in _parts(file, schema, selection)]
        notes = {**_notes(files), **notes}
        counts = [file.rows for file in files]
        return Rows(
            schema=selection.schema,
            parts=parts,
            expected=None if selection.narrows or None in counts else sum(count or 0 for count in counts),
            hidden=tuple(selection.hidden),
            notes=selection.notes(notes),
        )


def _notes(files: Sequence[DataFile]) -> dict[str, str]:
    notes: dict[str, str] = {}
    for file in files:
        for name, note in file.notes.items():
            notes.setdefault(name, note if len(files) == 1 else f"in {file.location.name} {note}")
    return notes


def _parts(file: DataFile, schema: pa.Schema, selection: Selection) -> Iterator[Part]:
    """The parts of one file, made to fit all of them."""
    import pyarrow as pa

    read_schema = pa.schema([schema.field(name) for name in selection.read])
    present = [name for name in selection.read if name in file.schema.names]
    # A file with none of them still has rows, whose number a column of its own tells.
    present = present or file.schema.names[:1]
    for part in file.parts(present, selection.span):
        yield partial(_fitted, part, read_schema, selection)


def _fitted(part: Part, schema: pa.Schema, selection: Selection) -> Iterator[pa.RecordBatch]:
    from airflow_mlmonitor.data.schemas import conformed

    return selection.apply(conformed(batch, schema) for batch in part())
