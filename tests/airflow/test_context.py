from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pendulum
import pytest
from airflow.sdk import (
    DAG,
    BaseOperator,
    CronDataIntervalTimetable,
    CronPartitionTimetable,
    CronTriggerTimetable,
)

from airflow_mlmonitor.context import mapped_label, tags_of, window_of
from airflow_mlmonitor.errors import ConfigurationError

DAY = timedelta(days=1)
SIX_HOURS = timedelta(hours=6)
AFTERNOON = datetime(2013, 2, 8, 14, 37, 21, tzinfo=UTC)


class Looking(BaseOperator):
    """Notes what the context says."""

    template_fields = ("wanted",)

    def __init__(self, *, wanted: timedelta | str | None = None, number: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wanted = wanted
        self.number = number

    def execute(self, context: Any) -> dict[str, Any]:
        tags = tags_of(context)
        owner = f"{tags.dag_id}.{tags.task_id}[{tags.map_index}]"
        window = window_of(context, self.wanted)
        return {
            "window": f"{window.start:%Y-%m-%dT%H:%M}/{window.end:%Y-%m-%dT%H:%M}",
            "owner": owner,
            "run_id": tags.run_id,
            "try": tags.try_number,
            "label": mapped_label(context),
        }


NUMBERS = count()


@pytest.fixture
def looked(run_dag):
    """The window of a run of a DAG with one task."""

    def look(
        kind: str, at: datetime, wanted: timedelta | str | None = None, zone: str = "UTC", **dag: Any
    ) -> str:
        start = datetime(2013, 1, 1, tzinfo=pendulum.timezone(zone))
        with DAG(f"windows_{next(NUMBERS)}", start_date=start, **{"schedule": "@daily", **dag}) as made:
            Looking(task_id="look", wanted=wanted)
        return run_dag(made, kind, at).xcom("look")["window"]

    return look


def day(number: int, month: int = 2) -> datetime:
    return datetime(2013, month, number, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["scheduled", "backfill"])
def test_a_run_with_an_empty_data_interval_looks_at_the_day_that_ends_then(looked, kind):
    assert looked(kind, day(8)) == "2013-02-07T00:00/2013-02-08T00:00"


@pytest.mark.parametrize("kind", ["scheduled", "backfill"])
def test_a_run_with_a_data_interval_looks_at_that(looked, kind):
    schedule = CronDataIntervalTimetable("0 6 * * *", timezone="UTC")
    at = datetime(2013, 2, 8, 6, tzinfo=UTC)
    assert looked(kind, at, schedule=schedule) == "2013-02-08T06:00/2013-02-09T06:00"


@pytest.mark.parametrize("schedule", ["@daily", None])
def test_a_manual_run_in_the_afternoon_looks_at_the_window_of_the_scheduled_run(looked, schedule):
    assert looked("manual", AFTERNOON, schedule=schedule) == "2013-02-07T00:00/2013-02-08T00:00"


def test_a_manual_run_of_a_dag_with_data_intervals_looks_at_the_last_complete_one(looked):
    schedule = CronDataIntervalTimetable("@daily", timezone="UTC")
    assert looked("manual", AFTERNOON, schedule=schedule) == "2013-02-07T00:00/2013-02-08T00:00"


def test_a_run_triggered_by_an_asset_looks_at_the_day_before_it_could_start(looked):
    assert looked("asset_triggered", AFTERNOON, schedule=None) == "2013-02-07T00:00/2013-02-08T00:00"


@pytest.mark.parametrize(
    ("wanted", "window"),
    [(None, "2013-02-07T00:00/2013-02-08T00:00"), (SIX_HOURS, "2013-02-07T00:00/2013-02-07T06:00")],
)
def test_a_run_of_one_partition_looks_at_what_begins_with_its_date(looked, wanted, window):
    schedule = CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1)
    assert looked("scheduled", day(8), wanted, schedule=schedule) == window


@pytest.mark.parametrize("kind", ["manual", "asset_triggered"])
def test_a_given_span_ends_on_a_part_of_the_day(looked, kind):
    assert looked(kind, AFTERNOON, SIX_HOURS) == "2013-02-08T06:00/2013-02-08T12:00"


