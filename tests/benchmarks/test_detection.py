from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.data import Window
from airflow_mlmonitor.judging.learned.learned import Learned
from airflow_mlmonitor.judging.verdict import Status, Verdict
from benchmarks.detection import __main__ as detection
from benchmarks.detection import adapter, extras, picture, plain, plan, report, scoring
from benchmarks.detection.failures import EXTRAS, FAILURES
from benchmarks.detection.failures.failure import TABLE, altered
from benchmarks.detection.measured import Measured, fingerprint, load_cached, measured
from benchmarks.detection.partition import Days, partitioned
from benchmarks.detection.peers import PEERS, Answer
from benchmarks.detection.peers.summary import Reference
from benchmarks.detection.plan import Plan, crept, damaged
from benchmarks.detection.reading import Reading
from benchmarks.detection.targets import targets
from benchmarks.detection.trial import Trial, accused, of_judge, of_peer

DAY = 40


def shop(days: int = 50, rows: int = 120) -> dict[str, Any]:
    """Orders of a made shop, with every role an adapter can name."""
    rng = np.random.default_rng(1)
    count = days * rows
    price = np.round(rng.gamma(4, 3, count), 2)
    hour = rng.integers(0, 24, count)
    frame = pd.DataFrame(
        {
            "day": np.repeat(pd.date_range("2024-01-01", periods=days), rows),
            "hour": hour,
            "clock": hour * 100 + rng.integers(0, 60, count),
            "price": price,
            "weight": np.round(price * 0.3 + rng.normal(0, 1, count), 3),
            "town": rng.choice(["Ulm", "Bonn", "Kiel"], count, p=[0.5, 0.3, 0.2]),
            "kind": rng.choice(["book", "toy", "food"], count),
            "temp": np.round(rng.normal(12, 4, count), 1),
            "returned": (price + rng.normal(0, 3, count) > 14).astype(float),
        }
    )
    return {
        "name": "shop",
        "frame": frame,
        "date": "day",
        "order": "clock",
        "numeric": ["hour", "clock", "price", "weight", "temp"],
        "categorical": ["town", "kind"],
        "label": "returned",
        "features": ["price", "weight", "town"],
        "key": "town",
        "joined": ["temp"],
        "segment": "town",
        "segment2": "kind",
        "hours": ["hour", "clock"],
        "reference_days": 16,
    }


@pytest.fixture(scope="module")
def days() -> Days:
    return partitioned(adapter.subject_of(shop()))


@pytest.fixture(scope="module")
def small(days: Days) -> Measured:
    """One day with a few failures, one creep."""
    wanted = Plan(
        positions=(DAY,),
        kinds=("unit x1000", "duplicated rows", "labels missing"),
        shares=(1.0, 0.05),
        creeps=("scale +2 % a day",),
        starts=(DAY,),
        length=3,
    )
    return measured(days, wanted)


# Adapters ---------------------------------------------------------------------------------------------------------


def test_roles_of_an_adapter_become_those_of_the_subject(days: Days) -> None:
    subject = days.subject
    assert subject.numeric == ("hour", "clock", "price", "weight", "temp")
    assert (subject.prediction, subject.label, subject.key) == ("pred", "returned", ("town",))
    assert subject.second is not None
    assert not subject.notes


def test_the_model_knows_nothing_of_later_days() -> None:
    late = shop()
    after = late["frame"]["day"] >= pd.Timestamp("2024-01-17")
    late["frame"].loc[after, "returned"] = 0.0
    first, second = (adapter.subject_of(said).frame["pred"] for said in (shop(), late))
    pd.testing.assert_series_equal(first, second)


def test_days_are_cut_ordered_and_split(days: Days) -> None:
    assert (len(days), days.step, days.reference, days.start) == (50, 1, 16, 4)
    assert days.reference < days.test < len(days)
    assert all(frame["clock"].is_monotonic_increasing for frame in days.frames)
    assert days.window(3) == Window.parse("2024-01-04")


def test_days_can_be_weeks_and_weekly_dates_are_found_out() -> None:
    said = shop(days=200, rows=20) | {"features": None}
    by_week = partitioned(adapter.subject_of(said), weekly=True)
    said["frame"]["day"] = said["frame"]["day"].dt.to_period("W").dt.start_time
    found_out = partitioned(adapter.subject_of(said))
    assert by_week.step == found_out.step == 7
    assert (len(by_week), len(found_out)) == (28, 29)  # of the last week there are four days
    assert by_week.reference == 8


