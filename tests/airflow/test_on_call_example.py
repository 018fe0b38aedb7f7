"""The example of an on-call rota on real flights: who is told what in a week in which one airport's weather is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from demo import flights
from tests.listening import Listener, Mailbox, html_of, text_of

EXAMPLES = Path(__file__).parents[2] / "dags" / "examples"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flights")
    flights.prepare(folder)
    return folder


def test_a_lost_airport_pages_once_mails_once_and_is_over_two_days_later(
    run_dag: Any,
    store: Any,
    data: Path,
    listener: Listener,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("MLMONITOR_EXAMPLES_DATA", str(data))
    monkeypatch.setenv("AIRFLOW_CONN_PAGERDUTY", listener.connection("pagerduty_events", password="k3y"))  # noqa: S106
    monkeypatch.setenv("AIRFLOW_CONN_ML_ALERTS", listener.connection())
    bag = DagBag(EXAMPLES / "on_call.py")
    assert bag.import_errors == {}
    states = [
        run_dag(
            bag.dags["on_call"],
            "scheduled",
            datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1),
        ).state("delivered")
        for day in flights.WEEK
    ]
    assert states == ["success"] * 3 + ["failed"] + ["success"] * 3
    assert [(path, body.get("event_action") or body["event"]) for path, _, body in listener.requests] == [
        ("/v2/enqueue", "trigger"),
        ("/flights", "opened"),
        ("/v2/enqueue", "resolve"),
        ("/flights", "resolved"),
    ]
    assert mailbox.to == [["flights@example.com"]] * 2
    opened, over = mailbox.mails
    assert str(opened["Subject"]).startswith("[failed] flight_delay: temp")
    assert (
        "Value      36.3% (rows without temp)\nExpected   at most 5.0% (never before in 3 runs)\n"
        in text_of(opened)
    )
    assert "Thu 14 Mar 2013, 982 rows" in text_of(opened)
    assert "visib: " in text_of(opened)
    assert 'src="cid:chart"' in html_of(opened)
    assert str(over["Subject"]).replace("[resolved]", "[failed]") == str(opened["Subject"])

    digest = run_dag(bag.dags["on_call_digest"], "manual", datetime.now(UTC) + timedelta(minutes=1))
    assert digest.xcom("digest") == {
        "headline": "0 incidents open; 1 over",
        "opened": 0,
        "continuing": 0,
        "over": 1,
        "late": 0,
    }
    assert mailbox.to[-1] == ["ml-team@example.com"]
