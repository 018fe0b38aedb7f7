"""One operator a question: does serving look like training?"""

from __future__ import annotations

from typing import Any

from airflow_mlmonitor.checks import Consistency, Shape, Skew, Values
from airflow_mlmonitor.data.baseline import Baseline, Pinned
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator


class TrainServeSkewOperator(MonitorOperator):
    """Compares the rows that are served with those the model was trained on.

    Their columns, values and distributions, and whether they keep the rules that the training rows kept.

    :param baseline: the training data: by default what was pinned last for the model, by a
        :class:`~airflow_mlmonitor.operators.ProfileOperator` or ``mlmonitor pin``; or ``Pinned("v3")``.

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks``.
    """

    def __init__(self, *, baseline: Baseline = Pinned(), **kwargs: Any) -> None:  # noqa: B008 - it is frozen
        compared = [Shape(baseline=baseline), Values(baseline=baseline), Skew(baseline=baseline)]
        super().__init__(checks=[*compared, Consistency()], **kwargs)
        self.baseline = baseline
