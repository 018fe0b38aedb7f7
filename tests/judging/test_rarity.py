from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from airflow_mlmonitor.judging.rarity import ENOUGH, times_a_month
from airflow_mlmonitor.store.history import History, State
from tests.judging.past import run

SCORES = np.random.default_rng(0).exponential(1.0, 300).tolist()


def scored(scores: list[float], state: State = State.CLEAN) -> History:
    return History(tuple(replace(run(number, state), score=score) for number, score in enumerate(scores)))


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
def test_a_score_that_a_share_of_runs_reaches_comes_that_often(share: float) -> None:
    found = times_a_month(-float(np.log(share)), scored(SCORES), run(300).window)
    assert found == pytest.approx(30 * share, rel=0.4)


def test_the_higher_the_rarer() -> None:
    times = [times_a_month(score, scored(SCORES), run(300).window) for score in (0.5, 1.0, 2.0, 4.0, 8.0)]
    assert times == sorted(times, reverse=True)  # type: ignore[type-var]
    assert len(set(times)) == len(times)


def test_nothing_is_said_without_a_score_or_without_enough_of_them() -> None:
    assert times_a_month(None, scored(SCORES), run(300).window) is None
    assert times_a_month(3.0, scored(SCORES[: ENOUGH - 1]), run(300).window) is None
    assert times_a_month(3.0, scored(SCORES, State.ALERT), run(300).window) is None
