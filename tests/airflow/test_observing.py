"""What OpenLineage, StatsD and the JSON lines of the log are told of runs in real workers: ok, warned, failed, broken off."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECRETS = ("ada@example.com", "grace@example.com", "hunter2", "1815", "1906")
DAG_FILE = """
from __future__ import annotations

import os

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.checks import Shape, Values
from airflow_mlmonitor.data import Files, Query, Table
from airflow_mlmonitor.judging import Bounds
from airflow_mlmonitor.operators import MonitorOperator

PRIVATE = ("email", "born")
FOLDER = "THE_FOLDER"
ONLY = os.environ.get("OBSERVED_TASK")


def monitor(task_id, source, bounds, **more):
    return ONLY in (None, task_id) and MonitorOperator(
        task_id=task_id, model="fares", source=source, checks=[Shape(), Values()], bounds=Bounds(bounds), **more
    )


with DAG("observed", schedule="@daily", start_date=pendulum.datetime(2013, 1, 1)):
    files = Files(FOLDER + "/{{ window.label }}/*.csv", private=PRIVATE)
    monitor("passes", files, {"rows": {"min": 3}})
    monitor("warns", files, {"fare.null_share": {"max": 0.2, "severity": "warn"}})
    monitor("fails", files, {"rows": {"min": 5}, "email.distinct": {"max": 2}})
    monitor("table", Table("fares", conn_id="warehouse", private=PRIVATE), {"rows": {"min": 1}})
    monitor("query", Query("SELECT f.* FROM public.fares f WHERE fare > 0", conn_id="warehouse", private=PRIVATE), {})
    monitor("lost", files, {}, metrics_conn_id="away")
