"""What a judged run says, metric by metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.sample import Sample
from airflow_mlmonitor.judging.phrases import phrase
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.words import amount, expectation, plural


@dataclass(frozen=True, kw_only=True)
class Ranges:
    """The range in which each metric would have been usual, in its own unit; NaN where nothing is expected."""

    lower: Array
    upper: Array
    expected: Array

    def quiet(self, metric: Metric, place: int) -> Verdict:
        """The verdict of a metric that nobody needs to read."""
        lower, upper = self.of(metric, place)
        return Verdict(
            metric=metric, status=Status.OK, lower=lower, upper=upper, expected=_plain(self.expected[place])
        )

    def of(self, metric: Metric, place: int) -> tuple[float | None, float | None]:
        """The range of one metric, open on the side that is harmless."""
        lower = None if metric.worse == "up" else _plain(self.lower[place])
        upper = None if metric.worse == "down" else _plain(self.upper[place])
        return lower, upper


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One metric that somebody should read.

    Parameters
    ----------
    status
        How grave.
    severity
        How far over the line, 1 being just on it.
    """

    status: Status
    severity: float


def verdicts(sample: Sample, past: Past, ranges: Ranges, findings: Mapping[int, Finding]) -> list[Verdict]:
    """Give each metric its verdict: the findings in words, the others with their range."""
    values = past.table("values", "keys", sample.keys) if findings else np.empty((len(sample), 0))
    judged = []
    for place, metric in enumerate(sample.metrics):
        finding = findings.get(place)
        if finding is None:
            judged.append(ranges.quiet(metric, place))
            continue
        lower, upper = ranges.of(metric, place)
        expected = _plain(ranges.expected[place])
        usual = expectation(lower, upper, expected, metric.scale)
        known = _record(metric, values[place], past, expected)
        judged.append(
            Verdict(
                metric=metric,
                status=finding.status,
                lower=lower,
                upper=upper,
                expected=expected,
                severity=finding.severity,
                why=f"{_said(metric)}; {_prefix(finding)}expected {usual} ({known})",
            )
        )
    return judged


def _said(metric: Metric) -> str:
    if metric.value is None:
        return f"{metric.name} is not defined this time" + (f": {metric.why}" if metric.why else "")
    return phrase(metric)


def _prefix(finding: Finding) -> str:
    return "would have warned, once more is known; " if finding.status is Status.LEARNING else ""


def _record(metric: Metric, values: Array, past: Past, expected: float | None) -> str:
    """How much is known, and the most extreme value of it on the side where the metric is now."""
    known = np.flatnonzero(~np.isnan(values))
    said = plural(len(known), "run")
    if metric.value is None or not len(known):
        return said
    high = metric.value > (metric.value if expected is None else expected)
    place = known[np.argmax(values[known]) if high else np.argmin(values[known])]
    word = "highest" if high else "lowest"
    return f"{said}; {word} {amount(float(values[place]), metric.scale)} on {past.windows[place].label}"


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
