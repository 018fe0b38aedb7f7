"""What is wrong, in a few plain words: what, where, and for a headline how much and since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.phrases import SENTENCES, SPEAKING
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.pages.said_before import is_high
from airflow_mlmonitor.pages.vocabulary import HASH, HIDDEN, metric_words, slice_words
from airflow_mlmonitor.report.groups import Group
from airflow_mlmonitor.report.table import printable, shortened
from airflow_mlmonitor.report.words import amount, capital, expectation

NAMED = 3
"""Columns that a title names."""

SAID = 160
"""Characters of what a metric says by itself."""

NAME = 60
"""Characters of a column's name in a sentence."""

PLACE = re.compile(r"in (?P<all>all )?[\d,]+ (?:of [\d,]+ )?rows with (?P<where>.+?)(?:;|$)")
VALUES = re.compile(r"'([^']+)' in [\d,]+")

ABOUT = {
    "column_gone": "{is} gone",
    "column_new": "{is} a column never seen before",
    "type_changed": "{has} another type",
    "all_null": "{has} nothing but missing values",
    "unseen_share": "{has} a value never seen before",
    "new_value_share": "{has} a value never seen before",
    "new_pattern_share": "{is} written in a way never seen before",
    "stray_blank_share": "{has} stray blanks",
    "off_grid": "{has} more decimals than ever before",
    "beyond_share": "{is} outside the known range",
    "nonfinite_share": "{is} NaN or infinite",
    "repeated_share": "{has} the values of the run before",
    "mismatch_share": "{is} not the same in training and serving",
}
"""Metric to what is said of its column."""

MOVED = frozenset(
    {"ks", "psi", "js", "chi2", "hellinger", "tv", "linf", "t", "kruskal", "mean_error"}
    | {"wasserstein", "wasserstein_raw", "anderson_darling"}
)
"""Distances: nobody but the explorer shows their names."""

OF_TABLE = {
    "duplicates": "rows repeat",
    "new_null_pattern_share": "columns are missing together that never were before",
    "missing_in_serving_share": "rows of training are missing in serving",
    "missing_in_training_share": "rows of serving are missing in training",
}


@dataclass(frozen=True)
class Place:
    """The rows that a finding is about: such as ``origin = EWR``; empty where it is about all.

    Parameters
    ----------
    words
        Which rows.
    all
        Whether it is about every one of them.
    """

    words: str = ""
    all: bool = False

    @property
    def column(self) -> str:
        """The column that tells the rows apart; empty for all rows."""
        return self.words.partition(" = ")[0] if " = " in self.words else ""

    @property
    def value(self) -> str:
        """Its value on these rows."""
        return self.words.partition(" = ")[2]


def is_missing(metric: Metric) -> bool:
    """Whether a metric counts missing values."""
    name = metric.name.rpartition(".")[2]
    return name in ("null_share", "nulls_by_segment") or name.startswith("unjoined_by_")


def place_of(group: Group) -> Place:
    """Which rows a group of findings is about, as they or their cause say."""
    lead = group.plain
    if lead.metric.slice and not lead.metric.slice.endswith("=*"):
        return Place(slice_words(lead.metric.slice))
    if is_missing(lead.metric):
        for verdict in (lead, *group.findings):
            if is_missing(verdict.metric) and (found := PLACE.search(verdict.why)):
                return Place(plainly(found["where"]), all=bool(found["all"]))
        if group.cause and group.cause.slice:
            return Place(plainly(group.cause.slice))
    return Place()


