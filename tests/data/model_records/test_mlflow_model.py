"""A real MLflow server on this machine, and its database without a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.model_records import MlflowModel
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError, SourceUnavailable

pytestmark = [
    pytest.mark.filterwarnings("ignore", "error:::airflow_mlmonitor"),
    pytest.mark.timeout(300),
]

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in QUIET}
    os.environ.update(QUIET)
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mlflow") / "mlflow.db"


@pytest.fixture(scope="module")
def server(database: Path) -> Iterator[str]:
    """The address of an MLflow server of the test's own, on a SQLite database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{database}", "--workers", "1"]
    command += ["--default-artifact-root", str(database.parent / "artifacts")]
    log = (database.parent / "server.log").open("wb")
    process = subprocess.Popen(
        command,
        env={**os.environ, **QUIET},
        stdout=log,
        stderr=log,
        cwd=database.parent,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, database.parent / "server.log")
        yield address
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
        log.close()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(log.read_text()[-2000:])
        try:
            with urlopen(f"{address}/health", timeout=2):  # noqa: S310 - http
                return
        except (URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"The MLflow server did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def registry(server: str) -> dict[str, Any]:
    """Two versions, the second of which is the champion, and a later attempt that failed."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=server, registry_uri=server)
    experiment = client.create_experiment("flights")
    client.create_registered_model("flight_delay")
    runs = []
    for version in (1, 2):
        run = client.create_run(experiment)
        client.set_tag(run.info.run_id, "training_data_until", f"2013-0{version}-28")
        client.set_terminated(run.info.run_id, "FINISHED")
        client.create_model_version(
            "flight_delay", source=f"{run.info.artifact_uri}/model", run_id=run.info.run_id
        )
        runs.append(client.get_run(run.info.run_id))
    client.set_registered_model_alias("flight_delay", "champion", "2")
    client.set_model_version_tag("flight_delay", "1", "promoted_at", "2013-02-02")
    failed = client.create_run(experiment)
    client.set_terminated(failed.info.run_id, "FAILED")
    return {"runs": runs, "failed": client.get_run(failed.info.run_id)}


def soon() -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(days=1), now + timedelta(minutes=1))


def moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


@pytest.fixture(params=["server", "database"])
def connections(request: pytest.FixtureRequest, server: str, database: Path) -> NamedConnections:
    return NamedConnections({"mlflow": server if request.param == "server" else f"sqlite:///{database}"})


def test_the_champion_its_run_and_the_attempt_that_failed_after_it(
    connections: NamedConnections, registry: dict[str, Any]
) -> None:
    dates = MlflowModel("flight_delay", conn_id="mlflow").dates(connections, soon())
    assert dates.version == "2"
    assert dates.trained == moment(registry["runs"][1].info.end_time)
    assert dates.data_until == datetime(2013, 2, 28, tzinfo=UTC)
    assert dates.attempted == moment(registry["failed"].info.start_time)
    assert dates.attempt == "failed"


@pytest.mark.usefixtures("registry")
def test_a_version_by_its_number_and_tags_of_the_version_beside_those_of_its_run(
    connections: NamedConnections,
) -> None:
    dates = MlflowModel("flight_delay", conn_id="mlflow", version="1").dates(connections, soon())
    assert (dates.version, dates.data_until) == ("1", datetime(2013, 1, 28, tzinfo=UTC))
    assert dates.promoted == datetime(2013, 2, 2, tzinfo=UTC)


@pytest.mark.usefixtures("registry")
def test_as_of_a_window_before_it_was_trained_nothing_is_known(connections: NamedConnections) -> None:
    dates = MlflowModel("flight_delay", conn_id="mlflow").dates(connections, Window.parse("2013-03-01"))
    assert (dates.trained, dates.attempted, dates.later) == (None, None, ("trained",))


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("wanted", [{"alias": "nobody"}, {"version": "9"}, {"name": "no_model"}])
def test_what_is_not_registered_is_said(connections: NamedConnections, wanted: dict[str, str]) -> None:
    options = {"name": "flight_delay", **wanted}
    name = options.pop("name")
    with pytest.raises(DataError, match="is not there") as refused:
        MlflowModel(name, conn_id="mlflow", **options).dates(connections, soon())
    assert not isinstance(refused.value, SourceUnavailable)


def test_a_server_that_is_away_may_be_tried_again_and_its_password_is_not_told() -> None:
    away = NamedConnections({"mlflow": "http://me:hunter2@127.0.0.1:1"})
    with pytest.raises(SourceUnavailable) as refused:
        MlflowModel("flight_delay", conn_id="mlflow").dates(away, soon())
    assert "hunter2" not in str(refused.value)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    nowhere = NamedConnections({"mlflow": f"sqlite:///{tmp_path}/none.db"})
    with pytest.raises(DataError, match="does not exist"):
        MlflowModel("flight_delay", conn_id="mlflow").dates(nowhere, soon())
    assert list(tmp_path.iterdir()) == []
