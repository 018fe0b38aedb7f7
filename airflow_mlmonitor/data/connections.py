"""Where sources get credentials from outside Airflow, and what a connection means as a database URL."""

from __future__ import annotations

import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from airflow_mlmonitor.errors import ConfigurationError

_PREFIX = "AIRFLOW_CONN_"
_URI = re.compile(
    r"(?P<conn_type>[\w.+-]+)://"
    r"(?:(?P<login>[^:@/?]*)(?::(?P<password>[^@/?]*))?@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?]*)(?::(?P<port>\d+))?"
    r"(?:/(?P<schema>[^?]*))?(?:\?(?P<extra>.*))?"
)
_DIALECTS = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb"}
_PASSED_ON = {
    "postgresql": {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "options",
        "connect_timeout",
        "application_name",
    },
    "mysql": {"charset", "unix_socket", "connect_timeout", "ssl_ca", "ssl_cert", "ssl_key"},
}
"""Extras that the databases' drivers know; Airflow's hooks keep others beside them."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """The fields of one Airflow connection, under Airflow's names.

    Examples
    --------
    >>> Details.parse("postgres://reader:s%40fe@db.example:5432/shop?sslmode=require").host
    'db.example'
    >>> Details.parse('{"conn_type": "sqlite", "host": "shop.db"}').database_url()
    'sqlite:///shop.db'
    """

    conn_type: str
    host: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    port: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, text: str) -> Details:
        """Read a connection as Airflow writes it: as JSON or as a URI.

        Raises
        ------
        ValueError
            It is neither. The message does not show it, since it may hold a password.
        """
        if text.lstrip().startswith("{"):
            return cls._from_json(json.loads(text))
        match = _URI.fullmatch(text.strip())
        if match is None:
            raise ValueError("it is neither JSON nor type://login:password@host:port/schema")
        parts = {name: unquote(value) if value else None for name, value in match.groupdict(None).items()}
        extra = dict(parse_qsl(match["extra"] or ""))
        return cls(
            conn_type=(parts["conn_type"] or "").replace("-", "_"),
            host=(parts["host"] or "").strip("[]") or None,
            login=parts["login"],
            password=parts["password"],
            schema=parts["schema"],
            port=int(parts["port"]) if parts["port"] else None,
            extra=json.loads(extra["__extra__"]) if "__extra__" in extra else extra,
        )

    @classmethod
    def _from_json(cls, told: Mapping[str, Any]) -> Details:
        extra = told.get("extra") or {}
        return cls(
            conn_type=str(told.get("conn_type") or ""),
            host=told.get("host"),
            login=told.get("login"),
            password=told.get("password"),
            schema=told.get("schema"),
            port=int(told["port"]) if told.get("port") else None,
            extra=json.loads(extra) if isinstance(extra, str) else extra,
        )

    def database_url(self) -> str:
        """The connection as a SQLAlchemy URL, with the password in it.

        One of type ``mlmonitor`` says in its extra ``dialect`` which database it stands for.
        """
        from sqlalchemy import URL

        conn_type = (
            self.extra.get("dialect", "postgresql") if self.conn_type == "mlmonitor" else self.conn_type
        )
        kind, _, driver = conn_type.partition("+")
        if kind in ("sqlite", "duckdb"):
            # The file stands in host when it was filled in by form or JSON, after the slashes when by URI.
            return f"{conn_type}:///{self.host or self.schema or ':memory:'}"
        dialect = _DIALECTS.get(kind, kind)
        known = _PASSED_ON.get("mysql" if dialect == "mariadb" else dialect)
        return URL.create(
            f"{dialect}+{driver}" if driver else dialect,
            self.login,
            self.password,
            self.host,
            self.port,
            self.schema,
            {name: str(value) for name, value in self.extra.items() if known is None or name in known},
        ).render_as_string(hide_password=False)

    def storage_options(self) -> dict[str, Any]:
        """What fsspec needs for the connection: its extras, and an Amazon connection's keys under fsspec's names."""
        options = dict(self.extra)
        if self.conn_type in ("aws", "s3"):
            client = {name: options.pop(name) for name in ("endpoint_url", "region_name") if name in options}
            options |= {"key": self.login, "secret": self.password, "client_kwargs": client}
        return {name: value for name, value in options.items() if value not in (None, "", {})}


class TextConnections(ABC):
    """Connections that somebody wrote down as text."""

    @abstractmethod
    def _text(self, conn_id: str) -> str:
        """Return what was written down.

        Raises
        ------
        ConfigurationError
            Nothing was.
        """

    def url(self, conn_id: str) -> str:
        """Return the SQLAlchemy URL of the database behind a connection id."""
        return self.details(conn_id).database_url()

    def filesystem(self, url: str, conn_id: str | None) -> Any:
        """Return the fsspec file system of a URL; without an id, with default credentials."""
        from fsspec.core import url_to_fs

        options = self.details(conn_id).storage_options() if conn_id else {}
        try:
            return url_to_fs(url, **options)[0]
        except (ImportError, ValueError) as error:
            scheme = url.partition("://")[0]
            raise ConfigurationError(f"Files at {scheme}:// cannot be opened: {error}.") from error

    def details(self, conn_id: str) -> Details:
        """Return the fields of a connection."""
        try:
            return Details.parse(self._text(conn_id))
        except ValueError as error:
            raise ConfigurationError(f"The connection {conn_id!r} is not readable: {error}.") from None


@dataclass(frozen=True)
class NamedConnections(TextConnections):
    """Connections from a mapping.

    Parameters
    ----------
    texts
        Connection id to a database URL, or to any text that Airflow takes for a connection.

    Examples
    --------
    >>> NamedConnections({"warehouse": "postgres://reader@db.example/shop"}).url("warehouse")
    'postgresql://reader@db.example/shop'
    """

    texts: Mapping[str, str] = field(repr=False)

    def _text(self, conn_id: str) -> str:
        if conn_id not in self.texts:
            raise ConfigurationError(
                f"There is no connection {conn_id!r}; there are {', '.join(sorted(self.texts)) or 'none'}."
            )
        return self.texts[conn_id]


class EnvironmentConnections(TextConnections):
    """Connections from the environment variables that Airflow reads too, such as ``AIRFLOW_CONN_WAREHOUSE``."""

    def _text(self, conn_id: str) -> str:
        name = f"{_PREFIX}{conn_id.upper()}"
        if not os.environ.get(name):
            raise ConfigurationError(
                f"There is no connection {conn_id!r}: set the environment variable {name}, for example to "
                "postgresql://reader:password@host:5432/database."
            )
        return os.environ[name]
