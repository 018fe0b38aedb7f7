"""What a metric says, and what was expected of it, in words."""

from __future__ import annotations

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.band import Band
from airflow_mlmonitor.report.words import amount, expectation, number, plural

PHRASES = {
    "null_share": "missing in {value} of {n}",
    "nonfinite_share": "NaN or infinite in {value} of {n}",
    "zero_share": "zero in {value} of {n}",
    "beyond_share": "outside the known range in {value} of {n}",
    "unseen_share": "a value never seen before in {value} of {n}",
    "new_value_share": "a value that no run had before in {value} of {n}",
    "new_pattern_share": "written in a way never seen before in {value} of {n}",
    "stray_blank_share": "stray blanks in {value} of {n}",
    "new_null_pattern_share": "columns never missing together before are missing in {value} of {n}",
    "unseen_pair_share": "values that are known, but never came together before, in {value} of {n}",
    "disagreeing_share": "the last column differs from most rows with the same other ones in {value} of {n}",
    "repeated_share": "the values of a row of the run before in {value} of {n}",
    "duplicates": "{value} of {n} repeat an earlier one",
    "rows": "{value} rows",
    "integer_share": "whole numbers in {value} of {n}",
    "off_grid": "more decimals than ever before in {value} of {n}",
    "top_share": "the commonest value in {value} of {n}",
    "distinct": "{value} distinct values",
    "labelled_share": "labels have come for {value} of {n}",
    "mismatch_share": "serving differs from training in {value} of {n}",
    "joined_rows": "{value} rows were joined",
    "missing_in_serving_share": "serving does not have {value} of the keys of training",
    "missing_in_training_share": "training does not have {value} of the keys of serving",
    "repeated_in_training_share": "{value} of the keys of training come more than once",
    "repeated_in_serving_share": "{value} of the keys of serving come more than once",
    "keyless_in_training_share": "null in the key of {value} of {n} of training",
    "keyless_in_serving_share": "null in the key of {value} of {n} of serving",
    "one_sided_columns": "{value} columns are on one side only",
    "ks": "values moved by about {effect} sd (KS {value})",
    "chi2": "the mix of categories moved by about {effect} sd (chi-square {value})",
}
"""Metric name to what it says. A metric that is not here is named with its value."""

SENTENCES = frozenset({"nulls_by_segment", "identity", "ordered", "segment_rows"})
"""Metrics whose reason says it all."""

SPEAKING = frozenset({"dependency", "invariant", "recorded", "stability", "staleness", "unjoined"})
"""Families whose metrics do so: they say what happened, from what to what."""


def phrase(metric: Metric) -> str:
    """Say what a metric says.

    >>> phrase(Metric(name="null_share", value=0.318, column="temp", n=981, scale="share"))
    'missing in 31.8% of 981 rows'
    >>> phrase(Metric(name="spend_per_visit", value=2.5))
    'spend_per_visit is 2.5'
    """
    name = metric.name.rpartition(".")[2]
    if (name in SENTENCES or metric.family in SPEAKING) and metric.why:
        return metric.why
    if name.startswith("share:"):
        return f"{name.removeprefix('share:')!r} in {amount(metric.value, metric.scale)} of {plural(metric.n, 'row')}"
    plain = metric.name.replace("{", "{{").replace("}", "}}") + " is {value}"
    pattern = PHRASES.get(name, plain)
    said = pattern.format(
        value=amount(metric.value, metric.scale),
        n=plural(metric.n, "row"),
        effect=number(metric.effect and round(abs(metric.effect), 2)),
    )
    return f"{said}: {metric.why}" if metric.why else said


def range_words(metric: Metric, band: Band | None) -> str:
    """Say what was expected, and how much is known about it."""
    if band is None:
        if metric.scale == "distance" or metric.expected is None:
            return "too few earlier runs to know how usual that is"
        return f"the baseline has {amount(metric.expected, metric.scale)}"
    usual = expectation(band.lower, band.upper, metric.expected, metric.scale)
    high = metric.value is not None and metric.value > band.upper
    extreme, word = (band.highest, "highest") if high else (band.lowest, "lowest")
    record = f"{word} {amount(extreme.value, metric.scale)} on {extreme.run.window.label}"
    return f"expected {usual} ({plural(band.runs, 'earlier run')}; {record})"
