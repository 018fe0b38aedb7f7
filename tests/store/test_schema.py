"""The tables: who makes them, when, and what is said when they are not this package's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from airflow_mlmonitor.errors import StoreOutdated
from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.tables import REVISION, VERSION_TABLE, metadata
from tests.store.making import day, report, verdict

MIGRATIONS = Path(sys.modules["airflow_mlmonitor.store"].__path__[0]) / "migrations"


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(read_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def execute(url: str, *statements: str) -> None:
    with connected(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def upgrade(url: str) -> None:
    store = open_store(url)
    store.upgrade()
    store.dispose()


def test_the_package_names_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [REVISION]
    assert all(len(script.revision) == 4 and script.revision.isdigit() for script in scripts.walk_revisions())


def test_migrations_make_the_tables_that_the_code_uses(database: str) -> None:
    upgrade(database)
    with connected(database) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_make_what_comparing_columns_does_not_show(database: str) -> None:
    """Table options, as each backend itself writes them down."""
    upgrade(database)
    options = {"sqlite": "WITHOUT ROWID", "mysql": "COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC"}
    query = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE name = 'mlmonitor_metric'",
        "mysql": "SHOW CREATE TABLE mlmonitor_metric",
    }
    with connected(database) as connection:
        backend = connection.dialect.name
        if backend in query:
            assert options[backend] in str(connection.execute(text(query[backend])).one())
        for table in metadata.sorted_tables:
            found = inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
            assert found == [column.name for column in table.primary_key]


def test_the_view_shows_every_metric_flat(database: str) -> None:
    store = open_store(database, auto_upgrade=True)
    store.save(report(0, verdict("ks", 0.25, slice="origin=EWR", lower=0.0, said="high"), rows=9))
    with connected(database) as connection:
        row = connection.execute(text("SELECT * FROM mlmonitor_metrics")).one()
    store.dispose()
    assert (row.monitor, row.model, row.row_count) == ("flight_delay/skew", "flight_delay", 9)
    assert (row.metric, row.column_name, row.slice, row.value) == ("ks", "temp", "origin=EWR", 0.25)
    assert (row.lower, row.upper, row.status, row.why) == (0.0, None, "ok", "high")
    assert (row.run_status, row.run_state, row.dag_id, row.task_id) == ("ok", "clean", "flights", "skew")
    assert str(row.window_start).startswith("2013-01-01 00:00:00")


def test_a_new_sqlite_file_gets_its_tables_and_its_folder_on_first_use(tmp_path: Path) -> None:
    path = tmp_path / "not" / "yet" / "mlmonitor.db"
    store = open_store(f"sqlite:///{path}")
    assert store.runs() == []
    assert store.current() == store.head() == REVISION
    assert path.exists()


@pytest.mark.parametrize("backend", ["postgres", "mysql"])
def test_a_server_gets_tables_only_when_told_to(backend: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"{backend}_database")
    store = open_store(url)
    assert store.current() is None
    with pytest.raises(StoreOutdated, match=r"127.0.0.1.* has no tables yet. Run `mlmonitor db upgrade`"):
        store.save(report(0))
    assert store.current() is None
    willing = open_store(url, auto_upgrade=True)
    willing.save(report(0))
    assert len(store.runs()) == 1
    store.dispose()
    willing.dispose()


def test_older_tables_are_upgraded_only_when_told_to(database: str) -> None:
    upgrade(database)
    execute(database, "UPDATE mlmonitor_version SET version_num = '0000'")
    store = open_store(database)
    with pytest.raises(
        StoreOutdated, match=rf"revision 0000; .* needs {REVISION}. Run `mlmonitor db upgrade`"
    ):
        store.runs()
    store.dispose()


def test_newer_tables_are_left_alone_and_the_package_is_to_be_upgraded(database: str) -> None:
    upgrade(database)
    execute(database, "UPDATE mlmonitor_version SET version_num = '9001'")
    for auto_upgrade in (False, True):
        store = open_store(database, auto_upgrade=auto_upgrade)
        with pytest.raises(
            StoreOutdated, match=rf"revision 9001, newer than .* {REVISION}. Upgrade the package"
        ):
            store.runs()
        with pytest.raises(StoreOutdated, match="Upgrade the package"):
            store.upgrade()
        assert store.current() == "9001"
        store.dispose()


def test_upgrading_again_changes_nothing(database: str) -> None:
    store = open_store(database, auto_upgrade=True)
    store.save(report(0))
    store.upgrade()
    assert [run.window for run in store.runs()] == [day(0)]
    store.dispose()


def test_an_upgrade_that_broke_half_way_can_be_repeated(database: str) -> None:
    store = open_store(database, auto_upgrade=True)
    store.upgrade()
    execute(
        database, "DROP TABLE mlmonitor_version", "DROP VIEW mlmonitor_metrics", "DROP TABLE mlmonitor_pin"
    )
    store.upgrade()
    store.pin("m", "v1", b"p", rows=1)
    assert store.current() == REVISION
    store.dispose()


def test_several_that_upgrade_at_once_make_one_schema(database: str) -> None:
    stores = [open_store(database, auto_upgrade=True) for _ in range(6)]
    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(lambda number: stores[number].save(report(number)), range(len(stores))))
    assert len(stores[0].runs()) == len(stores)
    for store in stores:
        store.dispose()


def test_tables_that_somebody_dropped_are_named_with_the_way_to_get_them_back(database: str) -> None:
    store = open_store(database, auto_upgrade=True)
    store.upgrade()
    execute(database, "DROP TABLE mlmonitor_annotation")
    store.save(report(0))
    with pytest.raises(
        StoreOutdated, match=r"lacks a table .*mlmonitor_annotation.* Run `mlmonitor db upgrade`"
    ):
        store.annotations("flight_delay/skew", day(0))
    store.dispose()


def test_airflows_own_tables_in_the_same_database_are_left_alone(database: str) -> None:
    execute(
        database,
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('of Airflow')",
    )
    store = open_store(database, auto_upgrade=True)
    store.upgrade()
    assert store.current() == REVISION
    with connected(database) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "of Airflow"
        ours = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    assert all(name.startswith("mlmonitor_") for name in ours)
    store.dispose()


def test_alembic_is_not_imported_once_the_tables_are_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mlmonitor.db'}"
    upgrade(url)
    code = f"""
import sys
from airflow_mlmonitor.store import open_store
assert open_store("{url}").runs() == []
print([name for name in ("alembic", "numpy", "pandas", "pyarrow", "airflow") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
