"""The page of a task: of real flights, of every way in which a run may come out, and of runs as ugly as they get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from airflow_mlmonitor.checks import Drift, Shape, Values
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.pages.documents import TaskPage
from airflow_mlmonitor.pages.task_page import run_page, task_page
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MemoryStore, MetricsStore, State, open_store
from demo.flights import FEATURES, WEATHER
from tests.pages import served_flights
from tests.pages.conforming import conforms
from tests.pages.scenes import DAG, join_failed, missing, quiet, saved
from tests.store.making import day, verdict
from tests.ugly import PAIRS, SECRETS, pair, secret

TASK = "check_features"
NAME = "flight_delay/check_features"


def page_of(store: MetricsStore, number: int, task: str = TASK, **more: int) -> TaskPage:
    """The page of the n-th day, which must be what its type says."""
    page = task_page(store, dag_id=DAG, run_id=f"scheduled__{day(number).label}", task_id=task, **more)
    assert page is not None
    conforms(page, TaskPage)
    return page


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MetricsStore]:
    if request.param == "memory":
        store: MetricsStore = MemoryStore()
        served_flights.run_week(store)
        yield store
        return
    url = f"sqlite:///{tmp_path_factory.mktemp('week') / 'mlmonitor.db'}"
    served_flights.run_week(open_store(url))
    yield open_store(url, read_only=True)


class TestRealFlights:
    """A week of March, of which the 14th lost the weather of one airport."""

    def page(self, store: MetricsStore, number: int) -> TaskPage:
        of: dict[str, Any] = {
            "dag_id": served_flights.DAG,
            "run_id": served_flights.run_id(served_flights.DAYS[number]),
        }
        page = task_page(store, **of, task_id=TASK)
        assert page is not None
        conforms(page, TaskPage)
        return page

    def test_the_day_without_weather_says_so_in_a_sentence(self, week: MetricsStore) -> None:
        head = self.page(week, 3)["verdict"]
        assert head["headline"] == (
            "temp and 7 more columns are missing on every row with origin = EWR: 36.3% of rows, new in this run."
        )
        assert (head["status"], head["model_version"], head["columns"]) == ("fail", "v3", 14)
        assert (head["window_words"], head["rows"]) == ("Thu 14 Mar 2013", 982)
        assert head["impact"].endswith("of 982 rows are touched.")
        assert head["baseline_runs"] >= 59
        assert head["start_at"] is not None
        assert head["start_at"]["task_id"] == TASK
        assert head["counts"]["fail"] > 0

    def test_columns_that_went_missing_together_share_one_card(self, week: MetricsStore) -> None:
        page = self.page(week, 3)
        (card,) = page["findings"]
        assert page["findings_total"] == 1
        assert card["title"] == "temp, dewp, humid and 5 more are missing on rows with origin = EWR"
        assert set(card["columns"]) == set(WEATHER)
        assert (card["value_words"], card["metric_words"]) == ("36.3%", "rows without temp")
        assert card["expected"]["words"].startswith("at most ")
        assert card["since"] == {
            "window_start": "2013-03-14T00:00:00+00:00",
            "runs": 1,
            "kind": "new",
            "words": "new in this run",
        }
        assert {(one["column"], one["words"]) for one in card["moves_with"]} == {
            (name, "same rows") for name in WEATHER if name != "temp"
        }

    def test_the_record_knows_the_days_of_training_as_the_judge_does(self, week: MetricsStore) -> None:
        record = self.page(week, 3)["findings"][0]["record"]
        assert (record["kind"], record["words"]) == ("highest", "highest before: 4.6%, 1 Jan")
        assert record["at"] == "2013-01-01T00:00:00+00:00"

    def test_why_and_what_to_do_are_those_of_the_run(self, week: MetricsStore) -> None:
        card = self.page(week, 3)["findings"][0]
        assert card["likely"].startswith("The join that brings temp")
        assert any("with origin = EWR" in said for said in card["evidence"])
        assert "has rows for origin = EWR in this window, then rerun" in card["next"]

    def test_what_is_missing_is_shown_by_segment(self, week: MetricsStore) -> None:
        shown = self.page(week, 3)["findings"][0]["distribution"]
        assert shown is not None
        assert (shown["kind"], shown["title"], shown["labels"]) == (
            "bars",
            "By origin",
            ["EWR", "all others"],
        )
        assert shown["current"] == [1.0, 0.0]
        assert all(share < 0.01 for share in shown["reference"])
        assert shown["reference_words"] == "training v3, all rows"

    def test_the_incident_the_history_and_the_strip(self, week: MetricsStore) -> None:
        page = self.page(week, 3)
        assert page["incident"] is not None
        assert page["incident"]["opened_at"] == "2013-03-14T00:00:00+00:00"
        assert [one["status"] for one in page["strip"]] == ["ok", "ok", "ok", "fail"]
        assert all(one["ratio"] is not None for one in page["strip"])
        history = page["findings"][0]["history"]
        assert [point["window_start"][:10] for point in history] == [f"2013-03-{n}" for n in (11, 12, 13, 14)]
        assert history[-1]["value"] == pytest.approx(356 / 982)
        assert history[-1]["run_id"] == "scheduled__2013-03-14"

    def test_the_day_after_is_clean(self, week: MetricsStore) -> None:
        page = self.page(week, 4)
        assert page["verdict"]["headline"].startswith("Nothing unusual. ")
        assert (page["findings"], page["incident"], page["learning"]) == ([], None, None)
        assert 0 < len(page["closest"]) <= 3
        assert all(point["value"] is not None for one in page["closest"] for point in one["history"])
        assert {one["column"] for one in page["quiet_columns"]} == set(FEATURES)
        assert page["verdict"]["rarity"] == ""


class TestEveryStatus:
    def test_clean(self, store: MetricsStore) -> None:
        for number in range(3):
            saved(store, number, quiet(), quiet("dewp"))
        page = page_of(store, 2)
        assert (
            page["verdict"]["headline"] == "Nothing unusual. All 2 columns are within their expected range."
        )
        assert page["verdict"]["baseline_runs"] == 2
        assert (page["findings_total"], len(page["strip"]), page["can_edit"]) == (0, 3, False)

    def test_nobody_ran(self, store: MetricsStore) -> None:
        saved(store, 0)
        assert task_page(store, dag_id=DAG, run_id="scheduled__9", task_id=TASK) is None
        assert task_page(store, dag_id=DAG, run_id="scheduled__2013-01-01", task_id="other") is None
        assert task_page(store, dag_id=DAG, run_id="scheduled__2013-01-01", task_id=TASK, map_index=0) is None
        assert run_page(store, monitor=NAME, window=day(7)) is None

    def test_by_key_it_is_the_same_page(self, store: MetricsStore) -> None:
        saved(store, 0, missing())
        assert run_page(store, monitor=NAME, window=day(0)) == page_of(store, 0)

    def test_mapped_instances_have_pages_of_their_own(self, store: MetricsStore) -> None:
        for index, column in enumerate(("temp", "dewp")):
            saved(store, 0, missing(column), monitor=f"m{index}", map_index=index)
        for index, column in enumerate(("temp", "dewp")):
            assert page_of(store, 0, map_index=index)["findings"][0]["columns"] == [column]

    def test_a_warning_that_rises(self, store: MetricsStore) -> None:
        for number, share in enumerate([0.02, 0.12, 0.13, 0.15]):
            found = quiet(value=share) if number == 0 else missing(value=share, status=Status.WARN)
            saved(store, number, found)
        page = page_of(store, 3)
        assert page["verdict"]["headline"] == "temp is missing: 15.0% of rows, rising since 2 Jan."
        (card,) = page["findings"]
        assert (card["status"], card["since"]["runs"], card["since"]["kind"]) == ("warn", 3, "rising")
        assert card["record"]["words"] == "highest before: 2.0%, 1 Jan"

    def test_a_failure_that_lasts(self, store: MetricsStore) -> None:
        for number, share in enumerate([0.0, 0.4, 0.3, 0.36]):
            saved(store, number, missing(value=share) if share else quiet(value=0.0))
        card = page_of(store, 3)["findings"][0]
        assert card["since"]["words"] == "for 3 runs, since 2 Jan"
        assert card["record"]["words"] == "never before in 1 run"

    def test_several_findings_are_counted(self, store: MetricsStore) -> None:
        found = [missing(f"c{number}", 0.3 + number / 50) for number in range(7)]
        saved(store, 0, *found, missing("d", 0.9, Status.WARN))
        page = page_of(store, 0)
        assert (len(page["findings"]), page["findings_total"]) == (5, 8)
        assert [card["rank"] for card in page["findings"]] == [1, 2, 3, 4, 5]
        assert (
            page["verdict"]["headline"]
            == "c0 is missing: 30.0% of rows, new in this run, and 7 more findings."
        )
        assert page["verdict"]["impact"].startswith("Of 8 findings 7 failed, 1 warned.")

    def test_a_check_that_broke(self, store: MetricsStore) -> None:
        broken = verdict(
            "parity", None, None, family="check", status=Status.BROKEN, said="no such file: x", severity=1.0
        )
        notes = {"notes": json.dumps({"wind_dir": "was int64, then string"})}
        saved(store, 0, quiet(), broken, facts=notes)
        page = page_of(store, 0)
        assert page["verdict"]["headline"] == "Could not check parity; the rest of this page is complete."
        assert page["broken"] == [
            {"check": "parity", "reason": "no such file: x"},
            {"check": "wind_dir", "reason": "was int64, then string"},
        ]
        assert page["findings"][0]["title"] == "Could not check parity"
        assert page["findings"][0]["links"] == []

    def test_learning(self, store: MetricsStore) -> None:
        young = verdict(
            "null_share",
            0.3,
            scale="share",
            family="missing",
            n=900,
            status=Status.LEARNING,
            severity=0.7,
            upper=0.1,
        )
        for number in range(2):
            saved(
                store, number, verdict("mean", 3.0, status=Status.LEARNING), young, score=None, threshold=None
            )
        page = page_of(store, 1)
        assert page["verdict"]["headline"] == "Still learning what is usual: 1 of 14 runs."
        assert page["learning"] is not None
        assert (page["learning"]["runs"], page["learning"]["needed"]) == (1, 14)
        assert page["learning"]["until"] == day(14).start.isoformat()
        assert [one["words"] for one in page["learning"]["would_have"]] == [
            "temp is missing: rows without temp 30.0%"
        ]

    @pytest.mark.parametrize("state", [State.BAD, State.ACCEPTED])
    def test_what_a_person_made_of_it_stands_beside_the_verdict(
        self, store: MetricsStore, state: State
    ) -> None:
        saved(store, 0, missing())
        store.mark(NAME, day(0), State.CLEAN, who="ben", note="no")
        store.mark(NAME, day(0), state, who="ana", note="new aircraft")
        head = page_of(store, 0)["verdict"]
        assert head["status"] == "fail"
        assert head["mark"] is not None
        said = head["mark"]
        assert (said["kind"], said["by"], said["reason"]) == (state.value, "ana", "new aircraft")

    def test_an_incident_that_somebody_knows_of(self, store: MetricsStore) -> None:
        saved(store, 0, missing())
        (incident,) = store.incidents()
        store.acknowledge(incident.id, who="ana")
        found = page_of(store, 0)["incident"]
        assert found is not None
        assert (found["id"], found["state"], found["acknowledged_by"]) == (incident.id, "acknowledged", "ana")
        assert found["dag_id"] == DAG

    def test_the_start_and_the_rarity_are_those_of_the_run(self, store: MetricsStore) -> None:
        facts = {
            **join_failed(),
            "rarity": "0.0278",
            "start_at": json.dumps({"task_id": "check_weather", "why": "its monitor found something first"}),
            "impact": json.dumps("356 of 981 rows are touched."),
        }
        saved(store, 0, missing(), missing("dewp"), facts=facts)
        head = page_of(store, 0)["verdict"]
        assert head["rarity"] == "A run this unusual comes about once in 3 years"
        assert head["start_at"] == {"task_id": "check_weather", "why": "its monitor found something first"}
        assert head["impact"] == "356 of 981 rows are touched."

    def test_a_run_sees_nothing_that_came_later(self, store: MetricsStore) -> None:
        for number in range(6):
            saved(store, number, missing() if number in {2, 4} else quiet())
        page = page_of(store, 2)
        assert len(page["strip"]) == 3
        assert page["findings"][0]["history"][-1]["window_start"] == day(2).start.isoformat()


class TestUglyRuns:
    def test_nothing_private_is_shown(self, store: MetricsStore) -> None:
        monitor = Monitor(name=NAME, model="m", checks=[Shape(), Drift(), Values()])
        tags = Tags(dag_id=DAG, task_id=TASK)
        for number in range(6):
            names = SECRETS[:2] * 40 if number < 5 else SECRETS[2:] * 40
            monitor.evaluate(secret(*names), window=day(number), store=store, tags=tags)
        page = run_page(store, monitor=NAME, window=day(5))
        assert page is not None
        conforms(page, TaskPage)
        assert page["findings"]
        about_people = [card for card in page["findings"] if "who" in card["columns"]]
        assert about_people
        assert all(card["distribution"] is None for card in about_people)
        shown = [
            json.dumps({**card, "series": None, "links": None, "moves_with": None})
            for card in page["findings"]
        ]
        assert not any("#" in text for text in shown)
        assert not any(name in json.dumps(page) for name in SECRETS)

    @pytest.mark.parametrize("name", list(PAIRS))
    def test_whatever_the_rows_are_there_is_a_page(self, name: str) -> None:
        store = MemoryStore()
        before, now = pair(name)
        monitor = Monitor(name=NAME, model="m", checks=[Shape(), Drift(), Values()])
        for number in range(4):
            rows = before if before is not None and number < 3 else now
            monitor.evaluate(rows, window=day(number), store=store, tags=Tags(dag_id=DAG, task_id=TASK))
            page = run_page(store, monitor=NAME, window=day(number))
            conforms(page, TaskPage)

    def test_names_that_no_terminal_should_see(self, store: MetricsStore) -> None:
        name = "fare\nper\x1b[31m mile {x} %s \ud83d" + "x" * 500
        saved(store, 0, missing(name), verdict("mean", 1e308, name, status=Status.WARN, upper=-1e308))
        page = page_of(store, 0)
        (card,) = page["findings"]
        assert card["columns"] == [name]
        words = [page["verdict"]["headline"], card["title"], card["metric_words"], card["next"]]
        assert all(text.isprintable() for text in words)
        assert len(page["verdict"]["headline"]) < 300

    def test_windows_of_another_length_are_no_part_of_the_past(self, store: MetricsStore) -> None:
        hours = Window(day(0).start, day(0).start + timedelta(hours=6))
        saved(store, 0, missing(), run_id="manual__1")
        saved(store, 0, missing(value=0.9), window=hours, run_id="manual__2")
        page = task_page(store, dag_id=DAG, run_id="manual__2", task_id=TASK)
        assert page is not None
        conforms(page, TaskPage)
        assert [point["run_id"] for point in page["findings"][0]["history"]] == ["manual__2"]

    def test_five_hundred_columns(self, store: MetricsStore) -> None:
        found = [missing(f"column {number}") for number in range(40)]
        found += [quiet(f"column {number}") for number in range(40, 500)]
        saved(store, 0, *found)
        page = page_of(store, 0)
        assert page["findings_total"] == 1
        assert page["findings"][0]["title"] == "column 0, column 1, column 2 and 37 more are missing"
        assert len(page["quiet_columns"]) == 460
        assert len(page["findings"][0]["moves_with"]) == 12

    def test_facts_that_cannot_be_read_any_more(self, store: MetricsStore) -> None:
        names = ("causes", "schema", "compared", "notes", "rarity", "impact", "start_at")
        for number, text in enumerate(["", "{", "null", "[]", "{}", '"x"', "-1", "1e999"]):
            saved(store, number, missing(), facts=dict.fromkeys(names, text))
            page_of(store, number)

    def test_a_profile_that_cannot_be_read_any_more_shows_no_distribution(self, tmp_path: Path) -> None:
        store = MemoryStore()
        store.pin("flight_delay", "v3", b"nonsense", rows=1)
        report = saved(store, 0, missing())
        store.save(report, profile=b"no profile")
        assert page_of(store, 0)["findings"][0]["distribution"] is None
