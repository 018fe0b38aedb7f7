"""The databases of compose.yaml on a real server, prepared by the entrypoint; and the dashboard's questions, asked as Grafana."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url
from tests.store.making import report, verdict

DOCKER = Path(__file__).parents[2] / "docker"
DASHBOARD = json.loads((DOCKER / "grafana" / "dashboards" / "mlmonitor.json").read_text("utf-8"))
SPAN = ("2013-01-01T00:00:00Z", "2013-03-01T00:00:00Z")


@dataclass
class Prepared:
    """What was made: the store's address, that of Grafana's user, and the connections that Airflow was given."""

    store: URL
    reader: URL
    connections: dict[str, Any]


@pytest.fixture(scope="module")
def prepared(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    psql, bash = shutil.which("psql"), shutil.which("bash")
    if not psql or not bash:
        pytest.skip("there is no psql to make databases with")
    server, mark = read_url(postgres_url), uuid4().hex[:8]
    airflow, store, grafana = f"airflow_{mark}", f"mlmonitor_{mark}", f"grafana_{mark}"
    names = {"AIRFLOW_DB_NAME": airflow, "MLMONITOR_DB_NAME": store, "GRAFANA_DB_USER": grafana}
    secret = "it's secret"  # noqa: S105
    passwords = {f"{name}_DB_PASSWORD": secret for name in ("AIRFLOW", "MLMONITOR", "GRAFANA")}
    where = {
        "PGHOST": server.host or "127.0.0.1",
        "PGPORT": str(server.port or 5432),
        "POSTGRES_USER": server.username,
    }
    if server.password:
        where["PGPASSWORD"] = server.password
    everything = {**os.environ, **where, **names, **passwords}
    subprocess.run([bash, str(DOCKER / "postgres" / "databases.sh")], check=True, env=everything)
    folder = tmp_path_factory.mktemp("prepared")
    owner = server.set(username=store, password=secret, database=store)
    try:
        yield Prepared(owner, owner.set(username=grafana), initialised(bash, folder, owner, grafana))
    finally:
        engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for database in (airflow, store):
                connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
            for role in (airflow, store, grafana):
                connection.execute(text(f"DROP ROLE {role}"))


def initialised(bash: str, folder: Path, store: URL, reader: str) -> dict[str, Any]:
    """Run ``entrypoint.sh init`` on the store, with an ``airflow`` that only keeps the connections it is given."""
    kept = folder / "connections.json"
    airflow = folder / "airflow"
    airflow.write_text(f'#!/bin/sh\n[ "$1" != connections ] || cp "$4" {kept}\n')
    airflow.chmod(0o755)
    plain = store.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = {"MLMONITOR_STORE": plain, "MLMONITOR_READER": reader}
    settings["MLMONITOR_CONNECTIONS"] = '{"warehouse": "postgresql://reader@db.example/shop"}'
    path = f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(
        [bash, str(DOCKER / "entrypoint.sh"), "init"],
        check=True,
        env={**os.environ, **settings, "PATH": path},
    )
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


@pytest.fixture(scope="module")
def reader(prepared: Prepared) -> Iterator[Engine]:
    """Grafana's connection to a store with twelve runs of one monitor, the last two with findings, and one of another."""
    store = open_store(prepared.store.render_as_string(hide_password=False))
    for number in range(12):
        found = {"status": Status.FAIL, "severity": 4.0} if number > 9 else {}
        psi = verdict("psi", 0.1 + number / 100, lower=0.0, upper=0.2, **found)
        scored = {"score": 0.5 + number / 10, "threshold": 1.4, "rows": 900 + number}
        store.save(report(number, psi, verdict("rows", 900, column=None), **scored), profile=b"private")
    store.save(report(0, monitor="it's/odd", model="it's"))
    store.dispose()
    engine = create_engine(prepared.reader, poolclass=NullPool)
    yield engine
    engine.dispose()


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def filled(sql: str, **chosen: str | list[str]) -> str:
    """The SQL as Grafana sends it, with what is chosen in the dashboard's variables."""
    start, end = map(quoted, SPAN)
    sql = re.sub(r"\$__timeFilter\(([^()]+)\)", rf"\1 BETWEEN {start} AND {end}", sql)
    for name, value in chosen.items():
        text_of = ",".join(map(quoted, value)) if isinstance(value, list) else quoted(value)
        sql = sql.replace(f"${{{name}:sqlstring}}", text_of).replace(f"${name}", text_of)
    assert "$" not in sql
    return sql.replace(":", "\\:")


