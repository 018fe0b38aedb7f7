"""The store that the benchmark of viewers makes: copies that are as good as runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.task_page import task_page
from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.viewers import stocking
from benchmarks.viewers.__main__ import SERIES, quantile
from benchmarks.viewers.crowd import SHARES, Habits
from benchmarks.viewers.names import SEED, Stock

SIZE = Stock(monitors=2, days=90)


def test_copied_runs_are_read_like_any_other(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocking, "WEEKS", 1)
    store, engine = (
        open_store(postgres_database),
        create_engine(read_url(postgres_database), poolclass=NullPool),
    )
    try:
        store.upgrade()
        stocking.stock(engine, store, stocking.seeds(store, tmp_path), SIZE, lambda what, done, total: None)
        with engine.connect() as connection:
            lost = "SELECT count(*) FROM mlmonitor_metric LEFT JOIN mlmonitor_run ON id = run_id WHERE id IS NULL"
            assert connection.scalar(text(lost)) == 0
            per_run = "SELECT DISTINCT count(*) FROM mlmonitor_metric GROUP BY run_id"
            assert list(connection.scalars(text(per_run))) == [SERIES]
        task = {"dag_id": SIZE.dag(1), "task_id": SIZE.task(1)}
        bad = task_page(store, run_id=SIZE.run(0), **task)
        clean = task_page(store, run_id=SIZE.run(30), **task)
        assert bad is not None
        assert clean is not None
        assert len(bad["findings"][0]["history"]) == 90
        assert bad["incident"] is not None
        assert clean["verdict"]["status"] == "ok"
        assert [len(row["cells"]) for row in dag_page(store, dag_id=SIZE.dag(0))["monitors"]] == [90, 90]
        assert {one.model for one in store.incidents()} == {SIZE.model(1)} | {SEED}
    finally:
        store.dispose()


def test_people_open_the_same_pages_in_every_run_of_the_benchmark() -> None:
    def opened(number: int) -> list[str]:
        person = Habits(number, SIZE, [1], [("null_share", "temp")])
        return [asked.path for _ in range(200) for asked in person.page()]

    assert opened(3) == opened(3)
    assert opened(3) != opened(4)
    assert sum(SHARES.values()) == 100
    assert {path.rpartition("/api/")[2].partition("/")[0] for path in opened(3)} == {
        *("report", "run", "dag", "series", "models", "incident", "banner")
    }


def test_the_95th_percentile_is_reached_by_five_in_a_hundred() -> None:
    assert quantile([float(number) for number in range(100)], 0.95) == 95.0
    assert quantile([7.0], 0.95) == 7.0
