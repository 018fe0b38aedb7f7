"""Suites in real Airflow: a fault in the rows of a day, and the words that tell of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_mlmonitor.data import Files, Table
from airflow_mlmonitor.operators import FeatureInvariantsOperator
from demo import flights

FIRST = datetime(2013, 3, 1, tzinfo=UTC)


def expectation(type_: str, severity: str = "critical", **arguments: Any) -> dict[str, Any]:
    return {"type": f"expect_{type_}", "kwargs": arguments, "severity": severity}


SUITE = [
    expectation("column_values_to_be_between", column="temp", min_value=-20, max_value=110, mostly=0.98),
    expectation(
        "column_values_to_be_in_set", "warning", column="origin", value_set=["EWR", "JFK", "LGA"], mostly=1.0
    ),
    expectation("column_values_to_not_be_null", column="temp"),
    expectation("column_most_common_value_to_be_in_set", "info", column="origin", value_set=["LGA"]),
]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen days of flights with their weather."""
    folder = tmp_path_factory.mktemp("days")
    flights.prepare(folder)
    import pandas as pd

    rows = pd.read_parquet(folder / "training.parquet")
    for number in range(16):
        day = (datetime(2013, 2, 1, tzinfo=UTC) + timedelta(days=number)).date()
        rows[rows["scheduled"].dt.date == day].to_parquet(
            folder / f"{(FIRST + timedelta(days=number)).date()}.parquet", index=False
        )
    return folder


def operator(dag: DAG, source: Any, suite: Any) -> FeatureInvariantsOperator:
    return FeatureInvariantsOperator(
        task_id="invariants",
        model="flight_delay",
        suite=suite,
        source=source,
        window=timedelta(days=1),
        dag=dag,
    )


def broken(days: Path, number: int, **columns: Any) -> str:
    import pandas as pd

    name = f"{(FIRST + timedelta(days=number)).date()}.parquet"
    pd.read_parquet(days / name).assign(**columns).to_parquet(days / name, index=False)
    return name


def test_a_limit_of_the_suite_fails_the_first_run_and_says_what_broke(run_dag, days, store, tmp_path):
    (tmp_path / "suite.json").write_text(json.dumps({"name": "flights", "expectations": SUITE}))
    with DAG("invariants_of_files", schedule="@daily", start_date=FIRST) as dag:
        operator(dag, Files(str(days / "{{ window.label }}.parquet")), str(tmp_path / "{{ 'suite' }}.json"))
    fine = run_dag(dag, "scheduled", FIRST + timedelta(days=1))
    assert (fine.state("invariants"), fine.xcom("invariants")["findings"]) == ("success", [])
    broken(days, 1, temp=900.0, origin="JfK")
    run = run_dag(dag, "scheduled", FIRST + timedelta(days=2))
    assert run.state("invariants") == "failed"
    found = {one["column"]: (one["status"], one["why"]) for one in run.xcom("invariants")["findings"]}
    rows = found["temp"][1].partition(" of ")[0]
    assert found["temp"] == (
        "fail",
        f"{rows} of {rows} rows break 'column values to be between -20 and 110', such as 900",
    )
    assert found["origin"][0] == "warn"
    assert found["origin"][1].endswith("break 'column values to be in set EWR, JFK, LGA', such as JfK")
    history = store.history("flight_delay/invariants", asof=FIRST + timedelta(days=9))
    assert len(history.runs) == 2


def test_without_a_limit_the_past_judges(run_dag, days, store):
    with DAG("invariants_by_their_past", schedule="@daily", start_date=FIRST) as dag:
        operator(dag, Files(str(days / "{{ window.label }}.parquet")), {"expectations": [SUITE[2]]})
    states = [
        run_dag(dag, "scheduled", FIRST + timedelta(days=number + 1)).xcom("invariants")["status"]
        for number in range(2, 15)
    ]
    assert {"fail", "warn"}.isdisjoint(states)
    broken(days, 15, temp=None)
    run = run_dag(dag, "scheduled", FIRST + timedelta(days=16))
    (finding,) = run.xcom("invariants")["findings"]
    assert finding["column"] == "temp"
    assert "rows break 'column values to not be null'" in finding["why"]


def test_a_table_is_counted_where_it_lies(run_dag, days, store, tmp_path, monkeypatch):
    import pandas as pd
    from sqlalchemy import create_engine

    path = tmp_path / "features.db"
    frame = pd.read_parquet(days / f"{(FIRST + timedelta(days=4)).date()}.parquet")
    engine = create_engine(f"sqlite:///{path}")
    frame.assign(temp=frame["temp"].where(frame["origin"] != "EWR", 200.0)).to_sql(
        "features", engine, index=False
    )
    engine.dispose()
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f'{{"conn_type": "sqlite", "host": "{path}"}}')
    with DAG("invariants_of_a_table", schedule="@daily", start_date=FIRST) as dag:
        operator(dag, Table("features", conn_id="warehouse"), {"expectations": SUITE})
    run = run_dag(dag, "scheduled", FIRST + timedelta(days=5))
    (finding,) = run.xcom("invariants")["findings"]
    number = int((frame["origin"] == "EWR").sum())
    assert finding["why"].startswith(f"{number} of ")
    assert finding["why"].endswith("rows break 'column values to be between -20 and 110', such as 200")