ALL = {
    "model": ["flight_delay", "it's"],
    "monitor": ["flight_delay/skew", "it's/odd"],
    "metric": "psi",
    "column": "temp",
}
PANELS = {
    panel["title"]: target
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
    if "rawSql" in target
}


def asked(reader: Engine, sql: str) -> list[Any]:
    with reader.connect() as connection:
        return list(connection.execute(text(filled(sql, **ALL))).mappings())


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_is_answered(reader, title):
    rows = asked(reader, PANELS[title]["rawSql"])
    assert rows
    if PANELS[title]["format"] == "time_series":
        assert all(isinstance(row["time"], datetime) for row in rows)
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
        assert any(isinstance(value, int | float) for value in rows[-1].values())


def test_panels_show_what_the_store_holds(reader):
    def of(title: str) -> list[Any]:
        return asked(reader, PANELS[title]["rawSql"])

    assert [row["open"] for row in of("Open incidents")] == [1]
    newest = next(row for row in of("Monitors") if row["monitor"] == "flight_delay/skew")
    assert (newest["status"], newest["rows"], float(newest["score ratio"])) == ("fail", 911, 1.14)
    assert newest["window"] == datetime(2013, 1, 12, tzinfo=UTC)
    assert sum(row["value"] for row in of("Runs by status") if row["metric"] == "fail") == 2
    assert [row["value"] for row in of("$metric of $column")][-1] == pytest.approx(0.21)
    (incident,) = of("Incidents")
    assert (incident["runs"], incident["over"]) == (2, None)


def test_an_incident_that_was_accepted_is_not_open(reader, prepared):
    store = open_store(prepared.store.render_as_string(hide_password=False))
    (incident,) = store.incidents()
    store.accept(incident.id, who="ana")
    assert [row["open"] for row in asked(reader, PANELS["Open incidents"]["rawSql"])] == [0]
    store.undo(incident.id, who="ana")
    store.dispose()


@pytest.mark.parametrize("variable", DASHBOARD["templating"]["list"], ids=lambda one: one["name"])
def test_a_variable_has_something_to_choose(reader, variable):
    found = [next(iter(row.values())) for row in asked(reader, variable["query"])]
    chosen = ALL[variable["name"]]
    assert set(chosen if isinstance(chosen, list) else [chosen]) <= set(found)


@pytest.mark.parametrize("table", ["mlmonitor_profile", "mlmonitor_trace", "mlmonitor_fact"])
def test_grafana_may_read_no_profile(reader, table):
    with reader.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(f"SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("first", "said"), [("SELECT 1", "read-only"), ("SET TRANSACTION READ WRITE", "permission denied")]
)
def test_grafana_may_write_nothing(reader, first, said):
    with reader.connect() as connection:
        connection.execute(text(first))
        with pytest.raises(DBAPIError, match=said):
            connection.execute(text("DELETE FROM mlmonitor_run"))


def test_airflow_is_given_the_stores_connection_and_the_others(prepared):
    from airflow_mlmonitor.data.connections import Details

    found = prepared.connections
    assert found["warehouse"] == "postgresql://reader@db.example/shop"
    details = Details.parse(json.dumps(found["mlmonitor_default"]))
    assert details.conn_type == "mlmonitor"
    assert read_url(details.database_url()).set(drivername="postgresql") == prepared.store.set(
        drivername="postgresql"
    )