@pytest.mark.parametrize(
    ("said", "start", "test"), [(None, 14, 91), (20, 20, 91), (120, 14, 120), ("2024-01-11", 10, 91)]
)
def test_start_day_is_that_of_history_or_of_the_test(said: Any, start: int, test: int) -> None:
    subject = adapter.subject_of(shop() | {"features": None, "reference_days": 60, "start_day": said})
    assert (subject.start_day, subject.first_test_day) == (start, test)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, 60), (30, 30), (range(40), 40), ([0, 45], 45), (("2024-01-01", "2024-02-01"), 31), ("2024-01-11", 10),
        (list("abc"), 3), ([], 60), (np.int64(7), 7),
    ],
)  # fmt: skip
def test_a_number_of_days_may_be_said_in_many_ways(said: Any, expected: int) -> None:
    assert plain.count_of(said, 60, since=pd.Timestamp("2024-01-01")) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-01-02", "2024-01-03"], ["2024-01-02", "2024-01-03"]),
        (["2 Jan 2024 10:00", "nonsense"], ["2024-01-02", None]),
        ([20240102, 20240103], ["2024-01-02", "2024-01-03"]),
        ([0, 1], ["1970-01-01", "1970-01-02"]),
        (
            pd.to_datetime(["2024-01-02 23:00+00:00", "2024-01-03"], format="mixed", utc=True),
            ["2024-01-02", "2024-01-03"],
        ),
    ],
)
def test_days_are_read_from_any_type(values: Any, expected: list[str | None]) -> None:
    found = plain.days(pd.Series(values))
    assert [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in found] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.array([1, None], dtype="Int64"), [1.0, None]),
        (pd.array([True, None], dtype="boolean"), [1.0, None]),
        (pd.Categorical(["3", "x"]), [3.0, None]),
        (np.array([1.5, np.inf]), [1.5, None]),
        (pd.to_timedelta(["60s", None]), [60.0, None]),
        (["7", 8, "?", None], [7.0, 8.0, None, None]),
    ],
)
def test_numbers_are_floats_whatever_they_were(values: Any, expected: list[float | None]) -> None:
    found = plain.numbers(pd.Series(values))
    assert found.dtype == float
    assert [None if pd.isna(value) else value for value in found] == expected


def test_labels_may_be_names_or_truths() -> None:
    assert plain.label(pd.Series(["no", "yes", None])).tolist()[:2] == [0.0, 1.0]
    assert plain.label(pd.Series([True, False])).tolist() == [1.0, 0.0]
    assert plain.label(pd.Series(["a", "b", "b", "c"])).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_what_is_missing_is_said() -> None:
    said = shop() | {"numeric": ["price", "nowhere"], "joined": ["gone"], "features": None}
    notes = " ".join(adapter.subject_of(said).notes)
    assert "nowhere" in notes
    assert "gone" in notes
    assert "there are no predictions" in notes


@pytest.mark.parametrize("said", [{}, {"frame": pd.DataFrame({"a": [1]}), "date": "b"}])
def test_no_frame_or_no_date_is_an_error(said: dict[str, Any]) -> None:
    with pytest.raises(SystemExit, match=r"frame"):
        adapter.subject_of(said)


def test_an_adapter_without_load_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n")
    with pytest.raises(SystemExit, match=r"load\(\)"):
        adapter.load(tmp_path / "empty.py")


# Failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_touches_the_asked_share_of_one_column(days: Days, kind: str) -> None:
    whole, quarter = damaged(days, (DAY, kind, 1.0)), damaged(days, (DAY, kind, 0.25))
    assert whole is not None
    assert quarter is not None
    assert whole.guilty == quarter.guilty
    assert quarter.touched == pytest.approx(whole.touched / 4, abs=1)
    before, after = days.frames[DAY], quarter.rows
    if len(before) == len(after):
        changed = {name for name in before if altered(before[name], after[name]).any()}
        assert changed
        assert changed <= quarter.guilty
        touched = np.logical_or.reduce([altered(before[name], after[name]) for name in changed])
        assert touched.sum() == quarter.touched
    else:
        assert TABLE in quarter.guilty
        assert abs(len(before) - len(after)) == quarter.touched


def test_rows_of_a_small_share_are_among_those_of_a_large_one(days: Days) -> None:
    before = days.frames[DAY]
    large, small = (damaged(days, (DAY, "unit x1000", share)) for share in (0.25, 0.05))
    assert large is not None
    assert small is not None
    (name,) = large.guilty
    inner, outer = (altered(before[name], damage.rows[name]) for damage in (small, large))
    assert outer[inner].all()


