"""Which tables a store has, and how it gets the newest ones.

Alembic is imported for an upgrade only; a run needs one SELECT to know that there is nothing to upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, column, func, select, table

from airflow_mlmonitor.errors import StoreEmpty, StoreOutdated, StoreUnavailable
from airflow_mlmonitor.store.database import Database
from airflow_mlmonitor.store.tables import REVISION, VERSION_TABLE

MIGRATIONS = "airflow_mlmonitor.store:migrations"
LOCK = 0x6D6C_6D6F
LOCK_SECONDS = 60


class Schema:
    """The tables of one database: which revision they are, and their upgrade."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_known = False

    def current(self) -> str | None:
        """Return the revision of the tables; None where there are none."""
        try:
            return self._database.read(_revision)
        except StoreOutdated:
            return None

    def upgrade(self) -> None:
        """Bring the tables to this package's revision; of several processes at once, one does it."""
        self._database.write(self._upgrade)

    def require(self, *, auto_upgrade: bool) -> None:
        """Make sure, once, that the tables are this package's; a database opened for reading only is never changed.

        Raises
        ------
        StoreEmpty
            There are none.
        StoreOutdated
            They are not, and only ``auto_upgrade`` or a person may change that.
        """
        if self._is_known:
            return
        current = self.current()
        if current != REVISION:
            is_fresh_file = current is None and self._database.backend == "sqlite"
            if self._database.read_only or not (is_fresh_file or auto_upgrade):
                self._refuse(current)
            self.upgrade()
        self._is_known = True

    def _upgrade(self, connection: Connection) -> None:
        from alembic.config import Config
        from alembic.operations import Operations
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", MIGRATIONS)
        scripts = ScriptDirectory.from_config(config)
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        with _alone(connection), Operations.context(context):
            current = context.get_current_revision()
            if current is not None and current > REVISION:
                self._refuse(current)
            for script in reversed(list(scripts.iterate_revisions(REVISION, current or "base"))):
                script.module.upgrade()
                context.stamp(scripts, script.revision)

    def _refuse(self, current: str | None) -> None:
        name = self._database.name
        if current is None and self._database.backend == "sqlite":
            raise StoreEmpty(
                f"The metrics store {name} is empty: the first run of a monitor makes its tables. "
                "If monitors have run, check its path."
            )
        if current is None:
            raise StoreEmpty(f"The metrics store {name} has no tables yet. Run `mlmonitor db upgrade`.")
        if current < REVISION:
            raise StoreOutdated(
                f"The tables of the metrics store {name} are of revision {current}; this package needs {REVISION}. "
                "Run `mlmonitor db upgrade`."
            )
        raise StoreOutdated(
            f"The tables of the metrics store {name} are of revision {current}, newer than this package's {REVISION}. "
            "Upgrade the package: `pip install --upgrade airflow-provider-mlmonitor`."
        )


def _revision(connection: Connection) -> str | None:
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Let one process at a time upgrade; on SQLite the transaction itself sees to that."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if connection.dialect.name != "mysql":
        yield
        return
    # Locks of MySQL have one name space a server, so ours carries the database's name; at most 64 characters.
    lock = func.concat("mlmonitor:", func.md5(func.database()))
    if not connection.scalar(select(func.get_lock(lock, LOCK_SECONDS))):
        raise StoreUnavailable(
            f"Another process has been upgrading this metrics store for {LOCK_SECONDS} s; try again later."
        )
    try:
        yield
    finally:
        connection.execute(select(func.release_lock(lock)))
