"""A judge that needs no threshold and no long history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.band import ENOUGH, Band
from airflow_mlmonitor.judging.hard import hard
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.phrases import phrase, range_words
from airflow_mlmonitor.judging.verdict import Status, Verdict

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History

FOLLOWED = {"beyond", "custom", "duplicates", "parity", "quality", "rows"}
"""Families without a baseline to test against: they are held against their own past."""

INVARIANT = "invariant"
"""A family that has one where the training data is given."""


@dataclass(frozen=True, kw_only=True)
class Significance(Judge):
    """A judge that needs no threshold: a difference must be real, large enough, and new.

    *Real*: significant after Benjamini-Hochberg over all differences tested in the run. *Large enough*: an effect of
    at least ``min_effect`` standard deviations, so that a million rows do not alert on a trifle. *New*: outside
    the range of the earlier runs, where there are 14 of them; rows of one day are alike, so that significance alone
    would alert on most days. Metrics without a test, such as a check's own number or the number of rows, are held
    against their own past.

    A difference that is also large (``fail_effect``) and new fails. Without enough history only a large one warns,
    and smaller ones are *learning*: they say what would have warned. Hard things (no rows, a column gone, its type
    changed, nothing but nulls) fail at once.

    Parameters
    ----------
    alpha
        False discovery rate among the differences tested in one run.
    min_effect
        Smallest difference worth a warning, in standard deviations (Cohen's d; h for shares).
    fail_effect
        Smallest difference that fails the run.
    one_off
        For a comparison that has no history to wait for: every real and large enough difference warns.

    References
    ----------
    Y. Benjamini, Y. Hochberg (1995). Controlling the false discovery rate. J. R. Stat. Soc. B 57, 289-300.
    J. Cohen (1988). Statistical power analysis for the behavioral sciences (.2 small, .8 large).

    Examples
    --------
    >>> from airflow_mlmonitor.store.history import History
    >>> drifted = Metric(name="ks", value=0.4, column="fare", n=900, p_value=1e-30, effect=1.1, family="distance")
    >>> (verdict,) = Significance().judge([drifted], History()).verdicts
    >>> verdict.status.value
    'warn'
    """

    alpha: float = 0.01
    min_effect: float = 0.05
    fail_effect: float = 0.8
    one_off: bool = False

    def judge(self, metrics: Sequence[Metric], history: History, window: Window | None = None) -> Judgement:
        """Give one verdict a metric, in the order of the metrics."""
        verdicts = [
            hard(metric) or self._weighed(metric, q_value, _band(metric, history))
            for metric, q_value in zip(metrics, _adjusted(metrics), strict=True)
        ]
        return Judgement(verdicts=verdicts)

    def _weighed(self, metric: Metric, q_value: float | None, band: Band | None) -> Verdict:
        if metric.value is None:
            return Verdict(metric=metric, status=Status.OK, expected=metric.expected)
        if metric.family in FOLLOWED or (metric.family == INVARIANT and metric.effect is None):
            return _followed(metric, band)
        if q_value is None or metric.effect is None:
            return _quiet(metric, band)
        return self._compared(metric, q_value, band)

    def _compared(self, metric: Metric, q_value: float, band: Band | None) -> Verdict:
        assert metric.effect is not None and metric.value is not None  # noqa: S101, PT018 - tested by the caller
        size = abs(metric.effect)
        if q_value >= self.alpha or size < self.min_effect or not _is_bad_way(metric):
            return _quiet(metric, band)
        if band is not None and band.runs >= ENOUGH:
            status = Status.FAIL if size >= self.fail_effect else Status.WARN
            return (
                finding(metric, band, status, size)
                if band.beyond(metric.value, metric.worse)
                else _quiet(metric, band)
            )
        status = Status.WARN if self.one_off or size >= self.fail_effect else Status.LEARNING
        return finding(metric, None, status, size)


def _adjusted(metrics: Sequence[Metric]) -> list[float | None]:
    """Benjamini-Hochberg over the metrics that are judged by their test."""
    p_values = [
        None if metric.effect is None or metric.family in FOLLOWED else metric.p_value for metric in metrics
    ]
    if not any(p_value is not None for p_value in p_values):
        return p_values
    from airflow_mlmonitor.stats.correction import benjamini_hochberg

    return benjamini_hochberg(p_values)


def _band(metric: Metric, history: History) -> Band | None:
    return Band.of(history.series(metric.name, metric.column, metric.slice), metric.scale)


def _is_bad_way(metric: Metric) -> bool:
    if metric.worse == "both" or metric.expected is None or metric.value is None:
        return True
    return (metric.value > metric.expected) == (metric.worse == "up")


def _quiet(metric: Metric, band: Band | None) -> Verdict:
    if band is None:
        return Verdict(metric=metric, status=Status.OK, expected=metric.expected)
    return Verdict(
        metric=metric, status=Status.OK, lower=band.lower, upper=band.upper, expected=metric.expected
    )


def _followed(metric: Metric, band: Band | None) -> Verdict:
    if band is None:
        why = "too few earlier runs to say what is normal"
        return Verdict(metric=metric, status=Status.LEARNING, expected=metric.expected, why=why)
    far = band.beyond(metric.value or 0.0, metric.worse)
    return finding(metric, band, Status.WARN, far) if far else _quiet(metric, band)


def finding(metric: Metric, band: Band | None, status: Status, severity: float) -> Verdict:
    """Say of a metric what it says, and what was expected of it."""
    return Verdict(
        metric=metric,
        status=status,
        lower=band.lower if band else None,
        upper=band.upper if band else None,
        expected=metric.expected,
        severity=severity,
        why=f"{phrase(metric)}; {range_words(metric, band)}",
    )
