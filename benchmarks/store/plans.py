"""How a backend would run what the store asks it, and whether that reads a whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

LARGE = ("mlmonitor_metric", "mlmonitor_run", "mlmonitor_profile", "mlmonitor_trace")
"""The tables that grow with every run; reading any other one as a whole is right."""


@dataclass(frozen=True)
class Asked:
    """One statement, as the driver got it."""

    statement: str
    parameters: Any


@dataclass(frozen=True)
class Plan:
    """What the backend answered to EXPLAIN, one line a step."""

    asked: Asked
    lines: tuple[str, ...]
    scanned: tuple[str, ...]


def asked_by(action: Callable[[], object]) -> list[Asked]:
    """Do something and note what it reads of large tables, and removes from them."""
    found = []

    def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "DELETE")) and any(table in statement for table in LARGE):
            found.append(Asked(statement, parameters))

    with _listening(note):
        action()
    return found


def explain(connection: Connection, asked: Asked) -> Plan:
    """Ask the backend for its plan."""
    backend = connection.dialect.name
    verb = "EXPLAIN QUERY PLAN" if backend == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{verb} {asked.statement}", asked.parameters).mappings().all()
    lines = tuple(_line(dict(row)) for row in rows)
    found = {
        table for table in LARGE for line in lines if _reads_all(backend, line, table, sorts=_sorts(lines))
    }
    return Plan(asked, lines, tuple(sorted(found)))


def _sorts(lines: Sequence[str]) -> bool:
    return any(word in line for line in lines for word in ("TEMP B-TREE", "filesort"))


def _reads_all(backend: str, line: str, table: str, *, sorts: bool) -> bool:
    """Walking an index and stopping after so many rows is right, unless all of it must be sorted first."""
    match backend:
        case "sqlite":
            return line.startswith(f"SCAN {table}") and (sorts or " USING " not in line)
        case "postgresql":
            return f"Seq Scan on {table}" in line
        case _:
            of_all = "type=ALL", *(["type=index"] if sorts else [])
            return line.startswith(f"table={table} ") and any(kind in line for kind in of_all)


def _line(row: dict[str, Any]) -> str:
    if "detail" in row:
        return str(row["detail"])
    if "QUERY PLAN" in row:
        return str(row["QUERY PLAN"])
    return " ".join(f"{name}={row[name]}" for name in ("table", "type", "key", "rows", "Extra"))


@contextmanager
def _listening(listener: Callable[..., None]) -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listener)
