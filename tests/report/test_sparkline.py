from __future__ import annotations

import re

from airflow_mlmonitor.report.sparkline import Sparkline, drawn, sparkline, unbroken
from tests.report.pages_made import finding, history


def chart(**changes: object) -> Sparkline:
    made = sparkline(finding(**changes))
    assert made is not None
    return made


def test_the_last_run_and_earlier_alerts_are_marked() -> None:
    made = chart()
    assert made.last is not None
    assert (made.last.left, made.last.bottom, made.last.status) == (100.0, 90.0, "fail")
    assert [(mark.left, mark.status) for mark in made.marks] == [(6.74, "warn")]
    assert [tick.words for tick in made.values] == ["0", "20", "40%"]
    assert [tick.words for tick in made.dates] == ["22 Aug", "20 Sep", "20 Oct", "19 Nov"]
    assert "now 36.0%, Failed, expected 0–10.6%; found in 1 earlier run" in made.sentence


def test_where_runs_have_no_value_nothing_is_drawn() -> None:
    made = chart(history=history([0, 2, None, 2, 0]), unit="count")
    assert made.line == "M0 100L25 0M75 0L100 100"


def test_a_day_without_a_run_breaks_the_line_and_weekends_of_a_working_week_do_not() -> None:
    weekdays = [day for day in range(30, -1, -1) if (30 - day) % 7 < 5]
    regular = history([1.0] * len(weekdays), days=weekdays)
    assert len(unbroken(regular)) == 1
    daily = [day for day in range(30, -1, -1) if day != 10]
    assert [len(run) for run in unbroken(history([1.0] * 30, days=daily))] == [20, 10]


def test_a_run_alone_is_a_stroke_and_a_level_range_two_corners() -> None:
    assert re.fullmatch(r"M49\.6 \S+L50\.4 \S+", chart(history=history([0.2])).line)
    assert chart(history=history([0.2] * 60, lower=0.1, upper=0.3)).band.count("L") == 3


def test_an_open_range_reaches_to_the_edge() -> None:
    band = chart(history=history([2.0, 3.0, 4.0], lower=1.0), unit="number").band
    assert band.startswith("M0 0L100 0L100")


def test_a_range_too_wide_to_see_the_values_by_is_cut() -> None:
    wide = history([1.0, 1.1, 1.2], lower=-1000, upper=1000)
    assert max(drawn(wide)) < 2
    assert min(drawn(wide)) > 0
    assert max(drawn(history([1.0, 1.0], upper=3.0))) == 3.0


def test_without_any_value_there_is_no_chart() -> None:
    assert sparkline(finding(history=history([None, None]))) is None
    assert sparkline(finding(history=[])) is None
