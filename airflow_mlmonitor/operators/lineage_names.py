"""What OpenLineage calls the places that a source's rows come from: a namespace, and a name in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from airflow_mlmonitor.data.files import Files
from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.data.relations import Query, Table

if TYPE_CHECKING:
    from airflow_mlmonitor.data.connections import Details
    from airflow_mlmonitor.data.source import Connections, Source

MOST = 20
"""Places of one source that are named at most."""

_SCHEMES = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "sqlserver"}
_PORTS = {"postgres": 5432, "mysql": 3306, "trino": 8080, "oracle": 1521, "sqlserver": 1433, "redshift": 5439}
_SCHEMAS = {"postgres": "public", "redshift": "public", "sqlserver": "dbo"}
"""The schema of a table whose name has none; MySQL and others know no schemas."""

_DIALECTS = {"sqlserver": "mssql"}
"""What the parser of SQL calls a database otherwise."""


class Place(NamedTuple):
    """Where rows lie, by OpenLineage's naming."""

    namespace: str
    name: str


def places_of(source: Source | None, connections: Connections) -> list[Place]:
    """Name the places that a source's rows come from; none for rows in memory.

    :param source: the source, rendered.
    :param connections: where the details of a database are looked up.
    """
    if isinstance(source, Files):
        found = [_file(str(pattern)) for pattern in source.paths]  # type: ignore[union-attr]  # made so at the start
    elif isinstance(source, Table):
        found = [_table(connections.details(source.conn_id), source.name)]
    elif isinstance(source, Query):
        found = _queried(source, connections.details(source.conn_id))
    else:
        found = []
    return list(dict.fromkeys(found))[:MOST]


def _file(pattern: str) -> Place:
    """A file, or the folder above the first wildcard: what is written there is one thing by day or by part.

    >>> _file("s3://lake/served/day=2013-02-08/*.parquet")
    Place(namespace='s3://lake', name='served/day=2013-02-08')
    >>> _file("/data/served/2013-02-08.parquet")
    Place(namespace='file', name='/data/served/2013-02-08.parquet')
    """
    shown = without_secrets(pattern)
    scheme, separator, rest = shown.partition("://")
    if not separator or scheme == "file":
        return Place(
            "file", _without_wildcards(str(Path(shown.removeprefix("file://")).expanduser().absolute()))
        )
    bucket, _, key = rest.partition("/")
    scheme = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}.get(scheme, scheme)
    return Place(f"{scheme}://{bucket}", _without_wildcards(key) or "/")


def _without_wildcards(path: str) -> str:
    first = min((at for mark in "*?[" if (at := path.find(mark)) >= 0), default=None)
    return path if first is None else path[:first].rpartition("/")[0]


def _table(details: Details, name: str) -> Place:
    """A table of a database.

    >>> from airflow_mlmonitor.data.connections import Details
    >>> _table(Details(conn_type="postgres", host="db.example", login="me", schema="shop"), "features.served")
    Place(namespace='postgres://db.example:5432', name='shop.features.served')
    >>> _table(Details(conn_type="mysql", host="db.example", schema="shop"), "served")
    Place(namespace='mysql://db.example:3306', name='shop.served')
    >>> _table(Details(conn_type="sqlite", host="/data/shop.db"), "served")
    Place(namespace='file', name='/data/shop.db/main.served')
    """
    scheme = _scheme(details)
    parts = [part for part in name.replace('"', "").replace("`", "").split(".") if part]
    if scheme in ("sqlite", "duckdb"):
        parts = parts if len(parts) > 1 else ["main", *parts]
        file = Path(details.host or details.schema or ":memory:").absolute()
        return Place("file", f"{file}/{'.'.join(parts)}")
    if len(parts) == 1 and scheme in _SCHEMAS:
        parts = [_SCHEMAS[scheme], *parts]
    qualified = len(parts) > 2 or (len(parts) > 1 and scheme == "mysql")
    database = [details.schema] if details.schema and not qualified else []
    return Place(_namespace(scheme, details), ".".join([*database, *parts]))


def _namespace(scheme: str, details: Details) -> str:
    if scheme == "bigquery":
        return scheme
    if scheme == "snowflake":
        return f"{scheme}://{details.extra.get('account') or details.host}"
    port = details.port or _PORTS.get(scheme)
    return f"{scheme}://{details.host or 'localhost'}" + (f":{port}" if port else "")


def _scheme(details: Details) -> str:
    kind = details.conn_type.partition("+")[0]
    if kind == "mlmonitor":
        kind = str(details.extra.get("dialect", "postgresql"))
    kind = "bigquery" if kind in ("gcpbigquery", "google_cloud_platform") else kind
    return _SCHEMES.get(kind, kind)


def _queried(source: Query, details: Details) -> list[Place]:
    """The tables that a query reads, as OpenLineage's parser finds them."""
    from openlineage_sql import parse

    scheme = _scheme(details)
    found = parse([_plain(source.sql)], dialect=_DIALECTS.get(scheme, scheme))
    tables = found.in_tables if found else []
    return [_table(details, _qualified(table)) for table in tables]


def _qualified(table: object) -> str:
    parts: Mapping[str, str | None] = {
        name: getattr(table, name, None) for name in ("database", "schema", "name")
    }
    return ".".join(part for part in parts.values() if part)


def _plain(sql: str) -> str:
    """The query without the names of what is bound to it, which not every dialect of the parser reads."""
    return sql.replace(":start", "NULL").replace(":end", "NULL")
