"""How often a run as unusual as this one comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History

ENOUGH = 20
"""Earlier scores from which on their tail tells anything."""


def times_a_month(score: float | None, history: History, window: Window) -> float | None:
    """How often a month a run with such a score comes while nothing is wrong, by the scores of earlier runs.

    The same tail that draws the line of :class:`~airflow_mlmonitor.judging.learned.learned.Learned`, read the other
    way round. None where there are not enough scores.

    Examples
    --------
    >>> from airflow_mlmonitor.store.history import History
    >>> times_a_month(3.0, History(), Window.parse("2013-02-08")) is None
    True
    """
    known = [run.score for run in history.runs if run.score is not None and run.state.trains]
    if score is None or len(known) < ENOUGH:
        return None
    import numpy as np

    from airflow_mlmonitor.judging.learned.threshold import LONG, TAIL, USUAL, days_between

    scores = np.array(known[-LONG:])
    months = 30 / days_between(tuple(run.window for run in history.runs), window)
    start = float(np.quantile(scores, 1 - TAIL))
    if score <= start:
        return float(np.mean(scores >= score)) * months
    excess = np.maximum(scores - start, 0)
    reach = (float(excess.sum()) + 6 * USUAL) / (np.count_nonzero(excess) + 6)
    return TAIL * math.exp(-(score - start) / reach) * months
