"""What a day brought to all models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_mlmonitor.pages.digest_page import digest_page
from airflow_mlmonitor.store import MetricsStore
from tests.pages.scenes import missing, quiet
from tests.store.making import day, report

NOW = datetime.now(UTC)
FIRST = NOW - timedelta(days=20)
"""The morning on which the runs of day 0 started."""


def run(store: MetricsStore, number: int, *found: Any, model: str = "flight_delay", **more: Any) -> None:
    """The run of the n-th day, which started on the n-th morning."""
    more.setdefault("started", FIRST + timedelta(days=number))
    store.save(report(number, *found, model=model, monitor=f"{model}/skew", **more))


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def test_a_day_has_what_opened_what_goes_on_and_what_is_over(store: MetricsStore) -> None:
    for number, found in enumerate([quiet(), missing(), quiet(), quiet()]):
        run(store, number, found, model="arrivals")
    run(store, 3, missing("humid"), model="fares")
    store.acknowledge(2, who="ana@example.com")
    page = digest_page(store, until=soon())
    assert [(one["model"], one["id"], one["state"]) for one in page["opened"]] == [
        ("fares", 2, "acknowledged")
    ]
    assert [(one["model"], one["id"], one["state"]) for one in page["over"]] == [("arrivals", 1, "resolved")]
    assert page["headline"].startswith("1 incident open, 1 of them new; 1 over")
    assert (page["models"], page["continuing"]) == (2, [])
    assert [one["model"] for one in page["budgets"]] == ["arrivals", "fares"]
    assert page["budgets"][0]["words"].startswith("1 of ")


def test_an_incident_of_an_earlier_day_is_still_open_and_one_that_ended_then_is_not_told(
    store: MetricsStore,
) -> None:
    run(store, 0, missing())
    tomorrow = soon() + timedelta(days=1)
    page = digest_page(store, until=tomorrow)
    assert [one["id"] for one in page["continuing"]] == [1]
    for number in (1, 2):
        run(store, number, quiet())
    assert [one["id"] for one in digest_page(store, until=soon())["over"]] == [1]
    page = digest_page(store, until=tomorrow)
    assert (page["opened"], page["continuing"], page["over"]) == ([], [], [])


def test_a_digest_of_an_earlier_day_knows_nothing_of_later_ones(store: MetricsStore) -> None:
    run(store, 0, missing())
    page = digest_page(store, until=NOW - timedelta(days=1))
    assert (page["opened"], page["continuing"]) == ([], [])


def test_accepted_is_over_and_snoozed_is_open(store: MetricsStore) -> None:
    run(store, 0, missing(), model="fares")
    run(store, 0, missing(), model="tips")
    store.accept(1, who="ana")
    store.snooze(2, until=day(30).end, who="bo")
    page = digest_page(store, until=soon())
    assert [one["id"] for one in page["over"]] == [1]
    assert [(one["id"], one["state"]) for one in page["opened"]] == [(2, "snoozed")]


@pytest.mark.parametrize(
    ("days", "is_late"),
    [
        (range(20), False),
        (range(17), True),
        ([0, 1, 2, 3, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17], False),
        ([0], False),
    ],
)
def test_a_monitor_is_late_when_it_waits_longer_than_it_ever_did(
    store: MetricsStore, days: Any, is_late: bool
) -> None:
    for number in days:
        run(store, number, quiet())
    page = digest_page(store, until=NOW)
    assert [one["monitor"] for one in page["late"]] == (["flight_delay/skew"] if is_late else [])
    if is_late:
        assert page["late"][0]["words"].endswith("; due every day")
        assert page["headline"] == "0 incidents open; 1 monitor without a run"
        assert page["quiet"] == 0


def test_a_monitor_that_was_taken_away_is_not_told_for_ever(store: MetricsStore) -> None:
    for number in range(5):
        run(store, number, quiet())
    assert digest_page(store, until=NOW + timedelta(days=20))["late"] == []


def test_only_the_models_that_are_asked_for(store: MetricsStore) -> None:
    for model in ("fraud_cards", "flight_delay"):
        run(store, 0, missing(), model=model)
    page = digest_page(store, until=soon(), model="fraud_*")
    assert [one["model"] for one in page["opened"]] == ["fraud_cards"]
    assert (page["models"], [one["model"] for one in page["budgets"]]) == (1, ["fraud_cards"])


def test_of_an_empty_store_there_is_nothing_to_say(store: MetricsStore) -> None:
    page = digest_page(store, until=NOW)
    assert (page["headline"], page["models"]) == ("Nothing is open, and every monitor ran", 0)
