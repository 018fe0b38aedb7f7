"""What a judged run says, metric by metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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

    def quiet(self, metrics: Sequence[Metric]) -> list[Verdict]:
        """The verdicts of metrics that nobody needs to read; a range is open on the side that is harmless."""
        numbers = zip(self.lower.tolist(), self.upper.tolist(), self.expected.tolist(), strict=True)
        return [
            Verdict(
                metric=metric,
                status=Status.OK,
                lower=None if metric.worse == "up" or math.isnan(lower) else lower,
                upper=None if metric.worse == "down" or math.isnan(upper) else upper,
                expected=None if math.isnan(expected) else expected,
            )
            for metric, (lower, upper, expected) in zip(metrics, numbers, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One metric that somebody should read.

    Parameters
    ----------
    status
        How grave.
    severity
        How far over the line, 1 being just on it.
    suspects
        Of a rule about several columns: these, the likeliest to be wrong first.
    """

    status: Status
    severity: float
    suspects: tuple[str, ...] = ()


def verdicts(sample: Sample, past: Past, ranges: Ranges, findings: Mapping[int, Finding]) -> list[Verdict]:
    """Give each metric its verdict: the findings in words, the others with their range."""
    judged = ranges.quiet(sample.metrics)
    values = past.table("values", "keys", sample.keys) if findings else np.empty((len(sample), 0))
    for place, finding in findings.items():
        quiet = judged[place]
        usual = expectation(quiet.lower, quiet.upper, quiet.expected, quiet.metric.scale)
        known = _record(quiet, values[place], past)
        likeliest = (
            f"; of these, {finding.suspects[0]} is the likeliest to be wrong" if finding.suspects else ""
        )
        why = f"{_said(quiet.metric)}; {_prefix(finding)}expected {usual} ({known}){likeliest}"
        judged[place] = replace(
            quiet, status=finding.status, severity=finding.severity, why=why, suspects=finding.suspects
        )
    return judged


def _said(metric: Metric) -> str:
    if metric.value is None:
        return f"{metric.name} is not defined this time" + (f": {metric.why}" if metric.why else "")
    return phrase(metric)


def _prefix(finding: Finding) -> str:
    return "would have warned, once more is known; " if finding.status is Status.LEARNING else ""


def _record(quiet: Verdict, values: Array, past: Past) -> str:
    """How much is known, and the most extreme value of it on the side where the metric is now."""
    value, known = quiet.metric.value, np.flatnonzero(~np.isnan(values))
    said = plural(len(known), "run")
    if value is None or not len(known):
        return said
    high = quiet.expected is not None and value > quiet.expected
    place = known[np.argmax(values[known]) if high else np.argmin(values[known])]
    extreme = amount(float(values[place]), quiet.metric.scale)
    return f"{said}; {'highest' if high else 'lowest'} {extreme} on {past.windows[place].label}"
