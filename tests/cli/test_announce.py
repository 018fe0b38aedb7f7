from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.announcing import announced, announcements
from airflow_mlmonitor.store.sql import SqlStore, open_store
from tests.cli.conftest import Command


@pytest.fixture
def store(folder: Path) -> SqlStore:
    """Two days of a monitor that looks at one dependency."""
    store = open_store(f"sqlite:///{folder}/mlmonitor.db")
    for day in ("2013-02-08", "2013-02-09"):
        report = Report(
            monitor="flights/upstream",
            model="flights",
            window=Window.parse(day),
            verdicts=(),
            facts={"dependency: rates": "{}", "schema": "{}"},
            started=datetime(2013, 2, 10, tzinfo=UTC),
        )
        store.save(report)
    return store


def test_it_holds_from_the_latest_run_to_the_end_given(mlmonitor: Command, store: SqlStore) -> None:
    said = mlmonitor(
        "announce", "flights", "rates", "--until", "2013-02-12", "--who", "ana", "--note", "new feed"
    )
    assert said.out == "rates may change: announced by ana until 2013-02-12 00:00 UTC: new feed.\n"
    held = {
        day: announced(store, "flights", Window.parse(f"2013-02-{day:02}")).keys() for day in range(8, 13)
    }
    assert held == {8: set(), 9: {"rates"}, 10: {"rates"}, 11: {"rates"}, 12: set()}
    assert announced(store, "other", Window.parse("2013-02-10")) == {}


def test_a_second_announcement_of_the_same_span_takes_the_first_ones_place(
    mlmonitor: Command, store: SqlStore
) -> None:
    for who in ("ana", "ben"):
        mlmonitor("announce", "flights", "rates", "--until", "2013-02-12", "--who", who)
    assert [one.who for one in announcements(store, "flights")] == ["ben"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("flights", "rate", "--until", "2013-02-12"),
            "flights has no dependency called rate; it has rates.",
        ),
        (("trains", "rates", "--until", "2013-02-12"), "no run of it has looked at any yet"),
        (
            ("flights", "rates", "--until", "2013-02-09"),
            "The latest run is of 2013-02-09 00:00; give a later --until.",
        ),
    ],
)
def test_a_mistake_is_named(mlmonitor: Command, arguments: tuple[str, ...], complaint: str) -> None:
    said = mlmonitor("announce", *arguments)
    assert (said.status, said.out) == (2, "")
    assert complaint in said.err


@pytest.mark.usefixtures("store")
def test_json_says_for_what_span(mlmonitor: Command) -> None:
    said = mlmonitor("announce", "flights", "rates", "--until", "2013-02-12T12:00", "--who", "ana", "--json")
    assert said.json == {
        "model": "flights",
        "dependency": "rates",
        "start": "2013-02-09T00:00:00+00:00",
        "end": "2013-02-12T12:00:00+00:00",
        "who": "ana",
        "note": "",
    }