def test_the_day_itself_stays_as_it_was(days: Days) -> None:
    before = days.frames[DAY].copy()
    for kind in FAILURES:
        damaged(days, (DAY, kind, 1.0))
    pd.testing.assert_frame_equal(days.frames[DAY], before)


def test_failures_are_the_same_every_time(days: Days) -> None:
    for kind in FAILURES:
        first, second = damaged(days, (DAY, kind, 0.25)), damaged(days, (DAY, kind, 0.25))
        assert first is not None
        assert second is not None
        pd.testing.assert_frame_equal(first.rows, second.rows)


CHANGES: dict[str, Callable[[pd.Series], pd.Series]] = {
    "unit x1000": lambda old: old * 1000,
    "miles to km": lambda old: old * 1.609344,
    "decimals truncated": np.trunc,
    "decimal slip x10": lambda old: old * 10,
    "stray space": lambda old: old + " ",
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_failure_does_what_it_is_called(days: Days, kind: str) -> None:
    damage = damaged(days, (DAY, kind, 1.0))
    assert damage is not None
    (name,) = damage.guilty
    expected = CHANGES[kind](days.frames[DAY][name])
    assert damage.rows[name].tolist() == expected.tolist()


def test_a_failed_join_empties_the_joined_columns_of_one_key(days: Days) -> None:
    damage = damaged(days, (DAY, "joined columns null", 1.0))
    assert damage is not None
    empty = damage.rows[damage.rows["temp"].isna()]
    assert empty["town"].nunique() == 1
    assert len(empty) == (damage.rows["town"] == empty["town"].iloc[0]).sum()


def test_the_last_part_of_the_day_is_what_is_missing(days: Days) -> None:
    damage = damaged(days, (DAY, "last part missing", 1.0))
    assert damage is not None
    pd.testing.assert_frame_equal(damage.rows, days.frames[DAY].iloc[:60])


def test_what_the_data_has_nothing_for_cannot_fail(days: Days) -> None:
    bare = replace(
        days.subject, hours=(), joined=(), key=(), segment=None, label=None, prediction=None, categorical=()
    )
    poor = replace(days, subject=bare)
    impossible = {kind for kind in FAILURES if damaged(poor, (DAY, kind, 1.0)) is None}
    assert impossible == {
        "hours shifted", "joined columns null", "joined a day old", "segment dropped", "labels missing",
        "wrong model version", "constant prediction", "labels flipped", "category renamed", "categories merged",
        "stray space",
    }  # fmt: skip


def test_added_columns_can_fail_too(days: Days) -> None:
    wide = partitioned(extras.extended(days.subject))
    for kind in EXTRAS:
        damage = damaged(wide, (DAY - 7, kind, 1.0))
        assert damage is not None, kind
        assert damage.touched


def test_creeps_grow(days: Days) -> None:
    for kind in Plan(positions=()).creeps:
        first, last = crept(days, kind, DAY, DAY), crept(days, kind, DAY, DAY + 9)
        assert first is not None
        assert last is not None
        assert first.guilty == last.guilty
        if kind == "volume -2 % a day":
            assert len(last.rows) < len(first.rows) < 120
        elif kind == "scale +2 % a day":
            (name,) = last.guilty
            assert (
                (last.rows[name] / days.frames[DAY + 9][name]).dropna().round(6).eq(round(1.02**10, 6)).all()
            )


# Readings and judgements --------------------------------------------------------------------------------------------


def test_a_reading_keeps_the_numbers_of_its_metrics() -> None:
    metrics = [
        Metric(name="null_share", value=0.25, column="fare", n=8, scale="share", worse="up", expected=0.1),
        Metric(name="mean", value=None, column="fare", why="there are no values"),
    ]
    reading = Reading.of(metrics, 8, Reference().summarise(pd.DataFrame()))
    assert reading.metrics == [metrics[0], replace(metrics[1], why=None)]


def test_every_day_and_variant_is_measured(small: Measured, days: Days) -> None:
    assert len(small.clean) == len(days)
    assert len(small.variants) == 6
    assert [len(found) for found in small.creeps.values()] == [3]
    assert small.variants[DAY, "duplicated rows", 1.0].rows == 240
    assert {"null_share", "rows", "mean"} <= {metric.name for metric in small.clean[DAY].metrics}


def test_what_was_measured_is_found_again(small: Measured, days: Days, tmp_path: Path) -> None:
    small.save(tmp_path / "one.pickle")
    (found,) = load_cached(tmp_path)
    assert found.clean[DAY].metrics == small.clean[DAY].metrics
    assert fingerprint(days, small.plan) == fingerprint(days, small.plan)
    assert fingerprint(days, small.plan) != fingerprint(days, replace(small.plan, shares=(1.0,)))


def test_two_processes_measure_what_one_does(small: Measured, days: Days) -> None:
    both = measured(days, small.plan, processes=2)
    for variant, reading in small.variants.items():
        assert both.variants[variant].metrics == reading.metrics


def test_our_judge_decides_day_by_day(small: Measured) -> None:
    trial = of_judge(Learned(), small)
    assert set(trial.clean) == set(range(small.test, len(small.clean)))
    assert trial.variants[DAY, "duplicated rows", 1.0].alert
    assert [len(answers) for answers in trial.creeps.values()] == [3]
    again = of_judge(Learned(), small, clean_only=True)
    assert again.clean == trial.clean


@pytest.mark.parametrize("peer", PEERS)
def test_peers_see_something_in_a_thousandfold_column(peer: Any, small: Measured) -> None:
    trial = of_peer(peer, small)
    assert trial.variants[DAY, "unit x1000", 1.0].score > trial.clean[DAY].score
    assert set(trial.clean) == set(range(small.test, len(small.clean)))


def test_a_verdict_accuses_the_columns_of_its_rule() -> None:
    def about(
        column: str | None, name: str = "identity", family: str = "identity", suspects: tuple[str, ...] = ()
    ) -> list[str]:
        metric = Metric(name=name, value=0.1, column=column, family=family)
        return accused(Verdict(metric=metric, status=Status.WARN, suspects=suspects))

    assert about("hour+clock") == ["hour", "clock"]
    assert about("hour+clock", suspects=("clock", "hour")) == ["clock", "hour"]
    assert about(None) == [TABLE]
    assert about("hour", "segment_rows", "segment_rows") == [TABLE, "hour"]


# Scores -----------------------------------------------------------------------------------------------------------


def said(alert: int, score: float = 0.0, *blamed: str) -> Answer:
    return Answer(alert=bool(alert), score=score, blamed=blamed)


def test_incidents_are_alerts_with_two_quiet_runs_between_them_at_most() -> None:
    assert scoring.incidents([]) == 0
    assert scoring.incidents([True, False, False, True]) == 1
    assert scoring.incidents([True, False, False, False, True]) == 2


def test_rates_are_per_thirty_days() -> None:
    alerts = [True] * 3 + [False] * 57
    found = scoring.rates(alerts, 1)
    assert found["whole"] == 1.5
    assert (found["first_half"], found["second_half"]) == (3.0, 0.0)
    assert (found["worst_30_days"], found["worst_90_days"]) == (3.0, 1.5)
    assert scoring.rates([True] + [False] * 9, 7)["whole"] == pytest.approx(30 / 70)


def test_recall_is_net_of_days_that_alert_anyway() -> None:
    trial = Trial(
        "a method",
        clean={1: said(0), 2: said(1)},
        variants={(1, "a", 1.0): said(1), (1, "b", 1.0): said(0), (2, "a", 1.0): said(1)},
    )
    assert scoring.net(trial) == {(1, "a", 1.0): True, (1, "b", 1.0): False}


def test_the_line_drawn_afterwards_lets_one_day_in_thirty_through() -> None:
    trial = Trial(
        "a method",
        clean={day: said(1, day) for day in range(60)},
        variants={(0, "a", 1.0): said(0, 57.5), (0, "b", 1.0): said(0, 57)},
    )
    tuned = scoring.tuned(trial, 1)
    assert sum(answer.alert for answer in tuned.clean.values()) == 2
    assert [answer.alert for answer in tuned.variants.values()] == [True, False]


def test_figures_of_a_trial(small: Measured) -> None:
    trial = Trial(
        "a method",
        clean=dict.fromkeys(range(small.test, len(small.clean)), said(0)) | {DAY + 1: said(1)},
        variants={
            (DAY, "unit x1000", 1.0): said(1, 1, "town", *small.guilty[DAY, "unit x1000", 1.0]),
            (DAY, "unit x1000", 0.05): said(0),
            (DAY, "duplicated rows", 1.0): said(1, 1, TABLE),
        },
        creeps={("scale +2 % a day", DAY): [said(0), said(1), said(1)]},
    )
    found = scoring.figures(trial, small)
    assert found["net_recall"] == pytest.approx(2 / 3)
    assert found["recall_by_share"] == {"1": 1.0, "0.05": 0.0}
    assert found["recall_by_failure"] == {"unit x1000": 0.5, "duplicated rows": 1.0}
    assert (found["root_cause_top1"], found["root_cause_top3"]) == (0.5, 1.0)
    assert found["creeps"]["share"] == 1.0
    assert found["creeps"]["median_delay_days"] == 3.0  # on the second day the method alerts anyway


# The whole ----------------------------------------------------------------------------------------------------------

WEIRD = """
import numpy as np
import pandas as pd

def load():
    rng = np.random.default_rng(3)
    day = np.delete(np.arange(34), [9, 20]).repeat(40)
    count = len(day)
    frame = pd.DataFrame({
        "when": (pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")).strftime("%d %b %Y"),
        "clock": [f"{hour:02d}:30" for hour in rng.integers(0, 24, count)],
        "flag": rng.random(count) < 0.3,
        "amount": pd.array(np.where(rng.random(count) < 0.1, None, rng.integers(0, 50, count)), dtype="Int64"),
        "mixed": pd.Series([n if n % 3 else str(n) for n in rng.integers(0, 90, count).tolist()], dtype=object),
        "lists": pd.Series([[1], None, {"a": 2}, "x"] * (count // 4), dtype=object),
        "colour": pd.Categorical(rng.choice(["red", "blue"], count)),
        "outcome": rng.choice(["yes", "no"], count),
    })
    return {
        "frame": frame, "date": "when", "order": None, "numeric": ["flag", "amount", "mixed", "absent"],
        "categorical": ["colour", "lists"], "label": "outcome", "features": ["amount", "colour"], "hours": ["clock"],
        "joined": [], "key": None, "segment": "colour",
    }
"""


def test_weird_types_run_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "BUILD", tmp_path / "build")
    monkeypatch.setattr(plan, "quick", lambda days: replace(few(days), positions=few(days).positions[:1]))
    (tmp_path / "weird.py").write_text(WEIRD)
    out = tmp_path / "out.json"
    assert not detection.main(
        ["--adapter", str(tmp_path / "weird.py"), "--quick", "--json", str(out), "--processes", "1"]
    )
    figures = json.loads(out.read_text())
    assert set(figures["false_alerts_per_30d"]) >= {"whole", "worst_30_days", "worst_90_days"}
    assert "joined columns null" not in figures["recall_by_failure"]
    assert any("left out" in note and "joined columns null" in note for note in figures["notes"])
    assert any("absent" in note for note in figures["notes"])
    assert len(figures["peers"]) == len(PEERS)
    assert out.with_suffix(".svg").read_text().startswith("<svg")