def test_a_given_span_replaces_the_data_interval(looked):
    schedule = CronDataIntervalTimetable("@hourly", timezone="UTC")
    assert looked("scheduled", day(8), DAY, schedule=schedule) == "2013-02-07T00:00/2013-02-08T00:00"


def test_a_week_ends_at_the_last_midnight_whatever_the_weekday(looked):
    assert looked("manual", AFTERNOON, timedelta(days=7)) == "2013-02-01T00:00/2013-02-08T00:00"


def test_a_text_is_rendered_and_read(looked):
    assert looked("scheduled", day(8), "{{ ds }}") == "2013-02-08T00:00/2013-02-09T00:00"
    assert looked("manual", AFTERNOON, "2013-01-01/2013-03-01") == "2013-01-01T00:00/2013-03-01T00:00"


@pytest.mark.parametrize(
    ("date", "window"),
    [
        (day(8), "2013-02-07T05:00/2013-02-08T05:00"),
        (day(11, 3), "2013-03-10T05:00/2013-03-11T04:00"),
        (day(4, 11), "2013-11-03T04:00/2013-11-04T05:00"),
    ],
    ids=["winter", "23 hours", "25 hours"],
)
def test_days_are_those_of_the_dags_timezone(looked, date, window):
    zone = "America/New_York"
    midnight = date.replace(tzinfo=pendulum.timezone(zone))
    schedule = CronTriggerTimetable("0 0 * * *", timezone=zone)
    assert looked("scheduled", midnight, schedule=schedule, zone=zone) == window
    assert looked("manual", midnight + timedelta(hours=14, minutes=37), schedule=None, zone=zone) == window


@pytest.mark.parametrize(
    ("moment", "window"),
    [
        ("2013-03-10T07:30", "2013-03-10T06:00/2013-03-10T07:00"),
        ("2013-11-03T05:30", "2013-11-03T04:00/2013-11-03T05:00"),
        ("2013-11-03T06:30", "2013-11-03T05:00/2013-11-03T06:00"),
    ],
    ids=["after the hour that is left out", "first hour from 1 to 2", "second hour from 1 to 2"],
)
def test_hours_follow_one_another_when_the_clocks_change(looked, moment, window):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert looked("manual", at, timedelta(hours=1), zone="America/New_York", schedule=None) == window


@pytest.mark.parametrize("hours", [1, 6, 24])
def test_windows_of_runs_at_the_end_of_each_span_touch(looked, hours):
    span = timedelta(hours=hours)
    windows = [looked("manual", day(8) + turn * span, span, schedule=None) for turn in range(3)]
    assert [window.partition("/")[0] for window in windows[1:]] == [
        window.partition("/")[2] for window in windows[:-1]
    ]


@pytest.mark.parametrize("wanted", [timedelta(0), timedelta(days=-1), 24])
def test_a_span_of_nothing_is_refused(wanted):
    with pytest.raises(ConfigurationError, match="give a span longer than nothing"):
        window_of({}, wanted)


def test_a_text_that_is_no_window_is_refused():
    with pytest.raises(
        ConfigurationError, match="'yesterday' is not a window; write a day such as 2013-02-08"
    ):
        window_of({}, "yesterday")


def test_tags_say_who_ran(run_dag):
    with DAG("tagged", schedule=None) as dag:
        Looking(task_id="look")
    run = run_dag(dag, "manual", AFTERNOON)
    first = run.xcom("look")
    again = run.clear("look").go().xcom("look")
    assert first["owner"] == "tagged.look[-1]"
    assert first["run_id"].startswith("manual__")
    assert (first["try"], again["try"], first["label"]) == (1, 2, None)


@pytest.mark.parametrize(("template", "labels"), [(None, ["0", "1"]), ("n{{ task.number }}", ["n7", "n8"])])
def test_instances_of_a_mapped_task_are_told_apart(run_dag, template, labels):
    with DAG(f"mapped_{next(NUMBERS)}", schedule=None) as dag:
        Looking.partial(task_id="look", map_index_template=template).expand(number=[7, 8])
    run = run_dag(dag, "manual", AFTERNOON)
    assert [run.xcom("look", index)["label"] for index in (0, 1)] == labels
    assert run.xcom("look", 1)["owner"].endswith(".look[1]")
