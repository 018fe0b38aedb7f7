"""A database, looked at without changing it: what tables and views it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Inspector, NullPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from airflow_mlmonitor.data.sql.reader import database_url
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable

if TYPE_CHECKING:
    from airflow_mlmonitor.data.source import Connections


@contextmanager
def inspected(conn_id: str, connections: Connections) -> Iterator[Inspector]:
    """Connect to the database behind a connection, and hang up in the end.

    Raises
    ------
    ConfigurationError
        It is no database that SQLAlchemy has a dialect for.
    DataError
        The table or view is not there.
    SourceUnavailable
        It cannot be reached.
    """
    url = database_url(connections.url(conn_id))
    _refuse_missing(url)
    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigurationError(f"The schema of {conn_id} cannot be looked at: {error}.") from error
    try:
        with engine.connect() as connection:
            yield inspect(connection)
    except NoSuchTableError as error:
        raise DataError(f"There is no {error} in {conn_id}; correct its name, or create it.") from None
    except DBAPIError as error:
        raise SourceUnavailable(f"{conn_id} cannot be asked for its schema: {_words(error, url)}") from None
    except SQLAlchemyError as error:
        raise DataError(f"The schema of {conn_id} cannot be read: {_words(error, url)}") from None


def named(name: str) -> tuple[str | None, str]:
    """The schema and the name of a table or view; a part in double quotes may hold dots.

    >>> named("analytics.features"), named("features"), named('lake."odd.name"')
    (('analytics', 'features'), (None, 'features'), ('lake', 'odd.name'))
    """
    parts = [quoted or plain for quoted, plain in re.findall(r'"([^"]+)"|([^."]+)', name)]
    if len(parts) not in (1, 2):
        raise ConfigurationError(f"{name!r} names no table; write 'features' or 'schema.features'.")
    return (parts[0], parts[1]) if parts[1:] else (None, parts[0])


def _refuse_missing(url: URL) -> None:
    """SQLite would make a file that is not there."""
    path = url.database or ""
    if url.get_backend_name() == "sqlite" and not path.startswith("file:") and not Path(path).is_file():
        raise DataError(f"The SQLite file {path or '(none)'} does not exist; correct the connection's path.")


def _words(error: SQLAlchemyError, url: URL) -> str:
    text = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return text.replace(url.password, "***") if url.password else text