def title(verdict: Verdict, columns: Sequence[str], place: Place, *, is_headline: bool = False) -> str:
    """Say what is wrong and where.

    Parameters
    ----------
    verdict
        The finding that says it best.
    columns
        The columns it is about.
    place
        The rows it is about.
    is_headline
        Shorter on columns, and saying whether it is every one of the rows.
    """
    metric = verdict.metric
    name = metric.name.rpartition(".")[2]
    many = len(columns) > 1
    be, have = ("are", "have") if many else ("is", "has")
    subject = named(columns, 1 if is_headline else NAMED)
    there = (
        f" on {'every row' if place.all and is_headline else 'rows'} with {place.words}"
        if place.words
        else ""
    )
    if metric.family == "check":
        return f"Could not check {printable(metric.name)}"
    if is_missing(metric) and columns:
        return f"{subject} {be} missing{there}"
    if name in ABOUT and columns:
        known = VALUES.findall(verdict.why) if name in ("unseen_share", "new_value_share") else []
        values = f": {shortened(plainly(', '.join(known)), NAME)}" if known else ""
        return f"{subject} {ABOUT[name].format(**{'is': be, 'has': have})}{there}{values}"
    said = _of_numbers(verdict, name, subject, there)
    return said if subject and said.startswith(subject) else capital(said)


def headline(verdict: Verdict, columns: Sequence[str], place: Place, since: str) -> str:
    """Say what is wrong, where, how much and since when."""
    said = title(verdict, columns, place, is_headline=True)
    much = how_much(verdict)
    return f"{said}: {much}, {since}." if much else f"{said}, {since}."


def how_much(verdict: Verdict) -> str:
    """Say how much it is: a part of the rows, or a number and what was expected; empty where there is no number."""
    metric = verdict.metric
    name = metric.name.rpartition(".")[2]
    if (
        metric.value is None
        or metric.family == "check"
        or name in ("column_gone", "column_new", "type_changed")
    ):
        return ""
    value = amount(metric.value, metric.scale)
    if is_missing(metric) or name in ABOUT or name.startswith("share:"):
        of = f"of rows with {slice_words(metric.slice)}" if metric.slice[-2:] not in ("", "=*") else "of rows"
        return f"{value} {of}" if metric.scale == "share" else value
    expected = expectation(verdict.lower, verdict.upper, verdict.expected, metric.scale)
    return value if expected == "—" else f"{value}, expected {expected}"


def named(columns: Sequence[str], most: int = NAMED) -> str:
    """Name the first of some columns, and count the others.

    >>> columns = ["temp", "dewp", "humid", "wind_dir", "pressure"]
    >>> named(columns), named(columns, 1), named(columns[:2], 1), named(columns[:1])
    ('temp, dewp, humid and 2 more', 'temp and 4 more columns', 'temp and dewp', 'temp')
    """
    names = [shortened(column, NAME) for column in columns]
    if len(names) <= max(most, 2):
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    more = len(names) - most
    return f"{', '.join(names[:most])} and {more} more{' columns' if most == 1 else ''}"


def plainly(text: str) -> str:
    """Write a text of a judge on one line, without what stands for values of private columns."""
    return printable(HASH.sub(HIDDEN, " ".join(text.split())))


def clause(verdict: Verdict) -> str:
    """What a verdict says first, before what was expected."""
    said = re.split(r"; (?:would have warned|expected|too few|the baseline has)\b", verdict.why)[0]
    return shortened(plainly(said), SAID)


def _of_numbers(verdict: Verdict, name: str, subject: str, there: str) -> str:
    metric = verdict.metric
    more = "more" if is_high(verdict) else "fewer"
    counted = metric_words(metric.name, metric.column or "", _single(metric.slice))
    speaks = name in SENTENCES or metric.family in SPEAKING or metric.family == "bound"
    if name in OF_TABLE and not metric.column:
        said = OF_TABLE[name]
    elif name == "rows":
        said = f"{more} rows than usual{there}" if metric.value else "no rows at all"
    elif name.startswith("share:"):
        said = f"{more} {metric_words(name, metric.column or '')} than usual{there}"
    elif speaks and verdict.why:
        said = f"{subject}: {clause(verdict)}" if subject and subject not in verdict.why else clause(verdict)
    elif name in MOVED and metric.column:
        said = f"the values of {subject} are not distributed as usual{there}"
    elif metric.value is None:
        said = f"{counted} is not defined this time"
    else:
        said = f"{counted} is {'higher' if is_high(verdict) else 'lower'} than usual"
    return said


def _single(part: str) -> str:
    """A slice, where it is one of several; empty for the worst of all."""
    return "" if part.endswith("=*") else part
