"""One operator a question: how good are the predictions?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.checks import Quality, Shape
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator


class PredictionQualityOperator(MonitorOperator):
    """Holds predictions against the labels that have come by now, of all rows and of segments.

    :param prediction: column of the predictions: numbers, chances or names.
    :param label: column of what came true; null where it is not known yet.
    :param segments: columns whose values are looked at apart, and compared with each other.

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks``.
    ``window`` says how long labels take: ``"{{ macros.ds_add(ds, -7) }}"`` looks at the day a week ago.
    """

    def __init__(self, *, prediction: str, label: str, segments: Sequence[str] = (), **kwargs: Any) -> None:
        quality = Quality(prediction=prediction, label=label, segments=tuple(segments))
        super().__init__(checks=[Shape(), quality], **kwargs)
