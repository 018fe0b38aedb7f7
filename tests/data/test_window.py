"""Spans of data time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

START = datetime(2013, 2, 8, tzinfo=UTC)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))


def test_moments_are_kept_in_utc_and_those_without_a_zone_are_utc() -> None:
    berlin = datetime(2013, 2, 8, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert Window(berlin, datetime(2013, 2, 9)) == Window(START, START + timedelta(days=1))


@pytest.mark.parametrize("end", [START, START - timedelta(seconds=1)])
def test_an_empty_or_backward_span_is_refused(end: datetime) -> None:
    with pytest.raises(ConfigurationError, match="is empty; its end must be later than its start"):
        Window(START, end)


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2013-02-08", START, START + timedelta(days=1), "2013-02-08"),
        (" 2013-02-08/2013-02-09 ", START, START + timedelta(days=1), "2013-02-08"),
        ("2013-02-08/2013-02-10", START, START + timedelta(days=2), "2013-02-08T00:00/2013-02-10T00:00"),
        ("2013-02-08T01:00+01:00", START, START + timedelta(days=1), "2013-02-08"),
        (
            "2013-02-08T06:00:30Z/2013-02-08T12:00Z",
            START + timedelta(hours=6, seconds=30),
            START + timedelta(hours=12),
            "2013-02-08T06:00:30/2013-02-08T12:00",
        ),
    ],
)
def test_a_day_or_two_moments_are_read(text: str, start: datetime, end: datetime, label: str) -> None:
    window = Window.parse(text)
    assert (window.start, window.end, window.label, str(window)) == (start, end, label, label)


@given(moments, st.integers(1, 10**7))
def test_a_label_is_read_back_as_the_same_window(start: datetime, seconds: int) -> None:
    window = Window(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(seconds=seconds))
    assert Window.parse(window.label) == window


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2013-02-30", "2013-02-08/", "/2013-02-08", "9999-12-31", "a/b/c"]
)
def test_other_text_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match="is not a window; write a day such as 2013-02-08, or start/end"
    ):
        Window.parse(text)


def test_windows_are_ordered_by_time() -> None:
    days = [Window.parse(f"2013-02-{day:02d}") for day in (9, 8, 10)]
    assert [window.label for window in sorted(days)] == ["2013-02-08", "2013-02-09", "2013-02-10"]


@given(moments, st.integers(1, 10**6), st.integers(60, 10**6))
def test_the_parts_of_a_window_follow_each_other_and_make_it_up(
    start: datetime, seconds: int, span: int
) -> None:
    window = Window(start, start + timedelta(seconds=seconds))
    parts = list(window.split(timedelta(seconds=span)))
    assert parts[0].start == window.start
    assert parts[-1].end == window.end
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(part.span == timedelta(seconds=span) for part in parts[:-1])
