"""Airflow's real API server on SQLite, with the plugin as Airflow finds it, people, and a metrics store with runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.airflow.conftest import RunDag, _airflow_database, run_dag  # noqa: F401 - fixtures
from tests.ui import pipelines
from tests.ui.guarding import USERS

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from airflow_mlmonitor.store.store import MetricsStore

HERE = Path(__file__).parent
ClientOf = Callable[..., "TestClient"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings are errors where this package gives a reason for them; Airflow's own libraries have theirs."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore", "error:::airflow_mlmonitor"))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Airflow's settings of an API server with people; the folder in which its metrics store is."""
    folder = tmp_path_factory.mktemp("ui")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__AUTH_MANAGER", "tests.ui.guarding.GuardedAuthManager")
        patch.setenv(
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", ",".join(f"{n}:{r}" for n, r in USERS.items())
        )
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(folder / "passwords.json"))
        patch.setenv(
            "AIRFLOW__API_AUTH__JWT_SECRET", "of the tests, and long enough for its algorithm to like it"
        )
        patch.setenv(
            "AIRFLOW_CONN_MLMONITOR_DEFAULT", f'{{"conn_type": "sqlite", "host": "{folder}/metrics.db"}}'
        )
        yield folder


@pytest.fixture(scope="session")
def ran(settings: Path, _airflow_database: None, run_dag: RunDag) -> dict[str, list[Any]]:  # noqa: F811
    """What both DAGs ran, by DAG: three days, the last of which has too few rows."""
    pipelines.write_days(settings)
    return {
        dag.dag_id: pipelines.run_days(run_dag, dag)
        for dag in (pipelines.fares(settings), pipelines.secret(settings))
    }


@pytest.fixture(scope="session")
def server(ran: dict[str, list[Any]]) -> FastAPI:
    """Airflow's API server; it found the plugin by itself."""
    from airflow.api_fastapi.app import create_app, purge_cached_app

    purge_cached_app()
    return create_app(apps="core")


@pytest.fixture(scope="session")
def application(server: FastAPI) -> FastAPI:
    """The application of the provider, as it is mounted in Airflow's."""
    (mount,) = [route for route in server.routes if getattr(route, "path", "") == "/mlmonitor"]
    loaded: FastAPI = mount.app._load()  # type: ignore[attr-defined]
    return loaded


@pytest.fixture
def client_of(server: FastAPI, application: FastAPI) -> Iterator[ClientOf]:
    """Make the browser of somebody who is logged in, or of nobody; what is read is read anew in every test."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from fastapi.testclient import TestClient

    from airflow_mlmonitor.ui.server.page_reader import PageReader

    application.state.reader = PageReader()

    def client(name: str = "") -> TestClient:
        made = TestClient(server, raise_server_exceptions=False, follow_redirects=False)
        if name:
            user = SimpleAuthManagerUser(username=name, role=USERS[name])
            made.cookies.set("_token", get_auth_manager().generate_jwt(user))
        return made

    yield client
    application.state.reader.close()


@pytest.fixture
def store(settings: Path, ran: dict[str, list[Any]]) -> MetricsStore:
    """The metrics store, opened beside the API server."""
    from airflow_mlmonitor.store import open_store

    return open_store(f"sqlite:///{settings}/metrics.db")
