"""The learned judge: what it keeps quiet about, what it finds, and what it must never learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from airflow_mlmonitor.checks import Metric
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Judgement, Learned, Status, Verdict
from airflow_mlmonitor.judging.learned.trace import pack, unpack
from airflow_mlmonitor.judging.verdict import ranked
from airflow_mlmonitor.store.history import History, State
from tests.judging.past import run

DAYS = 70
JUDGE = Learned()
Day = list[Metric]


def mean(value: float | None, column: str = "fare") -> Metric:
    return Metric(name="mean", value=value, column=column, n=1000, family="values")


def spread(value: float, column: str = "fare") -> Metric:
    return Metric(name="sd", value=value, column=column, n=1000, scale="log", family="values")


def nulls(value: float, column: str = "fare") -> Metric:
    return Metric(
        name="null_share", value=value, column=column, n=1000, scale="share", family="missing", worse="up"
    )


def usual(seed: int, columns: int = 3) -> Day:
    """A day on which nothing is wrong."""
    random = np.random.default_rng(seed)
    day: Day = []
    for number in range(columns):
        level, share = random.normal(100, 2), random.binomial(1000, 0.02) / 1000
        day += [
            mean(float(level), f"c{number}"),
            spread(20 * float(np.exp(random.normal(0, 0.05))), f"c{number}"),
            nulls(share, f"c{number}"),
        ]
    return day


def remembered(days: Sequence[Day], states: Sequence[State] = ()) -> History:
    """What a store gives after some days."""
    known = [*states, *[State.CLEAN] * (len(days) - len(states))]
    traces = JUDGE.rehearse([(run(number).window, day) for number, day in enumerate(days)])
    runs = tuple(run(number, state) for number, state in enumerate(known))
    return History(runs, traces={"learned": dict(enumerate(traces))})


@pytest.fixture(scope="module")
def year() -> History:
    return remembered([usual(seed) for seed in range(DAYS)])


def judged(day: Day, history: History, at: int = DAYS) -> Judgement:
    return JUDGE.judge(day, history, run(at).window)


def findings(judgement: Judgement) -> list[Verdict]:
    return [verdict for verdict in judgement.verdicts if verdict.status.is_finding]


def changed(day: Day, change: Callable[[Metric], float | None], column: str = "c1") -> Day:
    return [replace(metric, value=change(metric)) if metric.column == column else metric for metric in day]


def test_an_usual_day_is_ok_and_says_where_each_metric_should_be(year: History) -> None:
    judgement = judged(usual(1000), year)
    assert {verdict.status for verdict in judgement.verdicts} == {Status.OK}
    assert judgement.score is not None
    assert judgement.threshold is not None
    assert judgement.score < judgement.threshold
    for verdict in judgement.verdicts:
        assert verdict.expected is not None
        assert verdict.upper is not None
        assert verdict.upper > verdict.expected
        assert (verdict.lower is None) == (verdict.metric.worse == "up")


def test_what_breaks_is_found_first_and_says_so_in_words(year: History) -> None:
    day = changed(usual(1000), lambda metric: 0.4 if metric.name == "null_share" else metric.value)
    judgement = judged(day, year)
    (verdict,) = findings(judgement)
    assert (verdict.metric.name, verdict.metric.column) == ("null_share", "c1")
    assert verdict.status is Status.FAIL
    assert verdict.why.startswith("missing in 40.0% of 1,000 rows; expected at most ")
    assert f"({DAYS} runs; highest " in verdict.why
    assert verdict.severity > 1


def test_the_value_under_test_is_never_in_its_own_range(year: History) -> None:
    quiet, loud = judged(usual(1000), year), judged(changed(usual(1000), lambda _: 0.9), year)
    before = {verdict.metric.key: (verdict.lower, verdict.upper) for verdict in quiet.verdicts}
    assert {verdict.metric.key: (verdict.lower, verdict.upper) for verdict in loud.verdicts} == before


def test_a_run_says_the_same_whatever_came_later(year: History) -> None:
    day = changed(usual(1000), lambda metric: (metric.value or 0) * 2)
    early = History(
        year.runs[:50], traces={"learned": {k: v for k, v in year.traces["learned"].items() if k < 50}}
    )
    then = remembered([usual(seed) for seed in range(50)])
    assert judged(day, early, 50) == judged(day, then, 50)


def test_runs_marked_bad_change_nothing(year: History) -> None:
    broken = [changed(usual(seed), lambda metric: (metric.value or 0) * 5) for seed in range(500, 510)]
    days = [usual(seed) for seed in range(DAYS)]
    both = remembered([*days, *broken], [*[State.CLEAN] * DAYS, *[State.BAD] * 10])
    for day in (usual(1000), broken[0]):
        assert judged(day, both, DAYS + 10).verdicts == judged(day, year, DAYS + 10).verdicts


def test_an_alert_does_not_teach_what_it_alerted_for(year: History) -> None:
    broken = changed(usual(1000), lambda metric: 0.4 if metric.name == "null_share" else metric.value)
    history = year
    for number in range(DAYS, DAYS + 8):
        judgement = judged(broken, history, number)
        assert [verdict.metric.column for verdict in findings(judgement)][:1] == ["c1"]
        traces = {**history.traces["learned"], number: judgement.traces["learned"]}
        over = replace(run(number, State.ALERT), score=judgement.score, threshold=judgement.threshold)
        history = History((*history.runs, over), traces={"learned": traces})
    assert findings(judged(broken, history, DAYS + 8))[0].status is Status.FAIL
    mended = judged(usual(1001), history, DAYS + 8)
    assert mended.score is not None
    assert mended.threshold is not None
    assert mended.score < mended.threshold


def test_what_a_person_accepted_is_the_new_normal(year: History) -> None:
    moved = [
        changed(usual(seed), lambda metric: (metric.value or 0) + 30 * (metric.name == "mean"))
        for seed in range(4)
    ]
    days = [*[usual(seed) for seed in range(DAYS)], *moved[:3]]
    history = remembered(days, [*[State.CLEAN] * DAYS, *[State.ACCEPTED] * 3])
    since = {("c1", "values"): run(DAYS).window.start}
    assert not findings(judged(moved[3], replace(history, accepted=since), DAYS + 3))
    (verdict, *_) = findings(judged(usual(1000), replace(history, accepted=since), DAYS + 3))
    assert verdict.metric.key == ("mean", "c1", "")


def test_without_points_and_traces_the_first_runs_are_learned_from_and_only_hard_things_are_said() -> None:
    gone = Metric(name="column_gone", value=1.0, column="fare", family="shape", why="the column is gone")
    judgement = JUDGE.judge([*usual(0), gone], History(), run(0).window)
    assert {verdict.status for verdict in judgement.verdicts} == {Status.LEARNING, Status.FAIL}
    assert [verdict.metric for verdict in findings(judgement)] == [gone]


def test_a_young_monitor_finds_what_is_far_out_and_tells_what_would_have_warned() -> None:
    history = remembered([usual(seed) for seed in range(8)])
    far = changed(usual(1000), lambda metric: 1.0 if metric.name == "null_share" else metric.value)
    (verdict,) = findings(judged(far, history, 8))
    assert verdict.metric.key == ("null_share", "c1", "")
    assert not findings(judged(usual(1000), history, 8))
    near = changed(usual(1000), lambda metric: 0.2 if metric.name == "null_share" else metric.value)
    said = [verdict for verdict in judged(near, history, 8).verdicts if verdict.status is Status.LEARNING]
    assert [verdict.metric.key for verdict in said] == [("null_share", "c1", "")]
    assert "would have warned" in said[0].why


def test_constant_metrics_stay_quiet_until_they_move() -> None:
    days = [[mean(7.0), spread(2.0), nulls(0.0)] for _ in range(DAYS)]
    history = remembered(days)
    assert not findings(judged(days[0], history))
    assert not findings(judged([mean(7.0000001), spread(2.0), nulls(0.0)], history))
    (verdict,) = findings(judged([mean(9.0), spread(2.0), nulls(0.0)], history))
    assert verdict.metric.name == "mean"


def test_a_metric_that_is_undefined_for_the_first_time_is_found() -> None:
    history = remembered([usual(seed) for seed in range(DAYS)])
    verdicts = findings(judged(changed(usual(1000), lambda _: None), history))
    assert {verdict.metric.column for verdict in verdicts} == {"c1"}
    assert "is not defined this time" in verdicts[0].why


def test_one_that_always_was_undefined_is_not(year: History) -> None:
    days = [changed(usual(seed), lambda _: None) for seed in range(DAYS)]
    assert not findings(judged(changed(usual(1000), lambda _: None), remembered(days)))


def test_one_that_now_and_then_is_undefined_is_found_where_it_is_far_out_and_not_for_being_undefined() -> (
    None
):
    def day(seed: int, value: float | None) -> Day:
        return [*usual(seed), replace(mean(value, "auc"), family="quality")]

    random = np.random.default_rng(0)
    levels = [None if seed % 6 == 5 else float(random.normal(0.8, 0.02)) for seed in range(DAYS)]
    often = remembered([day(seed, level) for seed, level in enumerate(levels)])
    assert not findings(judged(day(1000, None), often))
    assert [verdict.metric.column for verdict in findings(judged(day(1000, 0.2), often))] == ["auc"]


def test_of_whole_numbers_a_quantile_moves_by_one_or_not_at_all() -> None:
    def day(seed: int, middle: float, whole: float) -> Day:
        integers = Metric(
            name="integer_share", value=whole, column="guests", n=1000, scale="share", family="values"
        )
        quantile = replace(mean(middle, "guests"), name="p50")
        return [*usual(seed), spread(0.6, "guests"), quantile, integers]

    counted, weighed = (remembered([day(seed, 2.0, share) for seed in range(DAYS)]) for share in (1.0, 0.4))
    assert not findings(judged(day(1000, 3.0, 1.0), counted))
    assert findings(judged(day(1000, 3.0, 0.4), weighed))
    assert findings(judged(day(1000, 90.0, 1.0), counted))


def test_metrics_may_come_and_go(year: History) -> None:
    more = [*usual(1000), mean(3.0, "new")]
    assert not findings(judged(more, year))
    assert not findings(judged(usual(1000)[:4], year))
    assert judged(more, year).verdicts[-1].expected is None


def test_weekends_are_held_against_weekends() -> None:
    def day(number: int) -> Day:
        level = 50.0 if number % 7 >= 5 else 100.0
        return [replace(mean(level + number % 3), n=100_000), spread(10.0)]

    history = remembered([day(number) for number in range(DAYS)])
    assert DAYS % 7 == 0
    assert not findings(judged(day(DAYS), history))
    assert not findings(judged(day(DAYS + 5), history, DAYS + 5))
    assert findings(judged(day(DAYS + 5), history, DAYS))


def test_a_trifle_in_a_million_rows_is_quiet_and_what_is_large_is_not() -> None:
    def day(shift: float, seed: int = 0) -> Day:
        random = np.random.default_rng(seed)
        return [
            replace(mean(100 + shift * 20 + float(random.normal(0, 0.02))), n=1_000_000),
            replace(spread(20.0), n=1_000_000),
        ]

    history = remembered([day(0.0, seed) for seed in range(DAYS)])
    assert not findings(judged(day(0.02), history))
    assert findings(judged(day(0.3), history))


def test_a_column_that_mostly_is_null_may_be_null_and_another_may_not() -> None:
    def day(share: float, seed: int = 1000) -> Day:
        null = Metric(
            name="all_null", value=1.0, column="gust", n=1000, family="shape", why="all 1,000 rows are null"
        )
        return [*usual(seed), nulls(share, "gust"), *([null] if share == 1.0 else [])]

    shares = np.random.default_rng(0).beta(6, 1, DAYS)
    often = remembered([day(float(share), seed) for seed, share in enumerate(shares)])
    assert not findings(judged(day(1.0), often))
    never = remembered([day(0.01 * (seed % 3), seed) for seed in range(DAYS)])
    assert any(verdict.metric.name == "all_null" for verdict in findings(judged(day(1.0), never)))


def table(rows: float) -> Metric:
    return Metric(name="rows", value=rows, n=round(rows), scale="count", family="rows")


def test_far_fewer_rows_than_ever_are_told_though_rows_vary_by_nature() -> None:
    """Holidays make the tail of a number of rows so heavy that it alone forgives the loss of half of them."""

    def day(number: int) -> Day:
        holiday = number % 23 == 11
        return [table((660.0 if holiday else 1000.0) + number % 5), *usual(number)]

    history = remembered([day(number) for number in range(DAYS)])
    (verdict,) = findings(judged([table(500.0), *usual(1000)], history))
    assert verdict.metric.name == "rows"
    moved = changed(usual(1000), lambda metric: (metric.value or 0) * 4)
    assert ranked(findings(judged([table(500.0), *moved], history)))[0].metric.name == "rows"
    assert not findings(judged([table(655.0), *usual(1000)], history))


def test_few_rows_are_told_again_unless_they_were_soon_over() -> None:
    """A quiet Sunday that was told once and passed is a quiet Sunday; a failure that a person marked bad never is."""
    days = [[table(560.0 if number == 40 else 1000.0 + number % 5), *usual(number)] for number in range(DAYS)]
    history = remembered(days)
    blamed = JUDGE.judge(days[40], History(history.runs[:40], traces=_until(history, 40)), run(40).window)
    traces = history.traces["learned"] | {40: blamed.traces["learned"]}

    def told(state: State) -> bool:
        runs = tuple(run(number, state if number == 40 else State.CLEAN) for number in range(DAYS))
        again = judged([table(550.0), *usual(1000)], History(runs, traces={"learned": traces}))
        return any(verdict.metric.name == "rows" for verdict in findings(again))

    assert findings(blamed)
    assert not told(State.ALERT)
    assert told(State.BAD)


def _until(history: History, count: int) -> dict[str, dict[int, bytes]]:
    return {
        name: {place: trace for place, trace in traces.items() if place < count}
        for name, traces in history.traces.items()
    }


def test_a_young_monitor_tells_far_fewer_rows_once_it_has_seen_a_week() -> None:
    days = [[table(700.0 if number % 7 >= 5 else 1000.0), *usual(number)] for number in range(7)]
    lost = [table(500.0), *usual(1000)]
    assert [verdict.metric.name for verdict in findings(judged(lost, remembered(days), 7))] == ["rows"]
    assert not findings(judged(lost, remembered(days[:6]), 6))


def test_where_rows_are_lost_they_are_to_blame(year: History) -> None:
    history = remembered([[table(1000.0 + seed % 9), *usual(seed)] for seed in range(DAYS)])
    moved = changed(usual(1000), lambda metric: (metric.value or 0) * 4)
    assert findings(judged([table(1003.0), *moved], history))[0].metric.column == "c1"
    assert findings(judged([table(400.0), *moved], history))[0].metric.name == "rows"


@pytest.mark.parametrize(
    ("name", "value", "expected", "told"),
    [
        ("beyond", 0.9, None, True),
        ("beyond", 0.4, None, False),
        ("unseen_share", 0.6, 0.0, True),
        ("null_share", 0.9, 0.1, True),
        ("null_share", 0.9, 0.6, False),
        ("zero_share", 0.9, 0.0, False),
    ],
)
def test_the_first_run_tells_what_most_rows_have_and_the_baseline_had_not_and_the_second_does_not_repeat_it(
    name: str, value: float, expected: float | None, told: bool
) -> None:
    far = replace(nulls(value), name=name, expected=expected, effect=3.0, p_value=0.0)
    verdicts = findings(judged([far, *usual(0)], History(), 0))
    assert [verdict.metric for verdict in verdicts] == [far] * told
    assert all(verdict.status is Status.WARN for verdict in verdicts)
    assert all(f"{value:.1%} of 1,000 rows" in verdict.why for verdict in verdicts if name != "beyond")
    assert not findings(judged([far, *usual(1)], remembered([[far, *usual(0)]]), 1))


def test_that_a_day_is_far_from_its_baseline_is_no_news() -> None:
    far = Metric(
        name="ks",
        value=0.9,
        column="fare",
        n=1000,
        family="distance",
        effect=3.0,
        p_value=0.0,
        scale="distance",
    )
    first = judged([far, *usual(0)], History(), 0).verdicts[0]
    assert first.status is Status.LEARNING
    assert first.why.startswith("values moved by about 3 sd (KS 0.9)")


def test_a_column_that_mostly_was_null_in_training_may_be_null_in_the_first_run() -> None:
    null = Metric(
        name="all_null", value=1.0, column="gust", n=1000, family="shape", why="all 1,000 rows are null"
    )

    def share(trained: float) -> Metric:
        return replace(nulls(1.0, "gust"), expected=trained)

    assert not findings(judged([*usual(0), share(0.8), null], History(), 0))
    assert findings(judged([*usual(0), share(0.1), null], History(), 0))


def test_a_rule_about_several_columns_says_which_is_the_likeliest_to_be_wrong() -> None:
    def kept(broken: float) -> Metric:
        return Metric(
            name="identity",
            value=broken,
            column="c0+c1+c2",
            n=1000,
            scale="share",
            family="identity",
            worse="up",
        )

    history = remembered([[kept(0.0), *usual(seed)] for seed in range(DAYS)])
    moved = changed(usual(1000), lambda metric: (metric.value or 0) * 1.1)
    first = ranked(findings(judged([kept(0.4), *moved], history)))[0]
    assert first.metric.name == "identity"
    assert first.suspects[0] == "c1"
    assert first.why.endswith("of these, c1 is the likeliest to be wrong")


def shared(name: str, value: float, column: str | None, family: str) -> Metric:
    return Metric(name=name, value=value, column=column, n=1000, scale="share", family=family, worse="up")


@pytest.mark.parametrize(("own", "suspect"), [(1.0, "c2"), (1.2, "c1")])
def test_rows_of_one_key_disagree_about_the_last_column_unless_another_one_is_far_out(
    own: float, suspect: str
) -> None:
    def keys(broken: float) -> Day:
        columns = ("c0+c1+c2", "c0+c1+c3", "c0+c1+c4")
        return [shared("disagreeing_share", broken, column, "identity") for column in columns]

    history = remembered([[*keys(0.0), *usual(seed)] for seed in range(DAYS)])
    moved = changed(usual(1000), lambda metric: (metric.value or 0) * own)
    day = [*keys(0.0), *moved]
    day[0] = replace(day[0], value=0.4)
    first = ranked(findings(judged(day, history)))[0]
    assert first.metric.column == "c0+c1+c2"
    assert first.suspects[0] == suspect


def test_a_pattern_of_missing_values_is_a_matter_of_the_column_that_misses_them() -> None:
    def day(seed: int, pattern: float) -> Day:
        return [shared("new_null_pattern_share", pattern, None, "null_pattern"), *usual(seed)]

    history = remembered([day(seed, 0.0) for seed in range(DAYS)])
    missing = changed(day(1000, 0.3), lambda metric: 0.3 if metric.name == "null_share" else metric.value)
    assert ranked(findings(judged(missing, history)))[0].metric.key == ("null_share", "c1", "")
    assert ranked(findings(judged(day(1000, 0.3), history)))[0].metric.family == "null_pattern"


def test_where_rows_come_twice_they_are_to_blame() -> None:
    def day(seed: int, twice: float) -> Day:
        return [shared("duplicates", twice, None, "duplicates"), *usual(seed)]

    history = remembered([day(seed, 0.01 * (seed % 3)) for seed in range(DAYS)])
    moved = changed(day(1000, 0.5), lambda metric: (metric.value or 0) * 4)
    assert ranked(findings(judged(moved, history)))[0].metric.name == "duplicates"
    few = changed(day(1000, 0.02), lambda metric: (metric.value or 0) * 4)
    assert ranked(findings(judged(few, history)))[0].metric.column == "c1"


def test_the_third_alert_in_a_row_fails(year: History) -> None:
    faint = 0.0
    for share in np.arange(0.03, 0.2, 0.002):
        day = changed(
            usual(1000), lambda metric, s=share: float(s) if metric.name == "null_share" else metric.value
        )
        if findings(judged(day, year)):
            faint = float(share)
            break
    day = changed(usual(1000), lambda metric: faint if metric.name == "null_share" else metric.value)
    assert findings(judged(day, year))[0].status is Status.WARN
    over = [replace(run(number, State.ALERT), score=9.0, threshold=1.0) for number in (DAYS, DAYS + 1)]
    history = History((*year.runs, *over), traces=year.traces)
    assert findings(judged(day, history, DAYS + 2))[0].status is Status.FAIL


def test_two_hundred_columns() -> None:
    history = remembered([usual(seed, 200) for seed in range(50)])
    assert len(judged(usual(1000, 200), history, 50).verdicts) == 600
    day = changed(usual(1000, 200), lambda metric: (metric.value or 0) * 4, "c77")
    assert findings(judged(day, history, 50))[0].metric.column == "c77"


def test_about_as_many_false_alerts_as_were_asked_for() -> None:
    false, days = 0, 0
    for seed in range(2):
        history = remembered([usual(1000 * seed + number, 12) for number in range(330)])
        runs = [unpack(history.traces["learned"][number])["run"] for number in range(90, 330)]
        false += sum(score > line for score, line in runs)
        days += len(runs)
    assert 0.5 <= 30 * false / days <= 1.5


def test_a_trace_of_another_version_is_left_aside(year: History) -> None:
    traces = dict.fromkeys(range(DAYS), b"mlt\x63 of a later version")
    said = judged(usual(1000), History(year.runs, traces={"learned": traces}))
    assert {verdict.status for verdict in said.verdicts} == {Status.LEARNING}


def test_a_trace_holds_not_much_more_than_forty_bytes_a_metric(year: History) -> None:
    (trace,) = [judged(usual(1000, 50), year).traces["learned"]]
    assert len(trace) < 150 * 64
    assert unpack(pack(dict(unpack(trace)))).keys() == unpack(trace).keys()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"false_alerts_per_month": 0}, "false_alerts_per_month"),
        ({"min_effect": -1}, "min_effect"),
        ({"seasonality": "moon"}, "seasonality"),
    ],
)
def test_nonsense_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Learned(**wrong)  # type: ignore[arg-type]
