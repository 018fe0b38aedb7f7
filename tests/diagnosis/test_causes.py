"""Causes on small literal rows: what flights do not show, and what must stay untold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.diagnosis import Circumstances, Diagnosis, diagnose
from airflow_mlmonitor.judging.verdict import Status, Verdict

DRAW = np.random.default_rng(0)


def finding(name: str, column: str | None, value: float = 0.5, **more: Any) -> Verdict:
    told = {"scale": "share", "family": "values", "n": 400} | more
    severity = told.pop("severity", 2.0)
    metric = Metric(name=name, column=column, value=value, **told)
    return Verdict(metric=metric, status=Status.WARN, lower=0.0, upper=0.1, severity=severity, why="unusual")


def first(now: Profile, before: Profile, *findings: Verdict, **more: Any) -> Diagnosis:
    return diagnose(Circumstances(verdicts=findings, now=now, before=before, **more))[0]


def profile(rows: dict[str, Any], **options: Any) -> Profile:
    return read(Frame(rows, **options))


def test_a_slice_tells_for_which_key_a_join_failed() -> None:
    origin = ["EWR", "JFK", "LGA", "JFK"] * 100
    before = profile({"origin": origin, "temp": [1.5] * 400, "dewp": [0.5] * 400}, slices=("origin",))
    lost = [None if place == "EWR" else 1.5 for place in origin]
    now = profile({"origin": origin, "temp": lost, "dewp": lost}, slices=("origin",))
    found = first(now, before, finding("null_share", "temp", 0.25, family="missing"))
    assert (found.cause, found.slice, found.rows) == ("join_failed", "origin = EWR", 100)
    assert found.columns == ("temp", "dewp")
    assert "they are missing in 100 of the 100 rows with origin = EWR" in found.evidence


def test_a_join_is_seen_to_fail_where_its_columns_go_missing_by_nature() -> None:
    half = [None, 1.5] * 200
    before, now = (profile({"temp": half, "dewp": half}) for _ in range(2))
    said = "missing in 50 of 50 rows with origin = EWR"
    verdicts = [
        finding("nulls_by_segment", name, 0.9, family="nulls_by_segment", slice="origin=*", why=said)
        for name in ("temp", "dewp")
    ]
    found = first(now, before, *verdicts)
    assert (found.cause, found.columns) == ("join_failed", ("temp", "dewp"))


def test_a_new_version_is_the_cause_of_other_predictions() -> None:
    before, now = profile({"pred": DRAW.normal(0, 1, 400)}), profile({"pred": DRAW.normal(0.1, 2, 400)})
    found = first(
        now, before, finding("sd", "pred", 2.0), model_version="v4", versions=["v2", None, "v3", "v3", "v3"]
    )
    assert found.cause == "new_model_version"
    assert found.evidence[0] == "version v3 served in the 3 runs before"


@pytest.mark.parametrize(
    ("version", "versions"), [("v3", ["v3"]), (None, ["v3"]), ("v3", []), ("v3", [None])]
)
def test_a_version_that_is_not_new_or_not_known_explains_nothing(
    version: str | None, versions: list[str | None]
) -> None:
    before, now = profile({"pred": DRAW.normal(0, 1, 400)}), profile({"pred": DRAW.normal(0, 2, 400)})
    found = diagnose(
        Circumstances(
            verdicts=[finding("sd", "pred", 2.0)],
            now=now,
            before=before,
            model_version=version,
            versions=versions,
        )
    )
    assert "new_model_version" not in {one.cause for one in found}


def test_day_and_month_that_changed_places() -> None:
    start = datetime(2013, 4, 7, tzinfo=UTC)
    usual = [start - timedelta(days=days, minutes=7 * row) for days in range(20) for row in range(20)]
    at = [start + timedelta(minutes=row) for row in range(400)]
    swapped = [moment.replace(month=moment.day, day=moment.month) for moment in at[:100]] + at[100:]
    found = first(
        profile({"at": swapped}, timestamp="at"),
        profile({"at": usual}, timestamp="at"),
        finding("min", "at", 0.0),
        window=Window.parse("2013-04-07"),
    )
    assert (found.cause, found.rows) == ("day_month_swapped", 100)


def test_a_birthday_is_not_taken_for_a_swapped_date() -> None:
    born = [datetime(1950 + row % 50, 1 + row % 12, 1 + row % 28, tzinfo=UTC) for row in range(400)]
    circumstances = Circumstances(
        verdicts=[finding("mean", "born", 0.0)],
        now=profile({"born": born}),
        before=profile({"born": born}),
        window=Window.parse("1960-03-02"),
    )
    assert diagnose(circumstances) == []


def test_a_frozen_source_is_seen_by_its_moments_alone() -> None:
    last = profile({"rate": DRAW.normal(0, 1, 400)})
    before = last + profile({"rate": DRAW.normal(0.4, 1, 4000)})
    found = first(last, before, finding("mean", "rate", 0.1), previous=last)
    assert found.cause == "upstream_frozen"


def test_a_temperature_that_is_warm_today_has_no_cause() -> None:
    before = profile({"temp": DRAW.normal(10, 4, 9000).round(1)})
    warm = profile({"temp": DRAW.normal(19, 3, 400).round(1)})
    found = diagnose(Circumstances(verdicts=[finding("mean", "temp", 19.0)], now=warm, before=before))
    assert [one.cause for one in found if one.confidence > 0.8] == []


@pytest.mark.parametrize(
    "now", [["Bonn"] * 300 + ["Ulm"] * 100, ["Ulm "] * 400, ["Ulm"] * 400, ["unknown"] * 400]
)
def test_values_of_private_columns_are_never_told(now: list[str]) -> None:
    before = profile(
        {"town": ["Ulm", "Bonn", "Trier", "Kiel"] * 1000, "x": [1.0, 2.0, 3.0, 4.0] * 1000}, private=("town",)
    )
    rows = profile({"town": now, "x": [1.0, 2.0, 3.0, None] * 100}, private=("town",), slices=("town",))
    circumstances = Circumstances(
        verdicts=[
            finding("unseen_share", "town", 0.5),
            finding("null_share", "x", 0.25, family="missing"),
            finding("rows", None, 400.0, family="rows", scale="count"),
        ],
        now=rows,
        before=before,
        runs=4,
    )
    text = repr([one.document() for one in diagnose(circumstances)])
    hashes = [*rows["town"].counts, *before["town"].counts]  # type: ignore[attr-defined]
    assert [value for value in (*hashes, "Ulm", "Bonn", "unknown") if value in text] == []


def test_without_a_baseline_little_is_said_and_nothing_breaks() -> None:
    now = profile({"x": [1.0] * 400, "name": ["a"] * 400})
    assert diagnose(Circumstances(verdicts=[finding("sd", "x"), finding("top_share", "name")], now=now)) == []


def test_no_rows_at_all_break_nothing() -> None:
    before = profile({"x": DRAW.normal(0, 1, 400)})
    found = diagnose(
        Circumstances(
            verdicts=[finding("rows", None, 0.0, family="rows")], now=Profile(), before=before, runs=1
        )
    )
    assert {one.cause for one in found} <= {"volume_change"}
