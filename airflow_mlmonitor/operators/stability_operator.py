"""One operator a question: are data, training and model numerically sound?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.checks import ModelWeights, NumericalStability, Shape, TrainingLog
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator


class NumericalStabilityOperator(MonitorOperator):
    """Looks for numbers that cannot be computed with: in rows, in the log of a training, in the weights of a model.

    :param predictions: columns of the source with predictions that are any number.
    :param probabilities: columns with predicted probabilities.
    :param classes: columns with the probabilities of all classes of one prediction, which add up to 1.
    :param training_log: the log of the training that made the model. (templated)
    :param weights: the model's file. (templated)

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks``; the
    source may be left out where there is a log or a file.
    """

    def __init__(
        self,
        *,
        predictions: Sequence[str] = (),
        probabilities: Sequence[str] = (),
        classes: Sequence[str] = (),
        training_log: TrainingLog | None = None,
        weights: ModelWeights | None = None,
        **kwargs: Any,
    ) -> None:
        rows = NumericalStability(
            predictions=tuple(predictions), probabilities=tuple(probabilities), classes=tuple(classes)
        )
        reads = kwargs.get("source") is not None
        looks = [check for check in (training_log, weights) if check is not None]
        if not reads and rows != NumericalStability():
            raise ConfigurationError(
                "NumericalStabilityOperator() names columns and no source to read them from."
            )
        if not reads and not looks:
            raise ConfigurationError(
                "NumericalStabilityOperator() needs a source, a training_log or weights to look at."
            )
        super().__init__(checks=[*([Shape(), rows] if reads else []), *looks], **kwargs)
