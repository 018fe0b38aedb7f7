"""What a source gives, read as the engine reads it: its parts in two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window

NONE = NamedConnections({})


def opened(source: Source, window: Window | None = None, connections: Connections = NONE) -> Rows:
    return source.open(window, connections)


def table_of(source: Source, window: Window | None = None, connections: Connections = NONE) -> pa.Table:
    """All rows of a source, each batch of which must be of exactly the schema that was promised."""
    rows = opened(source, window, connections)
    with ThreadPoolExecutor(2) as pool:
        batches = [batch for part in pool.map(lambda part: list(part()), rows.parts) for batch in part]
    for batch in batches:
        assert batch.schema.equals(rows.schema)
        batch.validate(full=True)
    return pa.Table.from_batches(batches, schema=rows.schema)


def rows_of(
    source: Source, window: Window | None = None, connections: Connections = NONE
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table_of(source, window, connections).to_pylist()
    return found


def types_of(source: Source, window: Window | None = None, connections: Connections = NONE) -> dict[str, str]:
    return {field.name: str(field.type) for field in opened(source, window, connections).schema}
