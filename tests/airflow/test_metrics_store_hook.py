from __future__ import annotations

import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.sdk import Connection

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.data import Window
from airflow_mlmonitor.errors import ConfigurationError, StoreUnavailable
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.judging import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags


def saved(
    store, monitor: str, day: int, value: float, name: str = "psi", column: str | None = "dep_delay"
) -> None:
    metric = Metric(name=name, value=value, column=column)
    report = Report(
        monitor=monitor,
        model="flight_delay",
        window=Window.parse(f"2013-02-{day:02}"),
        verdicts=(Verdict(metric=metric, status=Status.OK),),
        started=datetime.now(UTC),
        tags=Tags(dag_id="d", task_id=monitor, run_id="r"),
    )
    store.save(report)


def asof(day: int) -> datetime:
    return datetime(2013, 2, day, tzinfo=UTC)


@pytest.fixture
def _no_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_MLMONITOR_DEFAULT", raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))


@pytest.mark.usefixtures("_no_connection")
def test_without_a_connection_the_store_is_a_file_beside_airflow(tmp_path, capsys):
    assert MetricsStoreHook().get_conn().runs() == []
    assert (tmp_path / "mlmonitor.db").exists()
    assert f"The metrics store is sqlite:///{tmp_path}/mlmonitor.db" in capsys.readouterr().out


@pytest.mark.usefixtures("_no_connection")
@pytest.mark.parametrize("given", [True, False])
def test_a_connection_that_somebody_named_and_is_not_defined_is_a_mistake(monkeypatch, given):
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "nowhere")
    with pytest.raises(
        ConfigurationError, match="The connection 'nowhere' is not defined in Airflow; add it"
    ):
        _ = MetricsStoreHook("nowhere" if given else None).store


def test_the_parameter_goes_before_the_configuration_and_that_before_the_default(monkeypatch):
    for name in ("given", "configured", "mlmonitor_default"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", f"sqlite:////data/{name}.db")
    assert MetricsStoreHook().store_url() == "sqlite:////data/mlmonitor_default.db"
    monkeypatch.setenv("AIRFLOW__MLMONITOR__METRICS_CONN_ID", "configured")
    assert MetricsStoreHook().store_url() == "sqlite:////data/configured.db"
    assert MetricsStoreHook("given").store_url() == "sqlite:////data/given.db"


def test_a_store_that_cannot_be_reached_says_so_when_it_is_opened(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", "postgres://me:secret@127.0.0.1:9/metrics")
    with pytest.raises(StoreUnavailable) as raised, MetricsStoreHook("away").opened():
        pass
    assert "secret" not in str(raised.value)
    ready, said = MetricsStoreHook("away").test_connection()
    assert (ready, "secret" in said) == (False, False)


def test_the_test_button_says_what_the_store_holds(store):
    assert MetricsStoreHook().test_connection() == (True, "It holds no run yet.")
    saved(store, "flight_delay/skew", 8, 0.1)
    assert MetricsStoreHook().test_connection() == (True, "The last run is flight_delay/skew on 2013-02-08.")


def test_airflows_own_test_of_a_connection_reaches_the_hook(store_file):
    connection = Connection(
        conn_id="mine", conn_type="mlmonitor", host=str(store_file), extra='{"dialect": "sqlite"}'
    )
    assert connection.test_connection() == (True, "It holds no run yet.")


def test_history_is_what_was_known_before_a_moment_oldest_first(store):
    for day in (1, 2, 3, 4):
        saved(store, "flight_delay/skew", day, day / 10)
    history = MetricsStoreHook().history(
        "flight_delay", metric="psi", column="dep_delay", asof=asof(4), last=2
    )
    assert list(history.values("psi", "dep_delay")) == [0.2, 0.3]


def test_history_cannot_be_read_without_saying_as_of_when():
    with pytest.raises(TypeError, match="asof"):
        MetricsStoreHook().history("flight_delay", metric="psi")


def test_history_is_of_the_monitor_that_knows_the_metric(store):
    saved(store, "flight_delay/skew", 1, 0.1)
    saved(store, "flight_delay/other", 1, 7.0, name="rows", column=None)
    hook = MetricsStoreHook()
    assert list(hook.history("flight_delay", metric="psi", asof=asof(9)).values("psi", "dep_delay")) == [0.1]


def test_history_of_several_monitors_asks_which_one(store):
    saved(store, "flight_delay/skew", 1, 0.1)
    saved(store, "flight_delay/serving", 1, 0.2)
    with pytest.raises(ConfigurationError, match=r"serving, flight_delay/skew\. Say which one with monitor="):
        MetricsStoreHook().history("flight_delay", metric="psi", asof=asof(9))
    history = MetricsStoreHook().history("flight_delay", monitor="flight_delay/serving", asof=asof(9))
    assert list(history.values("psi", "dep_delay")) == [0.2]


@pytest.mark.usefixtures("store")
def test_a_model_without_runs_has_an_empty_history():
    assert len(MetricsStoreHook().history("unheard_of", asof=asof(9))) == 0


def test_the_names_airflow_looks_for():
    assert (MetricsStoreHook.conn_type, MetricsStoreHook.default_conn_name) == (
        "mlmonitor",
        "mlmonitor_default",
    )
    assert MetricsStoreHook.conn_name_attr in inspect.signature(MetricsStoreHook.__init__).parameters
