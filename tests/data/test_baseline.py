"""Which earlier profile a run is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from airflow_mlmonitor.data.baseline import (
    Baseline,
    Pinned,
    Previous,
    Reference,
    SameWeekday,
    Shelf,
    Trailing,
)
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import BaselineMissing, ConfigurationError
from tests.rows import profiled

TODAY = Window.parse("2013-02-08")


@dataclass
class Days(Shelf):
    """A shelf with one row a day."""

    model: str = "flight_delay"
    pins: dict[str, Profile] = field(default_factory=dict)
    days: dict[Window, Profile] = field(default_factory=dict)

    def pinned(self, version: str | None) -> tuple[str, Profile] | None:
        name = version or next(reversed(self.pins), "")
        return (f"training of {name}", self.pins[name]) if name in self.pins else None

    def earlier(self, last: int, windows: Sequence[Window] | None = None) -> list[tuple[Window, Profile]]:
        return [
            (window, part)
            for window, part in sorted(self.days.items())
            if windows is None or window in windows
        ][-last:]


def back(days: int) -> Window:
    return Window(TODAY.start - timedelta(days=days), TODAY.end - timedelta(days=days))


def shelf(*ago: int) -> Days:
    return Days(days={back(days): profiled({"x": [float(days)]}) for days in ago})


def values(reference: Reference) -> list[float]:
    assert reference.profile is not None
    found: list[float] = reference.profile["x"].sketch.x.tolist()  # type: ignore[attr-defined]
    return found


def test_pinned_takes_the_version_named_or_the_latest() -> None:
    days = Days(pins={"v1": profiled({"x": [1.0]}), "v2": profiled({"x": [2.0]})})
    for baseline, label, value in ((Pinned(), "training of v2", 2.0), (Pinned("v1"), "training of v1", 1.0)):
        found = baseline.find(days, TODAY)
        assert (found.label, values(found), found.runs) == (label, [value], 0)


@pytest.mark.parametrize(("version", "what"), [(None, "any version"), ("v7", "version 'v7'")])
def test_a_pinned_baseline_that_is_not_there_says_how_to_pin_one(version: str | None, what: str) -> None:
    expected = (
        f"No baseline is pinned for {what} of model 'flight_delay'. Pin one: run a ProfileOperator with pin="
    )
    with pytest.raises(BaselineMissing, match=expected):
        Pinned(version).find(shelf(1), TODAY)


def test_trailing_merges_the_last_runs() -> None:
    found = Trailing(runs=3, least=2).find(shelf(1, 2, 3, 4), TODAY)
    assert values(found) == [1.0, 2.0, 3.0]
    assert (found.label, found.runs) == ("3 runs (2013-02-05 to 2013-02-08, 3 rows)", 3)


def test_too_little_history_gives_no_profile_and_says_how_much_is_needed() -> None:
    assert Trailing().find(shelf(1, 2), TODAY) == Reference("2 runs so far; 3 are needed", None, 2)
    assert Previous().find(shelf(), TODAY) == Reference("0 runs so far; 1 are needed", None, 0)
    assert SameWeekday().find(shelf(7), TODAY) == Reference("1 earlier Friday so far; 2 are needed", None, 1)


def test_previous_takes_the_last_run() -> None:
    found = Previous().find(shelf(1, 2, 3), TODAY)
    assert (values(found), found.label) == ([1.0], "1 run (2013-02-07, 1 rows)")


def test_same_weekday_looks_back_by_weeks() -> None:
    found = SameWeekday(weeks=3).find(shelf(*range(1, 40)), TODAY)
    assert values(found) == [7.0, 14.0, 21.0]
    assert found.label == "3 earlier Fridays (2013-01-18 to 2013-02-02, 3 rows)"


def test_same_weekday_of_hourly_windows_is_the_same_hour() -> None:
    hour = Window.parse("2013-02-08T06:00/2013-02-08T07:00")
    days = Days(
        days={
            Window(hour.start - timedelta(hours=ago), hour.end - timedelta(hours=ago)): profiled(
                {"x": [ago / 1]}
            )
            for ago in range(1, 400)
        }
    )
    assert values(SameWeekday().find(days, hour)) == [168.0, 336.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Trailing(runs=2, least=3),
        lambda: Trailing(least=0),
        lambda: SameWeekday(weeks=1),
        lambda: SameWeekday(least=0),
    ],
)
def test_numbers_that_cannot_work_are_refused(make: object) -> None:
    with pytest.raises(ConfigurationError, match=r"needs 1 <= least <= (runs|weeks); it has \d and \d+"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "baseline", [Pinned(), Trailing(), Previous(), SameWeekday()], ids=lambda item: type(item).__name__
)
def test_baselines_are_values(baseline: Baseline) -> None:
    assert baseline == type(baseline)()
    assert hash(baseline) == hash(type(baseline)())
