"""The columns of a table or view."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from sqlalchemy import Dialect


@dataclass(frozen=True)
class TableSchema(Dependency):
    """The columns of a table or view, with their types, and its primary key.

    Parameters
    ----------
    table
        With its schema where it needs one: ``features`` or ``analytics.features``.
    conn_id
        Airflow connection of the database: any that SQLAlchemy has a dialect for.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> TableSchema("analytics.features", conn_id="warehouse").title
    'schema of analytics.features on warehouse'
    """

    table: str
    _: KW_ONLY
    conn_id: str

    @property
    def label(self) -> str:
        """The table and its connection."""
        return f"schema of {self.table} on {self.conn_id}"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Ask the database for the columns."""
        from airflow_mlmonitor.data.dependencies.inspected_database import inspected, named

        schema, table = named(self.table)
        with inspected(self.conn_id, connections) as inspector:
            columns = inspector.get_columns(table, schema=schema)
            key = inspector.get_pk_constraint(table, schema=schema).get("constrained_columns") or []
        dialect = inspector.dialect
        parts = {f"column {column['name']}": _type(column, dialect) for column in columns}
        return Fingerprint(parts=parts | ({"primary key": ", ".join(key)} if key else {}))


def _type(column: Any, dialect: Dialect) -> str:
    from sqlalchemy.exc import CompileError
    from sqlalchemy.types import NullType

    try:
        known = "of unknown type" if isinstance(column["type"], NullType) else column["type"].compile(dialect)
    except CompileError:
        known = repr(column["type"])
    return known if column.get("nullable", True) else f"{known} NOT NULL"
