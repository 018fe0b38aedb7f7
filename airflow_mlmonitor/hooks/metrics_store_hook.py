"""The metrics store, found through Airflow's connections."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook, conf

from airflow_mlmonitor.errors import ConfigurationError, MLMonitorError
from airflow_mlmonitor.hooks.airflow_connections import AirflowConnections

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History
    from airflow_mlmonitor.store.sql import SqlStore

LOOKED_AT = 200
"""Latest runs of a model in which its monitors are looked for."""


class MetricsStoreHook(BaseHook):
    """Opens the metrics store, and reads what earlier runs concluded.

    :param metrics_conn_id: connection of the store: one of type ``mlmonitor``, or any PostgreSQL, MySQL, MariaDB or
        SQLite connection. None takes ``metrics_conn_id`` of the section ``mlmonitor`` in Airflow's configuration.
        While that is left at ``mlmonitor_default`` and no such connection is defined, the store is the SQLite file
        ``mlmonitor.db`` in AIRFLOW_HOME.
    """

    conn_name_attr = "metrics_conn_id"
    default_conn_name = "mlmonitor_default"
    conn_type = "mlmonitor"
    hook_name = "ML Monitor metrics store"

    def __init__(self, metrics_conn_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metrics_conn_id = metrics_conn_id

    @cached_property
    def store(self) -> SqlStore:
        """The store; it connects when it is first used."""
        from sqlalchemy import make_url

        from airflow_mlmonitor.store import open_store

        url = self.store_url()
        self.log.info("The metrics store is %s.", make_url(url).render_as_string(hide_password=True))
        return open_store(url, auto_upgrade=conf.getboolean("mlmonitor", "auto_upgrade", fallback=False))

    def get_conn(self) -> SqlStore:
        """Return the store; it connects when it is first used."""
        return self.store

    @contextmanager
    def opened(self) -> Iterator[SqlStore]:
        """Connect to the store, so that one that is away or out of date fails now, and disconnect in the end.

        :raises StoreUnavailable: it cannot be reached.
        :raises StoreOutdated: its tables have to be upgraded first.
        """
        store = self.store
        try:
            store.runs(last=1)
            yield store
        finally:
            store.dispose()

    def history(
        self,
        model: str,
        *,
        asof: datetime,
        metric: str | None = None,
        column: str | None = None,
        monitor: str | None = None,
        last: int = 30,
    ) -> History:
        """Return the last runs of a model whose windows end by a moment, oldest first.

        :param model: the model.
        :param asof: a moment of data time. A task that decides something gives the moment its own run is about, so
            that a backfill decides what it would have decided then.
        :param metric: only this metric, such as ``psi``.
        :param column: only this column's.
        :param monitor: only this monitor of the model; needed where several know the metric.
        :param last: that many runs at most.
        :raises ConfigurationError: several monitors of the model know the metric.

        A task that depends on the last values reads them so::

            history = MetricsStoreHook().history("flight_delay", metric="psi", column="dep_delay", asof=..., last=7)
            history.values("psi", "dep_delay")
        """
        from airflow_mlmonitor.store.history import History

        wanted: dict[str, Any] = {"asof": asof, "last": last, "metric": metric, "column": column}
        with self.opened() as store:
            names = [monitor] if monitor else _monitors(store, model, asof)
            read = {name: store.history(name, **wanted) for name in names}
        found = {name: history for name, history in read.items() if history.points}
        if len(found) > 1:
            raise ConfigurationError(
                f"Several monitors of {model} know {metric or 'metrics'}: {', '.join(sorted(found))}. "
                "Say which one with monitor=."
            )
        return next(iter([*found.values(), *read.values()]), History())

    def test_connection(self) -> tuple[bool, str]:
        """Read the store's last run: for the Test button of the connection form."""
        try:
            with self.opened() as store:
                runs = store.runs(last=1)
        except MLMonitorError as error:
            return False, str(error)
        said = f"The last run is {runs[0].monitor} on {runs[0].window}." if runs else "It holds no run yet."
        return True, said

    def store_url(self) -> str:
        """Return the store's address as SQLAlchemy writes it, password included: never to be logged."""
        default, connections = self.default_conn_name, AirflowConnections()
        conn_id = self.metrics_conn_id or conf.get("mlmonitor", "metrics_conn_id", fallback=default)
        details = connections.find(conn_id) if conn_id == default else connections.details(conn_id)
        return details.database_url() if details else _file_beside_airflow()


def _monitors(store: SqlStore, model: str, asof: datetime) -> list[str]:
    runs = store.runs(model=model, asof=asof, last=LOOKED_AT)
    return list(dict.fromkeys(run.monitor for run in runs))


def _file_beside_airflow() -> str:
    home = Path(os.path.expandvars(os.environ.get("AIRFLOW_HOME", "~/airflow"))).expanduser()
    return f"sqlite:///{home.absolute() / 'mlmonitor.db'}"
