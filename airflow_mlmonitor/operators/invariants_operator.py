"""One operator a question: do the rows keep the expectations that a person wrote?"""

from __future__ import annotations

from typing import Any

from airflow_mlmonitor.checks import FeatureInvariants
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator


class FeatureInvariantsOperator(MonitorOperator):
    """Holds rows, and the training data, against a suite of Great Expectations.

    :param suite: path or URL of a JSON or YAML file, an ``ExpectationSuite``, or what its JSON holds. (templated)
    :param source: where the rows are; every string in it is a template. (templated)
    :param training: the training data, held against the suite in every run beside the rows. (templated)

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks``.
    ``mlmonitor suggest invariants`` writes a suite to begin with.
    """

    def __init__(self, *, suite: Any, source: Source, training: Source | None = None, **kwargs: Any) -> None:
        super().__init__(checks=[FeatureInvariants(suite=suite, source=source, training=training)], **kwargs)
