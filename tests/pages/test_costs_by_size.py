"""A page of many monitors takes as many statements as one of few, also when nothing is remembered of them yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.incident_page import incident_page
from airflow_mlmonitor.pages.models_page import models_page
from airflow_mlmonitor.pages.overview_documents import ModelsPage
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import SqlStore, open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.store import filling, plans
from tests.pages.scenes import missing
from tests.store.making import report, verdict

SMALL, LARGE = 6, 90
DAYS = 40
LAST = filling.day(DAYS - 1)
PAGES: dict[str, Callable[[SqlStore], Any]] = {
    "models": lambda store: models_page(store, readable=None),
    "dag": lambda store: dag_page(store, dag_id=filling.DAG, now=LAST.end),
    "dag run": lambda store: dag_run_page(store, dag_id=filling.DAG, run_id=filling.dag_run(DAYS - 1)),
    "incident": lambda store: incident_page(store, 1),
}


def filled(folder: Path, monitors: int) -> str:
    """A store of one DAG with so many monitors, half of which found something last."""
    url = f"sqlite:///{folder / f'{monitors}.db'}"
    store = open_store(url)
    store.upgrade()
    with create_engine(read_url(url), poolclass=NullPool).begin() as connection:
        filling.fill(connection, filling.Size(monitors=monitors, days=DAYS, series=4))
    age = verdict("model_age_days", 12.0, None, family="staleness", upper=90.0)
    for number in range(0, monitors, 2):
        tags = Tags(dag_id=filling.DAG, task_id="monitor", run_id=filling.dag_run(DAYS - 1))
        found = [missing(filling.column(0)), age]
        told = {"budget": str(number + 1), "dependency changes": '{"planes": ["rows was 3, is 4"]}'}
        name = filling.monitor(number)
        model = name.partition("/")[0]
        store.save(report(0, *found, monitor=name, model=model, window=LAST, tags=tags, facts=told))
    store.dispose()
    return url


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    folder = tmp_path_factory.mktemp("sizes")
    return {monitors: filled(folder, monitors) for monitors in (SMALL, LARGE)}


def statements(url: str, build: Callable[[SqlStore], Any]) -> list[str]:
    """What a page asks of a store of which nothing is remembered."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    store = open_store(url, read_only=True)
    store.monitors()  # finds out that the tables are this package's
    event.listen(Engine, "before_cursor_execute", note)
    try:
        build(store)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        store.dispose()
    return said


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_statements_does_not_grow_with_the_monitors(urls: dict[int, str], page: str) -> None:
    few, many = statements(urls[SMALL], PAGES[page]), statements(urls[LARGE], PAGES[page])
    assert 0 < len(many) <= len(few), "\n".join(many)


@pytest.mark.parametrize("page", PAGES)
def test_none_of_them_reads_a_whole_large_table(urls: dict[int, str], page: str) -> None:
    store = open_store(urls[LARGE], read_only=True)
    store.monitors()
    asked = plans.asked_by(lambda: PAGES[page](store))
    store.dispose()
    assert asked
    with create_engine(read_url(urls[LARGE]), poolclass=NullPool).connect() as connection:
        for one in asked:
            assert plans.explain(connection, one).scanned == (), one.statement


def test_each_model_has_what_its_own_monitor_stored(urls: dict[int, str]) -> None:
    store = open_store(urls[LARGE], read_only=True)
    page: ModelsPage = models_page(store, readable=None)
    store.dispose()
    goals = {row["model"]: (row["budget_goal"], row["age_days"]) for row in page["models"]}
    assert len(goals) == LARGE
    for number in range(LARGE):
        expected = (number + 1.0, 12.0) if number % 2 == 0 else (1.0, None)
        assert goals[f"model_{number:03d}"] == expected
