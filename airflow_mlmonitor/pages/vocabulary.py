"""What people read for a metric: plain words, a sentence that explains it, and what a value of it counts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from airflow_mlmonitor.pages import model_terms, row_terms
from airflow_mlmonitor.pages.term import Term
from airflow_mlmonitor.report.table import printable

Unit = Literal["share", "count", "number"]

TERMS = row_terms.TERMS | model_terms.TERMS

HIDDEN = "a private value"
"""What stands for a value of a private column."""

HASH = re.compile(r"#[0-9a-f]{16}")
DIGEST = re.compile(r"[0-9a-f]{6}")

OWN = "A number that this monitor measures by itself; its code says what it means."


def term(metric: str) -> Term:
    """Return what a metric is called, whatever check or prefix it comes from.

    Examples
    --------
    >>> term("null_share").plain, term("drift.ks").plain, term("auc_gap").plain, term("share:EWR").plain
    ('missing', 'drift: change of distribution (KS)', 'AUC, gap between segments', 'share of EWR')
    >>> term("column_values_to_be_between.580729.unexpected_share").plain
    'column values to be between: rows that break the expectation'
    >>> term("spend_per_visit").plain
    'spend per visit'
    """
    prefix, _, name = metric.rpartition(".")
    known = TERMS.get(name) or _composed(name)
    if known is None:
        return Term(_spaced(metric), OWN)
    parts = [_spaced(part) for part in prefix.split(".") if part and not DIGEST.fullmatch(part)]
    start = f"{' '.join(parts)}: " if parts else ""
    return replace(known, plain=start + known.plain, phrase=start + known.phrase if known.phrase else "")


def metric_words(metric: str, column: str = "", slice: str = "") -> str:  # noqa: A002
    """Say what a value of a series counts.

    Examples
    --------
    >>> metric_words("null_share", "temp"), metric_words("mean", "prediction", "origin=EWR")
    ('rows without temp', 'mean of prediction, origin = EWR')
    >>> metric_words("share:#3f4afb45d1631e50", "who"), metric_words("rows")
    ('rows with who = a private value', 'rows')
    """
    place = slice_words(slice)
    return printable(term(metric).of(column)) + (f", {place}" if place else "")


def slice_words(slice: str) -> str:  # noqa: A002
    """Write a slice for people; values of private columns stay hidden.

    >>> slice_words("origin=EWR"), slice_words("origin=*"), slice_words("who=#3f4afb45d1631e50"), slice_words("")
    ('origin = EWR', 'all values of origin', 'who = a private value', '')
    """
    column, equals, value = slice.partition("=")
    if not equals:
        return printable(slice)
    if value == "*":
        return printable(f"all values of {column}")
    return printable(f"{column} = {HIDDEN if HASH.fullmatch(value) else value}")


def unit_of(scale: str) -> Unit:
    """Return how values of a scale are written: as a percentage, as a whole number or as they are."""
    return "share" if scale == "share" else "count" if scale == "count" else "number"


def _composed(name: str) -> Term | None:
    """What metrics are called whose names carry a value, a column or another metric's name."""
    if name.startswith("share:"):
        value = name.removeprefix("share:") or "an empty text"
        shown = HIDDEN if HASH.fullmatch(value) else value
        phrase = f"rows with {{column}} = {shown}"
        return Term(f"share of {shown}", "Share of rows that have this value.", phrase=phrase)
    if name.startswith("unjoined_by_"):
        key = name.removeprefix("unjoined_by_")
        said = (
            f"Share of rows whose {key} found nothing to join, so that the column is missing for all of them."
        )
        return Term(f"nothing joined, by {key}", said)
    if name.endswith("_gap") and (other := TERMS.get(name.removesuffix("_gap"))):
        return Term(
            f"{other.plain}, gap between segments",
            f"Distance between the segments where it is largest and smallest. {other.help}",
        )
    return None


def _spaced(name: str) -> str:
    return name.replace("_", " ")
