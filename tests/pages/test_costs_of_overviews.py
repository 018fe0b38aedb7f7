"""What the pages that stand above single runs cost: a few statements, none of which reads a whole large table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from airflow_mlmonitor.pages.banner import banner
from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.incident_page import dag_of_incident, incident_page
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.series_page import series, series_names
from airflow_mlmonitor.store import SqlStore, open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.store import filling, plans
from tests.pages.stocked import stocked

SIZE = filling.Size(monitors=12, days=60, series=30)
LAST = SIZE.days - 1
PAGES: dict[str, tuple[Callable[[SqlStore], Any], int]] = {
    "banner": (lambda store: banner(store, readable=None), 5),
    "dag": (lambda store: dag_page(store, dag_id=filling.DAG), 11),
    "dag run": (lambda store: dag_run_page(store, dag_id=filling.DAG, run_id=filling.dag_run(LAST)), 22),
    "models": (lambda store: models_page(store, readable=None), 8),
    "series": (
        lambda store: series(store, monitor=filling.monitor(3), metric="mean", column=filling.column(1)),
        10,
    ),
    "names": (lambda store: series_names(store, monitor=filling.monitor(3)), 1),
    "incident": (lambda store: incident_page(store, 1), 31),
    "DAG of an incident": (lambda store: dag_of_incident(store, 1), 5),
}
"""Page to how it is built, and how many statements it takes once it was built before."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    return stocked(tmp_path_factory.mktemp("overviews"), SIZE, found=LAST)


@pytest.fixture
def store(filled: str) -> Iterator[SqlStore]:
    store = open_store(filled)
    yield store
    store.dispose()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_few_statements(store: SqlStore, page: str) -> None:
    build, most = PAGES[page]
    first = build(store)
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert build(store) == first
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 0 < len(said) <= most, "\n".join(said)


@pytest.mark.parametrize("page", PAGES)
def test_no_statement_reads_a_whole_large_table(filled: str, store: SqlStore, page: str) -> None:
    build, _ = PAGES[page]
    build(store)
    fresh = open_store(filled)
    asked = plans.asked_by(lambda: build(fresh))
    fresh.dispose()
    assert asked or page == "names", "series are no large table"
    with create_engine(read_url(filled), poolclass=NullPool).connect() as connection:
        for one in asked:
            assert plans.explain(connection, one).scanned == (), one.statement