def few(days: Days) -> Plan:
    """Two days, full share, one short creep."""
    whole = plan.full(days)
    return replace(
        whole,
        positions=whole.positions[-2:],
        shares=(1.0,),
        starts=whole.starts[:1],
        length=2,
        budgets=(1.0,),
    )


def test_real_flights_keep_above_the_floor() -> None:
    """Half a year of flights: quick, and far from the best it can do; a judge that has lost its way falls below."""
    said = adapter.load(adapter.FLIGHTS)
    half = said.dates < said.dates.min() + pd.Timedelta(days=130)
    subject = replace(
        said,
        frame=said.frame[half],
        dates=said.dates[half],
        order=None if said.order is None else said.order[half],
        second=None if said.second is None else said.second[half],
    )
    days = partitioned(subject)
    wanted = replace(few(days), creeps=(), positions=plan.full(days).positions[-3:])
    found = measured(days, wanted)
    figures = scoring.figures(of_judge(Learned(), found), found)
    assert figures["false_alerts_per_30d"]["whole"] <= 6
    assert figures["net_recall"] >= 0.6
    assert figures["root_cause_top3"] >= 0.8


def test_tables_and_picture_show_what_there_is(small: Measured) -> None:
    figures = scoring.figures(of_judge(Learned(), small), small) | {"data": "a < b", "notes": []}
    assert "a &lt; b" in picture.drawn(figures)
    assert report.tables(figures)
    unmeasured = {target.what for target in targets(figures) if target.value(figures) is None}
    assert "times the best peer tuned afterwards" in unmeasured
    assert "net recall, all shares" not in unmeasured
