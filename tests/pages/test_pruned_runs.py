"""Runs whose numbers were removed are told as such, and never as runs that measured nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.dag_page import dag_page
from airflow_mlmonitor.pages.dag_run_page import dag_run_page
from airflow_mlmonitor.pages.incident_page import incident_page
from airflow_mlmonitor.pages.moment_words import day_words
from airflow_mlmonitor.pages.overview_documents import IncidentPage
from airflow_mlmonitor.pages.task_page import run_page
from airflow_mlmonitor.store import MetricsStore, memory_store, pruning
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, join_failed, missing, quiet, saved
from tests.store.making import day

MONITOR = "flight_delay/check_features"
REMOVED = "The numbers of this old run were removed on "


@pytest.fixture
def pruned(store: MetricsStore, monkeypatch: pytest.MonkeyPatch) -> MetricsStore:
    """Six days, of which the third failed, and the first four have no numbers any more."""
    for module in (pruning, memory_store):
        monkeypatch.setattr(module, "KEPT", 2)
    for number in range(6):
        if number == 2:
            saved(store, number, missing("temp"), missing("dewp"), facts=join_failed())
        else:
            saved(store, number, quiet("temp"), quiet("dewp"))
    assert store.prune(before=datetime(2020, 1, 1, tzinfo=UTC)).runs == 4
    return store


def headlines(store: MetricsStore, days: Sequence[int]) -> list[str]:
    pages = [run_page(store, monitor=MONITOR, window=day(number)) for number in days]
    return [page["verdict"]["headline"] for page in pages if page]


def test_a_task_says_how_it_came_out_and_that_its_numbers_are_gone(pruned: MetricsStore) -> None:
    today = day_words(datetime.now(UTC))
    quiet_run, failed, last = headlines(pruned, [0, 2, 5])
    assert quiet_run == f"Nothing unusual. {REMOVED}{today}."
    assert failed == f"Failed. {REMOVED}{today}."
    assert REMOVED not in last


def test_an_incident_keeps_its_title(pruned: MetricsStore) -> None:
    (incident,) = pruned.incidents()
    page = incident_page(pruned, incident.id)
    conforms(page, IncidentPage)
    headline = page["verdict"]["headline"]
    assert headline.startswith(("temp", "dewp"))
    assert REMOVED in headline
    assert "run again" not in headline


def test_a_dag_run_still_tells_what_it_came_from(pruned: MetricsStore) -> None:
    page = dag_run_page(pruned, dag_id=DAG, run_id=f"scheduled__{day(2).label}")
    assert page["status"] == "fail"
    assert "join" in page["cause"]


def test_a_dag_shows_every_day(pruned: MetricsStore) -> None:
    (row,) = dag_page(pruned, dag_id=DAG, now=day(6).start)["monitors"]
    assert [cell["status"] for cell in row["cells"]] == ["ok", "ok", "fail", "ok", "ok", "ok"]


def test_a_run_that_was_run_again_is_told_as_ever(pruned: MetricsStore) -> None:
    saved(pruned, 2, missing("temp"), missing("dewp"), facts=join_failed())
    (headline,) = headlines(pruned, [2])
    assert REMOVED not in headline
    assert Status.FAIL in {verdict.status for verdict in pruned.verdicts(MONITOR, day(2))}
