"""The metrics store in a SQL database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.judging.incident import Event, Group, Happening, Incident, IncidentState, Notice
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store import cases, changes, past, queries, tracking
from airflow_mlmonitor.store.database import Database
from airflow_mlmonitor.store.deciding import no_such_incident, several
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.history import History, State
from airflow_mlmonitor.store.pruning import Pruning
from airflow_mlmonitor.store.retention import Pruned, Tell
from airflow_mlmonitor.store.saving import refuse_unstorable
from airflow_mlmonitor.store.schema import Schema
from airflow_mlmonitor.store.sql_logbook import SqlLogbook
from airflow_mlmonitor.store.store import Annotation, MetricsStore, Pin
from airflow_mlmonitor.store.tables import REVISION

T = TypeVar("T")


def open_store(url: str, *, auto_upgrade: bool = False, read_only: bool = False) -> SqlStore:
    """Open the metrics store at a database URL; nothing is connected until it is used.

    Parameters
    ----------
    url
        ``sqlite:////path/mlmonitor.db``, ``postgresql://user:password@host/database`` or
        ``mysql://user:password@host/database`` (MariaDB too); a driver may be named, as in ``postgresql+psycopg2://``.
    auto_upgrade
        Let the first use create or upgrade the tables. Without it only a new SQLite file gets its tables by itself.
    read_only
        For those who answer somebody looking at a page: nothing is ever written, no table made or upgraded, and a
        server ends a statement after ten seconds. What would write raises a StoreError.

    Raises
    ------
    ConfigurationError
        The URL is of no database that can hold a store, or its driver is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    ...     store.pin("flight_delay", "v3", b"an encoded profile", rows=51_955)
    ...     store.pinned("flight_delay").version
    'v3'
    """
    return SqlStore(Database(read_url(url), read_only=read_only), auto_upgrade=auto_upgrade)


class SqlStore(SqlLogbook, MetricsStore):
    """A metrics store in SQLite, PostgreSQL, MySQL or MariaDB; :func:`open_store` makes one.

    Transactions that lose against another one (deadlocks, locks) are tried again for half a minute. An error of the
    driver never surfaces: it becomes a :class:`~airflow_mlmonitor.errors.StoreError` that names the database, without
    its password.
    """

    def __init__(self, database: Database, *, auto_upgrade: bool) -> None:
        self._database = database
        self._schema = Schema(database)
        self._auto_upgrade = auto_upgrade

    def __repr__(self) -> str:
        return f"open_store({self._database.name!r})"

    def current(self) -> str | None:
        """Return the revision of the tables in the database; None where there are none."""
        return self._schema.current()

    def head(self) -> str:
        """Return the revision of the tables that this package needs."""
        return REVISION

    def upgrade(self) -> None:
        """Create the tables, or bring them to this package's revision.

        Raises
        ------
        StoreOutdated
            They are newer than this package.
        """
        self._schema.upgrade()

    def dispose(self) -> None:
        """Close the connections; the next use opens new ones."""
        self._database.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that this thread reads within it see one state of the store, over one connection."""
        self._schema.require(auto_upgrade=self._auto_upgrade)
        with self._database.snapshot():
            yield

    def save(self, report: Report, *, profile: bytes | None = None) -> list[Notice]:
        """Remember a run and, encoded, the profile of its rows; say what it meant for incidents."""
        refuse_unstorable(report)
        return self._write(partial(changes.save, report=report, profile=profile))

    def history(
        self,
        monitor: str,
        *,
        asof: datetime,
        last: int = 365,
        metric: str | None = None,
        column: str | None = None,
        points: bool = True,
        traces: Sequence[str] = (),
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> History:
        """Return the last runs whose windows end by ``asof``, with their metrics or some of them."""
        found = partial(
            past.history, monitor=monitor, asof=utc(asof), last=last, points=points, traces=traces
        )
        return self._read(partial(found, metric=metric, column=column, series=series))

    def verdicts(
        self,
        monitor: str,
        window: Window,
        *,
        status: Collection[Status] | None = None,
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> list[Verdict]:
        """Return the stored verdicts of one run, in the order in which they were saved; empty if it is unknown."""
        found = partial(queries.verdicts, monitor=monitor, window=window)
        return self._read(partial(found, status=status, keys=series))

    def facts(self, monitor: str, window: Window) -> dict[str, str]:
        """Return the stored facts of one run; empty if it is unknown."""
        return self._read(partial(queries.facts, monitor=monitor, window=window))

    def mark(self, monitor: str, window: Window, state: State, *, who: str, note: str = "") -> None:
        """Say what a run is worth as history; who said so, when and why is kept."""
        self._write(partial(changes.mark, monitor=monitor, window=window, state=state, who=who, note=note))

    def annotations(self, monitor: str, window: Window) -> list[Annotation]:
        """Return what people said of one run, oldest first; empty if it is unknown."""
        return self._read(partial(queries.marks, monitor=monitor, window=window))

    def incidents(
        self,
        *,
        model: str | None = None,
        monitor: str | Collection[str] | None = None,
        state: Collection[IncidentState] | None = None,
        since: datetime | None = None,
        last: int = 20,
    ) -> list[Incident]:
        """Return the incidents that opened last, latest first."""
        found = partial(cases.incidents, model=model, monitors=several(monitor), state=state)
        return self._read(partial(found, since=since and utc(since), last=last))

    def incident(self, number: int) -> Incident:
        """Return one incident."""
        found = self._read(partial(cases.incident, number=number))
        if found is None:
            raise no_such_incident(number)
        return found

    def decide(
        self,
        number: int,
        what: Happening,
        *,
        who: str,
        note: str = "",
        until: datetime | None = None,
        unless_worse: bool = False,
        groups: Collection[Group] = (),
    ) -> Incident:
        """Record what a person decides about an incident."""
        said = partial(Event, what=what, who=who, note=note, until=until, unless_worse=unless_worse)
        said = partial(said, groups=tuple(sorted(set(groups))))
        return self._write(partial(tracking.decide, number=number, said=said))

    def pin(
        self,
        model: str,
        version: str,
        profile: bytes,
        *,
        rows: int,
        label: str = "",
        days: Mapping[Window, bytes] | None = None,
    ) -> None:
        """Pin a profile as the baseline of a model version, replacing an earlier pin of the same version."""
        pinned = Pin(
            model=model, version=version, profile=profile, rows=rows, label=label, pinned_at=datetime.now(UTC)
        )
        self._write(partial(changes.pin, pinned=pinned, days=days or {}))

    def pinned(self, model: str, version: str | None = None) -> Pin | None:
        """Return what is pinned for a version, or the model's latest pin; None if there is none."""
        return self._read(partial(queries.pinned, model=model, version=version))

    def keep(self, label: str, window: Window, profile: bytes) -> None:
        """Keep a dated profile under a label, replacing the one of the same window."""
        self._write(partial(changes.keep, label=label, profiles={window: profile}))

    def profiles(
        self, label: str, *, asof: datetime, last: int, windows: Sequence[Window] | None = None
    ) -> list[tuple[Window, bytes]]:
        """Return the dated profiles of a label that end by ``asof``, oldest first, at most ``last``."""
        return self._read(partial(queries.profiles, label=label, asof=utc(asof), last=last, windows=windows))

    def profile(self, label: str, window: Window) -> bytes | None:
        """Return the profile of one window, whatever its run is worth as history; None if there is none."""
        return self._read(partial(queries.profile, label=label, window=window))

    def prune(self, *, before: datetime, dry_run: bool = False, tell: Tell = lambda _done: None) -> Pruned:
        """Remove the numbers of old runs, and say how many."""
        once = Pruning(self._read, self._write, before=utc(before), dry_run=dry_run, tell=tell)
        return once.run()

    def _read(self, work: Callable[[Connection], T]) -> T:
        self._schema.require(auto_upgrade=self._auto_upgrade)
        return self._database.read(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        self._schema.require(auto_upgrade=self._auto_upgrade)
        return self._database.write(work)
