"""What the file of a model, or one beside it, tells of its training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.location import Location, without_secrets
from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_record import NAMES, ModelRecord, Names
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 32 << 20
"""Bytes of a header of a safetensors file that are read."""


@dataclass(frozen=True)
class ModelFile(ModelRecord):
    """What the file of a model tells of its training.

    Read are a JSON file beside it, the ``__metadata__`` of a safetensors file, and a model that is itself JSON. Where
    none of them says when the model was trained, that is when the file was written. The file is as it is when the task
    runs; a model trained after the end of the run's window says nothing of what served then.

    Parameters
    ----------
    path
        A path, or a URL of an object store.
    conn_id
        Airflow connection of the object store.
    metadata
        Path of a JSON file with what is known of the model.
    names
        What the keys are called.

    Examples
    --------
    >>> ModelFile("s3://user:secret@models/flights.safetensors", conn_id="lake").label
    's3://models/flights.safetensors'
    """

    path: str
    _: KW_ONLY
    conn_id: str | None = None
    metadata: str = ""
    names: Names = NAMES

    @property
    def label(self) -> str:
        """The path, without passwords."""
        return without_secrets(self.path)

    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Read what is written down, or when the file was written."""
        from airflow_mlmonitor.data.dependencies.stored_bytes import only

        location = only(self.path, self.conn_id, connections)
        dates = self.names.dates({**_inside(location), **self._beside(connections)})
        if dates.trained is None:
            dates = replace(dates, trained=_written(location), basis="when its file was written")
        return dates.as_of(window.end)

    def _beside(self, connections: Connections) -> Mapping[str, Any]:
        from airflow_mlmonitor.data.dependencies.stored_bytes import text

        if not self.metadata:
            return {}
        return _object(text(self.metadata, self.conn_id, connections), without_secrets(self.metadata))


def _inside(location: Location) -> Mapping[str, Any]:
    """What the file itself says."""
    if location.path.endswith(".safetensors"):
        with location.reading("a safetensors file"), location.open() as file:
            told = _object(_header(file, location.name), location.name).get("__metadata__")
            return told if isinstance(told, Mapping) else {}
    if location.path.endswith(".json"):
        with location.reading("JSON"), location.open() as file:
            return _object(file.read(MOST).decode("utf-8-sig", "replace"), location.name)
    return {}


def _header(file: pa.NativeFile, name: str) -> str:
    """The header of a safetensors file: its length in eight bytes, then JSON."""
    size = int.from_bytes(file.read(8), "little")
    if not 2 <= size <= MOST:
        raise DataError(f"{name} is no safetensors file; was it written to its end?")
    header: bytes = file.read(size)
    return header.decode("utf-8", "replace")


def _object(text: str, name: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        raise DataError(f"{name} is no JSON, or was not written to its end.") from None
    if not isinstance(told, Mapping):
        raise DataError(f'{name} holds no JSON object; write one such as {{"trained_at": "2013-03-02"}}.')
    return told


def _written(location: Location) -> datetime | None:
    """When the file was last written; None where its file system does not tell."""
    from pathlib import Path

    from airflow_mlmonitor.data.model_records.written_moments import moment

    if location.filesystem is None:
        return moment(Path(location.path).stat().st_mtime, "the time of the file")
    try:
        return moment(location.filesystem.modified(location.path), "the time of the file")
    except NotImplementedError:
        return None
