"""A store with many runs, of which the last one found something."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import NullPool, create_engine

from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.store import filling
from tests.pages.scenes import missing
from tests.store.making import report


def stocked(folder: Path, size: filling.Size, *, found: int, profile: bytes | None = None) -> str:
    """Fill a store of SQLite, let a monitor's run of one day find three columns with missing values; its URL."""
    url = f"sqlite:///{folder / 'mlmonitor.db'}"
    store = open_store(url)
    store.upgrade()
    with create_engine(read_url(url), poolclass=NullPool).begin() as connection:
        filling.fill(connection, size)
    tags = Tags(dag_id=filling.DAG, task_id="monitor", run_id=filling.dag_run(found))
    findings = [missing(filling.column(number)) for number in range(3)]
    name = filling.monitor(3)
    model = dict(store.monitors())[name]
    store.save(
        report(0, *findings, monitor=name, model=model, window=filling.day(found), tags=tags), profile=profile
    )
    store.dispose()
    return url
