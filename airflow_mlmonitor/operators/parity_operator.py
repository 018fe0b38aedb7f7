"""One operator a question: does serving compute the features that training computes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_mlmonitor.checks import FeatureParity
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator


class FeatureParityOperator(MonitorOperator):
    """Joins what the training pipeline computes with what serving logged, and compares them value by value.

    :param training: the features as the training pipeline computes them, for the run's window.
    :param serving: the features that serving logged.
    :param key: columns that tell rows apart: the entity, and mostly the time.
    :param time: the one of the key that says when, so that values of the time before are recognised.
    :param columns: features to compare; by default all that both sides have.
    :param renamed: name in training to name in serving, where they differ.
    :param absolute: how far serving may be from training: one number for all columns, or one for each of some; of
        moments in seconds. By default fractions have to agree to single precision, and all else has to be equal.
    :param relative: the same, as a share of training's number.
    :param max_mismatch: share of the joined rows of a feature that may differ; more fails the task. One for all, or
        one for each of some. None leaves it to the judge.
    :param private: columns of which only hashes are shown.

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``source`` and
    ``checks``.
    """

    def __init__(  # noqa: PLR0913 - the check's parameters as its own
        self,
        *,
        training: Source,
        serving: Source,
        key: Sequence[str],
        time: str | None = None,
        columns: Sequence[str] | None = None,
        renamed: Mapping[str, str] | None = None,
        absolute: float | Mapping[str, float] | None = None,
        relative: float | Mapping[str, float] | None = None,
        max_mismatch: float | Mapping[str, float] | None = None,
        private: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        check = FeatureParity(
            training=training,
            serving=serving,
            key=tuple(key),
            time=time,
            columns=None if columns is None else tuple(columns),
            renamed=renamed or {},
            absolute=absolute,
            relative=relative,
            max_mismatch=max_mismatch,
            private=tuple(private),
        )
        super().__init__(checks=[check], **kwargs)
