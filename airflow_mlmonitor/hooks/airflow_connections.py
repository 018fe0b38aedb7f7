"""Airflow's connections, as sources and the metrics store need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from airflow_mlmonitor.data.connections import Details
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class AirflowConnections:
    """Airflow's connections, as :class:`~airflow_mlmonitor.data.Connections` promises them."""

    def url(self, conn_id: str) -> str:
        """Return the SQLAlchemy URL of the database behind a connection."""
        return self.details(conn_id).database_url()

    def filesystem(self, url: str, conn_id: str | None) -> AbstractFileSystem:
        """Return the file system a URL lies in: that of an Airflow provider where one has it, else fsspec's own."""
        from airflow.sdk.io import get_fs, has_fs

        scheme = url.partition("://")[0]
        if has_fs(scheme):
            return get_fs(scheme, conn_id)
        return _without_provider(scheme, self.details(conn_id) if conn_id else None)

    def details(self, conn_id: str) -> Details:
        """Return what Airflow knows of a connection.

        :raises ConfigurationError: it knows none of this name.
        """
        details = self.find(conn_id)
        if details is None:
            raise ConfigurationError(
                f"The connection {conn_id!r} is not defined in Airflow; add it, or name another."
            )
        return details

    def find(self, conn_id: str) -> Details | None:
        """Look for a connection in Airflow's database, the environment and the secrets backends."""
        try:
            connection = BaseHook.get_connection(conn_id)
        except AirflowNotFoundException:
            return None
        return Details(
            conn_type=connection.conn_type or "",
            host=connection.host,
            login=connection.login,
            password=connection.password,
            schema=connection.schema,
            port=connection.port,
            extra=connection.extra_dejson,
        )


def _without_provider(scheme: str, details: Details | None) -> AbstractFileSystem:
    import fsspec

    try:
        return fsspec.filesystem(scheme, **(details.storage_options() if details else {}))
    except (ImportError, ValueError) as error:
        raise ConfigurationError(
            f"{scheme}:// cannot be opened: {error}. Install the Airflow provider for it, or fsspec's package."
        ) from error
