"""One operational series: quiet when nothing changed, found when something did, each in its own direction."""

from __future__ import annotations

import math

import numpy as np
import pytest

from airflow_mlmonitor.judging.learned.operational import Operational

SHARE = 0.5 / 30
WEEKDAYS = np.arange(400) % 7


def series(seed: int, runs: int, noise: float = 0.08) -> np.ndarray:
    """Milliseconds with a rhythm of the week."""
    rng = np.random.default_rng(seed)
    rhythm = 1 + rng.uniform(-0.1, 0.1, 7)
    return 100 * rhythm[WEEKDAYS[:runs]] * np.exp(noise * rng.standard_normal(runs))


def judged(values: np.ndarray, way: int = 1, **options: object) -> Operational:
    found = Operational.of(values, WEEKDAYS[: len(values)], way, SHARE, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def found_after(values: np.ndarray, begin: int, way: int = 1) -> int:
    """After how many runs a change that began at a run is found; 99 for never."""
    for count in range(begin + 1, len(values) + 1):
        if judged(values[:count], way).severity > 1:
            return count - begin
    return 99


def test_a_quiet_series_alerts_less_often_than_asked() -> None:
    alerts = runs = 0
    for seed in range(6):
        values = series(seed, 160)
        for count in range(62, 161):
            runs += 1
            alerts += judged(values[:count]).severity > 1
    assert alerts / runs <= SHARE


@pytest.mark.parametrize(
    ("name", "factors", "within"),
    [
        ("a step of half as much again", lambda ago: 1.5 * np.ones_like(ago), 3),
        ("a step of a quarter", lambda ago: 1.25 * np.ones_like(ago), 14),
        ("a leak of 2 % a run", lambda ago: 1.02**ago, 21),
        ("a spike that stays", lambda ago: 30.0 * np.ones_like(ago), 1),
    ],
)
def test_what_changes_is_found(name: str, factors: object, within: int) -> None:
    ago = np.arange(1.0, 22.0)
    delays = []
    for seed in range(8):
        values = series(seed, 150 + 21)
        values[150:] *= factors(ago)  # type: ignore[operator]
        delays.append(found_after(values, 150))
    assert sum(delay <= within for delay in delays) >= 7, (name, delays)


def test_only_the_bad_direction_counts() -> None:
    values = series(1, 120)
    values[110:] /= 2
    assert judged(values, 1).severity < 1
    assert judged(values, -1).severity > 1
    assert judged(values, 0).severity > 1


def test_says_when_it_began_and_by_how_much() -> None:
    values = series(2, 120)
    values[111:] *= 1.6
    found = judged(values)
    assert found.began == 9
    assert found.times == pytest.approx(1.6, rel=0.1)
    assert found.usual == pytest.approx(100, rel=0.2)


def test_missing_runs_are_left_out() -> None:
    values = series(3, 150)
    values[140:] *= 1.5
    gaps = values.copy()
    gaps[[5, 60, 61, 62, 143]] = np.nan
    assert judged(gaps).severity > 1
    assert judged(gaps).runs == 144
    gaps[-1] = np.nan
    assert Operational.of(gaps, WEEKDAYS[:150], 1, SHARE) is None


def test_a_constant_series_alerts_on_nothing_but_a_change() -> None:
    flat = np.full(100, 7.0)
    assert judged(flat).severity < 1
    flat[-3:] = 9.0
    assert judged(flat).severity > 1


def test_zeros_are_numbers_too() -> None:
    errors = np.random.default_rng(4).poisson(3, 120).astype(float)
    assert judged(errors).severity < 1
    errors[-4:] = 40
    assert judged(errors).severity > 1
    assert judged(np.zeros(100)).severity < 1
    zeros = np.append(np.zeros(99), 50.0)
    assert judged(zeros).severity > 1


def test_negative_numbers_do_not_break_it() -> None:
    values = np.random.default_rng(5).normal(-10, 1, 100)
    assert judged(values, 0).severity < 1
    values[-3:] = 25
    found = judged(values, 0)
    assert found.severity > 1
    assert math.isnan(found.times)


def test_fewer_than_ten_earlier_runs_say_nothing() -> None:
    values = np.append(np.full(10, 5.0), 500.0)
    assert Operational.of(values[1:], WEEKDAYS[:10], 1, SHARE) is None
    assert Operational.of(values, WEEKDAYS[:11], 1, SHARE) is not None


def test_a_young_series_is_judged_run_by_run() -> None:
    values = series(6, 20)
    assert judged(values).severity < 1
    values[-1] *= 4
    found = judged(values)
    assert found.score == -math.inf
    assert found.severity > 1
    assert found.upper < values[-1]


def test_the_same_series_gives_the_same_judgement() -> None:
    values = series(7, 90)
    assert judged(values) == judged(values.copy())


def test_a_leak_does_not_become_normal() -> None:
    values = series(8, 260)
    values[200:] *= 1.01 ** np.arange(1, 61)
    severities = [judged(values[:count]).severity for count in range(240, 261)]
    assert min(severities) > 1


def test_what_was_accepted_is_the_new_normal() -> None:
    values = series(9, 150)
    values[140:] *= 2
    assert judged(values).severity > 1
    accepted = np.zeros(150, dtype=bool)
    accepted[140:149] = True
    found = judged(values, accepted=accepted)
    assert found.severity < 1
    assert found.usual == pytest.approx(200, rel=0.2)
    values[147:] *= 1.6
    assert judged(values, accepted=accepted).severity > 1


def test_a_history_of_high_scores_raises_the_line() -> None:
    values = series(10, 150)
    values[-2:] *= 1.35
    plain = judged(values)
    assert plain.severity > 1
    wild = np.tile([0.0, 1.0, 30.0], 40)
    assert judged(values, earlier=wild).line > plain.line
    assert judged(values, earlier=wild).severity < 1
    assert judged(values, earlier=wild[:50]).line == plain.line
