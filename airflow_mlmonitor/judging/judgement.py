"""All that a judge says of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from airflow_mlmonitor.judging.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All that a judge says of one run.

    Parameters
    ----------
    verdicts
        One a metric, in the order of the metrics.
    score, threshold
        How unusual the whole run is, and the line it was held against, where the judge has them.
    traces
        What later judgements want to find of this one, by name: packed numbers, stored beside the run.
    """

    verdicts: Sequence[Verdict]
    score: float | None = None
    threshold: float | None = None
    traces: Mapping[str, bytes] = field(default_factory=dict)
