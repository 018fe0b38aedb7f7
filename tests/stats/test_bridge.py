from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as oracle

from airflow_mlmonitor.stats.bridge import straying
from tests.stats.samples import rng

PATTERNS = {
    "ten equal values": np.arange(1, 10) / 10,
    "half are zeros": 0.5 + np.arange(500) / 1000,
    "nine in ten are zeros": 0.9 + np.arange(500) / 5000,
    "zeros in the middle": np.r_[np.arange(1, 250) / 1000, 0.75 + np.arange(250) / 1000],
    "sixty equal values": np.arange(1, 60) / 60,
    "Poisson of mean 3": oracle.poisson.cdf(np.arange(10), 3),
    "Zipf of 200": np.cumsum(1 / np.arange(1, 201))[:-1] / np.sum(1 / np.arange(1, 201)),
}


def farthest(times: np.ndarray, bridges: int) -> np.ndarray:
    """Walk bridges from look to look and keep how far each was seen to stray."""
    random, place, last, far = rng(), np.zeros(bridges), 0.0, np.zeros(bridges)
    for time in times:
        left = (1 - time) / (1 - last)
        place = place * left + np.sqrt((time - last) * left) * random.standard_normal(bridges)
        last = time
        np.maximum(far, np.abs(place), out=far)
    return far


@pytest.mark.parametrize("look", [0.01, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("deviation", [0.5, 1.96, 4.0])
def test_a_single_look_sees_a_normal_number(look: float, deviation: float) -> None:
    level = deviation * np.sqrt(look * (1 - look))
    assert straying(np.array([look]), level) == pytest.approx(2 * oracle.norm.sf(deviation), rel=1e-6)


def test_two_looks_see_two_normal_numbers() -> None:
    early, late = 0.4, 0.6
    spread = [[early * (1 - early), early * (1 - late)], [early * (1 - late), late * (1 - late)]]
    both = oracle.multivariate_normal([0, 0], spread)
    level = 0.9
    inside = both.cdf([level, level], lower_limit=[-level, -level])
    assert straying(np.array([early, late]), level) == pytest.approx(1 - inside, abs=1e-6)


@pytest.mark.parametrize("level", [0.6, 1.0, 1.36, 1.63, 2.2])
def test_looking_all_the_time_gives_kolmogorovs_distribution(level: float) -> None:
    times = np.arange(1, 100_000) / 100_000
    assert straying(times, level) == pytest.approx(oracle.kstwobign.sf(level), rel=0.03)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_agrees_with_simulated_bridges(pattern: str) -> None:
    times = PATTERNS[pattern]
    far = farthest(times, 40_000)
    for share in (0.2, 0.05, 0.01):
        found = straying(times, float(np.quantile(far, 1 - share)))
        assert found == pytest.approx(share, rel=0.15, abs=3 * np.sqrt(share / 40_000))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_falls_with_the_level_and_never_exceeds_looking_all_the_time(pattern: str) -> None:
    levels = np.linspace(0.01, 6, 60)
    found = np.array([straying(PATTERNS[pattern], float(level)) for level in levels])
    assert (np.diff(found) < 1e-6).all()
    assert (found <= oracle.kstwobign.sf(levels) + 1e-12).all()
    assert (found > 0).all()


def test_nothing_is_seen_to_stray_without_a_look() -> None:
    assert straying(np.array([1.0]), 0.5) == 1.0
