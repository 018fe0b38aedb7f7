"""Feature parity in a real Airflow: a clock in another zone, in the log of one day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from airflow.sdk import DAG

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import FeatureParityOperator

FIRST = datetime(2013, 2, 8)


def write(path: Any, hours: int) -> None:
    """Write fifty features of 200 drivers, the time they were last seen late by some hours."""
    features = {f"feature_{number}": [number + row / 7 for row in range(200)] for number in range(49)}
    seen = [FIRST + timedelta(minutes=row * 7 % 1440, hours=hours) for row in range(200)]
    names = [f"driver {row}" for row in range(200)]
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table({"driver": names, **features, "last_seen": seen}), path)


def test_the_feature_of_another_time_zone_fails_the_task_by_name(run_dag, store, tmp_path, capsys):
    with DAG("parity_of_drivers", schedule="@daily", start_date=datetime(2013, 2, 1, tzinfo=UTC)) as dag:
        FeatureParityOperator(
            task_id="parity",
            model="eta",
            training=Files(str(tmp_path / "replayed" / "{{ window.label }}.parquet")),
            serving=Files(str(tmp_path / "logged" / "{{ window.label }}.parquet")),
            key=("driver",),
            private=("driver",),
            max_mismatch=0.01,
        )
    states = []
    for day in (8, 9):
        write(tmp_path / "replayed" / f"2013-02-0{day}.parquet", hours=0)
        write(tmp_path / "logged" / f"2013-02-0{day}.parquet", hours=5 * (day == 9))
        run = run_dag(dag, "scheduled", datetime(2013, 2, day + 1, tzinfo=UTC))
        states.append(run.state("parity"))
    assert states == ["success", "failed"]
    (finding,) = run.xcom("parity")["findings"]
    assert finding["column"] == "last_seen"
    assert finding["why"].startswith(
        "serving differs from training in 100% of 200 rows: serving = training + 5 h (as another time zone would) on "
        "100% of the 200 mismatching rows"
    )
    said = capsys.readouterr().out
    assert "Rows on which last_seen differs" in said
    assert "driver 1" not in said
    history = store.history("eta/parity", asof=datetime(2013, 2, 11, tzinfo=UTC))
    assert list(history.values("mismatch_share", "last_seen")) == [0.0, 1.0]
