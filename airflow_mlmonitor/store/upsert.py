"""Insert or find, insert or replace: each backend's own words for a write that two may make at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose unique key is not in the table yet; a parallel writer of the same key is waited for."""
    match connection.dialect.name:
        case "mysql":
            # INSERT IGNORE would turn every other fault into a warning as well.
            connection.execute(mysql.insert(table).on_duplicate_key_update(id=table.c.id), rows)
        case "postgresql":
            connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
        case _:
            connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)


def upsert(connection: Connection, table: Table, rows: Rows, columns: Sequence[str]) -> None:
    """Insert rows; where the primary key is in the table already, replace these columns."""
    if not rows:
        return
    if connection.dialect.name == "mysql":
        added = mysql.insert(table)
        connection.execute(
            added.on_duplicate_key_update({name: added.inserted[name] for name in columns}), rows
        )
        return
    new = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    replaced = {name: new.excluded[name] for name in columns}
    connection.execute(new.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced), rows)