"""


@dataclass
class Observed:
    """What a worker left behind."""

    states: dict[str, str]
    events: list[dict[str, Any]]
    packets: list[str]
    logs: dict[str, list[dict[str, Any]]]

    def event(self, task: str, kind: str) -> dict[str, Any]:
        """The event of some kind that OpenLineage was sent about a task."""
        (found,) = [
            event
            for event in self.events
            if event["job"]["name"] == f"observed.{task}" and event["eventType"] == kind
        ]
        return found

    def fields(self, task: str, name: str) -> list[dict[str, Any]]:
        """The log events of some name of a task."""
        return [line for line in self.logs[task] if line["event"] == name]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Any]:
    """Run the tasks once, in workers that tell OpenLineage (a file) and StatsD (a socket) of them."""
    from sqlalchemy import create_engine, text

    from airflow_mlmonitor.store.engines import read_url
    from tests.starting import fresh_database

    folder = tmp_path_factory.mktemp("observed")
    (folder / "2013-02-07").mkdir()
    rows = [
        "email,fare,born",
        "ada@example.com,1.5,1815",
        "grace@example.com,2.5,1906",
        "ada@example.com,,1815",
    ]
    rows += ["mary@example.com,4.5,1780"]
    (folder / "2013-02-07" / "part.csv").write_text("\n".join(rows))
    path = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]) / "observed.py"
    path.write_text(DAG_FILE.replace("THE_FOLDER", str(folder)))
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    listener.bind(("127.0.0.1", 0))
    with fresh_database(postgres_url) as url:
        engine = create_engine(read_url(url))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE fares (email text, fare float, born int)"))
            connection.execute(
                text("INSERT INTO fares VALUES ('ada@example.com', 1.5, 1815), ('x', 2.5, 1906)")
            )
        engine.dispose()

        def work(**settings: str) -> Observed:
            settings = {
                "AIRFLOW_CONN_MLMONITOR_DEFAULT": f'{{"conn_type": "sqlite", "host": "{folder}/metrics.db"}}',
                "AIRFLOW_CONN_AWAY": "postgresql://me:hunter2@127.0.0.1:1/nowhere",
                "AIRFLOW_CONN_WAREHOUSE": url,
                "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
                "AIRFLOW__METRICS__STATSD_PORT": str(listener.getsockname()[1]),
                "AIRFLOW__METRICS__STATSD_ON": "True",
                **settings,
            }
            command = [
                sys.executable,
                "-m",
                "tests.airflow.worker",
                "observed.py",
                "observed",
                "2013-02-08",
                "observed",
            ]
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            sent = folder / "lineage.jsonl"
            return Observed(
                states=json.loads(done.stdout.splitlines()[-1]),
                events=[json.loads(line) for line in sent.read_text().splitlines()] if sent.exists() else [],
                packets=list(packets(listener)),
                logs={
                    log.stem: [json.loads(line) for line in log.read_text().splitlines()]
                    for log in Path(os.environ["AIRFLOW__LOGGING__BASE_LOG_FOLDER"], "observed").glob("*.log")
                },
            )

        work.lineage = folder / "lineage.jsonl"  # type: ignore[attr-defined]
        yield work
    path.unlink()
    listener.close()


def packets(listener: socket.socket) -> Iterator[str]:
    listener.settimeout(0.5)
    while True:
        try:
            yield from listener.recv(65_535).decode().splitlines()
        except TimeoutError:
            return


@pytest.fixture(scope="module")
def observed(worked: Any) -> Observed:
    transport = {"type": "file", "log_file_path": str(worked.lineage), "append": True}
    return worked(
        AIRFLOW__OPENLINEAGE__TRANSPORT=json.dumps(transport),
        AIRFLOW__OPENLINEAGE__NAMESPACE="tests",
        AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED="True",
    )


def test_the_tasks_came_out_as_they_should(observed):
    ended = {"passes": "success", "warns": "success", "table": "success", "query": "success"}
    assert observed.states == {**ended, "fails": "failed", "lost": "failed"}


def facets(event: dict[str, Any]) -> dict[str, Any]:
    (read,) = event["inputs"]
    return read["inputFacets"]


def test_openlineage_is_told_what_is_read_when_a_task_starts(observed):
    (read,) = observed.event("passes", "START")["inputs"]
    assert read["namespace"] == "file"
    assert read["name"].endswith("/2013-02-07")
    assert read.get("inputFacets", {}) == {}


def test_openlineage_is_told_what_is_in_the_rows_but_no_private_value(observed):
    found = facets(observed.event("passes", "COMPLETE"))
    metrics = found["dataQualityMetrics"]
    assert metrics["rowCount"] == 4
    fare, email = metrics["columnMetrics"]["fare"], metrics["columnMetrics"]["email"]
    assert (fare["nullCount"], fare["distinctCount"], fare["min"], fare["max"]) == (1, 3, 1.5, 4.5)
    assert (email["nullCount"], email["distinctCount"]) == (0, 3)
    assert "min" not in metrics["columnMetrics"]["born"]
    assert (
        found["dataQualityAssertions"]["assertions"] == []
    )  # nothing is a finding, and nothing was learned yet


def test_openlineage_is_told_each_finding_of_a_warning_and_of_a_failure(observed):
    (warned,) = [
        one
        for one in facets(observed.event("warns", "COMPLETE"))["dataQualityAssertions"]["assertions"]
        if not one["success"]
    ]
    assert (warned["assertion"], warned["column"], warned["severity"]) == ("null_share", "fare", "warn")
    assert (warned["expected"], warned["actual"]) == ("<= 0.2", "0.25")
    failed = {
        one["name"]: one
        for one in facets(observed.event("fails", "FAIL"))["dataQualityAssertions"]["assertions"]
        if not one["success"]
    }
    assert failed.keys() == {"rows", "distinct:email"}
    assert failed["rows"]["severity"] == "error"
    assert failed["rows"]["description"] == "rows is 4; the bound is at least 5"


def test_openlineage_is_told_which_table_by_the_names_of_its_conventions(observed):
    for task in ("table", "query"):
        (read,) = observed.event(task, "COMPLETE")["inputs"]
        assert read["namespace"] == "postgres://127.0.0.1:5432"
        assert read["name"].endswith(".public.fares")
        assert read["inputFacets"]["dataQualityMetrics"]["rowCount"] == 2


def test_a_task_that_never_judged_has_no_assertions(observed):
    (read,) = observed.event("lost", "FAIL")["inputs"]
    assert read.get("inputFacets", {}) == {}


def test_nothing_private_leaves_a_worker(observed):
    said = json.dumps([observed.events, observed.packets, observed.logs])
    assert [secret for secret in SECRETS if secret in said] == []


def test_events_of_openlineage_stay_small(observed):
    assert max(len(json.dumps(event)) for event in observed.events) < 40_000


def measured(observed: Observed) -> dict[str, str]:
    ours = [packet for packet in observed.packets if packet.startswith("airflow.mlmonitor.")]
    return dict(packet.rsplit(":", 1) for packet in ours)


def test_statsd_is_told_of_each_run_with_tags(observed):
    found = measured(observed)
    tags = "model=fares,monitor=fares/fails"
    assert found[f"airflow.mlmonitor.runs,{tags},status=fail"] == "1|c"
    assert found[f"airflow.mlmonitor.status,{tags}"] == "4|g"
    assert found[f"airflow.mlmonitor.rows,{tags}"] == "4|g"
    assert found[f"airflow.mlmonitor.findings,{tags}"] == "2|g"
    assert found[f"airflow.mlmonitor.incidents,{tags}"] == "1|g"
    assert found[f"airflow.mlmonitor.duration,{tags}"].endswith("|ms")
    assert found["airflow.mlmonitor.runs,model=fares,monitor=fares/warns,status=warn"] == "1|c"
    assert found["airflow.mlmonitor.incidents,model=fares,monitor=fares/passes"] == "0|g"
    assert not any("run_id" in name or "fares/lost" in name for name in found)


def test_the_log_has_one_event_a_run_and_one_a_finding_with_named_fields(observed):
    (run,) = observed.fields("fails", "monitor run")
    of = {"monitor": "fares/fails", "model": "fares", "window_start": "2013-02-07T00:00:00+00:00"}
    assert run.items() >= {**of, "status": "fail", "rows": 4, "findings": 2, "level": "error"}.items()
    assert (
        run.items() >= {"dag_id": "observed", "task_id": "fails", "notice": "opened", "is_news": True}.items()
    )
    found = observed.fields("fails", "finding")
    assert [line["rank"] for line in found] == [1, 2]
    rows = next(line for line in found if line["metric"] == "rows")
    assert (
        rows.items()
        >= {**of, "status": "fail", "value": 4.0, "lower": 5.0, "upper": None, "slice": ""}.items()
    )
    assert rows["why"] == "rows is 4; the bound is at least 5"
    assert [line["level"] for line in observed.fields("warns", "finding")] == ["warning"]
    assert (observed.fields("passes", "finding"), len(observed.fields("passes", "monitor run"))) == ([], 1)


def test_every_field_of_the_log_is_documented(observed):
    airflow = {"timestamp", "level", "event", "logger", "filename", "lineno", "ti_id"}
    airflow |= {"dag_id", "task_id", "run_id", "try_number", "map_index"}
    page = (ROOT / "docs" / "observing.md").read_text("utf-8")
    lines = observed.fields("fails", "monitor run") + observed.fields("fails", "finding")
    fields = set().union(*lines) - airflow
    assert fields
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []


def test_a_statsd_without_tags_has_model_and_monitor_in_the_names_and_no_openlineage_is_needed(worked):
    found = measured(worked(OBSERVED_TASK="fails"))
    assert found["airflow.mlmonitor.runs.fares.fares_fails.fail"] == "1|c"
    assert found["airflow.mlmonitor.rows.fares.fares_fails"] == "4|g"
    assert not any("," in name for name in found)


@pytest.fixture
def collector() -> Iterator[tuple[int, list[bytes]]]:
    """A collector of OpenTelemetry: its port, and the requests that it was sent."""
    sent: list[bytes] = []

    class Collecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collecting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, sent
        server.shutdown()


def test_opentelemetry_is_told_with_attributes_before_the_task_ends(worked, collector):
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    port, sent = collector
    worked(
        OBSERVED_TASK="fails",
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL="http/protobuf",
        AIRFLOW__METRICS__STATSD_ON="False",
        AIRFLOW__METRICS__OTEL_ON="True",
        AIRFLOW__METRICS__OTEL_HOST="127.0.0.1",
        AIRFLOW__METRICS__OTEL_PORT=str(port),
    )
    found = {
        metric.name: {
            pair.key: pair.value.string_value
            for point in metric.gauge.data_points
            for pair in point.attributes
        }
        for body in sent
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert found["airflow.mlmonitor.status"] == {"model": "fares", "monitor": "fares/fails"}
    assert found.keys() >= {"airflow.mlmonitor.runs", "airflow.mlmonitor.rows", "airflow.mlmonitor.duration"}
