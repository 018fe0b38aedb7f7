"""What a page of a task costs: few statements, however much a store holds, and none that reads a whole table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine

from airflow_mlmonitor.pages.task_page import task_page
from airflow_mlmonitor.store import SqlStore, open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.store import filling, plans
from tests.pages.stocked import stocked

SIZE = filling.Size(monitors=12, days=100, series=40)
CLEAN, FOUND = 50, 99
STATEMENTS = {CLEAN: 10, FOUND: 16}
"""Of a clean run, and of one with findings, which has an incident and rows to show."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    return stocked(tmp_path_factory.mktemp("filled"), SIZE, found=FOUND, profile=filling.PROFILE)


@pytest.mark.parametrize("number", [CLEAN, FOUND])
def test_a_page_is_few_statements_and_none_reads_a_whole_table(filled: str, number: int) -> None:
    store = open_store(filled, read_only=True)
    of: dict[str, Any] = {"dag_id": filling.DAG, "run_id": filling.dag_run(number), "task_id": "monitor"}
    task_page(store, **of)  # finds out that the tables are this package's
    counted: list[str] = []
    asked = plans.asked_by(lambda: counted.append(str(task_page(store, **of))))
    assert counted != ["None"]
    assert len(_statements(store, of)) <= STATEMENTS[number]
    with create_engine(read_url(filled), poolclass=NullPool).connect() as connection:
        for one in asked:
            assert plans.explain(connection, one).scanned == (), one.statement


def _statements(store: SqlStore, of: dict[str, Any]) -> list[str]:
    from sqlalchemy import Engine, event

    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        task_page(store, **of)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return said


def test_a_clean_page_decodes_no_profile(
    filled: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from airflow_mlmonitor.data.profile import Profile

    def refuse(_content: bytes) -> Profile:
        raise AssertionError("a clean page shows no rows")

    monkeypatch.setattr(Profile, "decode", refuse)
    store = open_store(filled, read_only=True)
    page = task_page(store, dag_id=filling.DAG, run_id=filling.dag_run(CLEAN), task_id="monitor")
    assert page is not None
    assert page["verdict"]["status"] == "ok"
    assert len(page["closest"]) == 3
