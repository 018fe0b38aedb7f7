"""A suite to begin with, inferred from training data: what its rows always were like, with headroom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Any

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.data.invariants.formats import format_of
from airflow_mlmonitor.data.invariants.pairs_of_values import Pairs, pairs_of
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import Progress, read, read_days
from airflow_mlmonitor.data.rules.identity import Identity
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.rules.ordered import Ordered
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window

DAYS = 7
"""Days from which on what varies by day is suggested."""

MANY = 1_000
"""Rows from which on a property that every one of them has is worth an expectation."""

VALUES = 100
"""Values of a set at most."""

HEADROOM = 2.0
"""Ranges of values reach so much of their own length further at both ends, but not past 0."""

SWING = 4.0
"""The same of what varies by day, since a season moves it."""

SLACK = 0.05
"""Share of rows that may break what some rows of training broke too, above three times that of the worst day."""

FEWEST = 30
"""Values that every day must have for its mean and spread to be held against those of others."""

_NUMPY = {"double": "float64", "float": "float32", "halffloat": "float16"}

Expectation = dict[str, Any]


def suggest_invariants(
    source: Source,
    window: Window | None = None,
    *,
    span: timedelta = timedelta(days=1),
    connections: Connections | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Infer a suite from training data, in the form of Great Expectations' own JSON.

    The rows are read three times: for the rules, for the profile, and for the pairs of values.

    Parameters
    ----------
    source, window, connections, progress
        As for :func:`~airflow_mlmonitor.data.reading.read`; so are the errors. Without a timestamp column less is
        suggested: how much a day may differ from another is not known then.
    span
        What a day is: the length of a usual run.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame
    >>> rows = Frame({"fare": [8.5, 9.0, 12.5] * 400, "carrier": ["UA", "AA", "UA"] * 400})
    >>> suite = suggest_invariants(rows)
    >>> next(one["kwargs"] for one in suite["expectations"] if "in_set" in one["type"])
    {'column': 'carrier', 'value_set': ['AA', 'UA'], 'mostly': 1.0}
    """
    rules = learn_rules(source, window, span=span, connections=connections, progress=progress)
    parts: Mapping[Window, Profile] = {}
    if source.timestamp is None:
        whole = read(source, window, connections=connections, progress=progress)
    else:
        parts = read_days(source, window, span=span, connections=connections, progress=progress)
        whole = reduce(add, parts.values(), Profile())
    pairs = pairs_of(source, window, rules, connections=connections)
    return suggested(whole, rules, tuple(parts.values()), pairs)


def suggested(
    whole: Profile, rules: Rules, days: Sequence[Profile] = (), pairs: Sequence[Pairs] = ()
) -> dict[str, Any]:
    """The suite that a profile, its days, and rules of the same rows suggest."""
    made = [
        *_Suggestions(whole, days if len(days) >= DAYS else ()).all(),
        *_of_rules(rules),
        *_of_pairs(pairs),
    ]
    return {
        "name": "suggested",
        "expectations": made,
        "meta": {"rows": whole.rows, "days": len(days)},
        "notes": None,
    }


@dataclass(frozen=True)
class _Suggestions:
    """What columns suggest, one by one."""

    whole: Profile
    days: Sequence[Profile] = field(default=())

    def all(self) -> Iterator[Expectation]:
        if self.days:
            counts = [day.rows for day in self.days]
            yield _expectation(
                "table_row_count_to_be_between", min_value=min(counts) // 2, max_value=2 * max(counts)
            )
        for name, column in self.whole.columns.items():
            yield _expectation("column_to_exist", column=name)
            if column.count:
                yield from self._nulls(name, column)
                yield from self._values(name, column)

    def _nulls(self, name: str, column: Column) -> Iterator[Expectation]:
        shares = [day[name].null_share or 0.0 for day in self.days] or [column.null_share or 0.0]
        allowed = _allowed(max(shares), column.null_share or 0.0)
        if allowed < 0.9 and (allowed or column.rows >= MANY):
            yield _expectation("column_values_to_not_be_null", column=name, mostly=_mostly(allowed))

    def _values(self, name: str, column: Column) -> Iterator[Expectation]:
        is_key = _is_key(column)
        if is_key:
            yield _expectation("column_values_to_be_unique", column=name, mostly=1.0)
        if isinstance(column, NumberColumn) and column.kind == "number":
            yield _expectation("column_values_to_be_in_type_list", column=name, type_list=_types(column.type))
            if not is_key:
                yield from _range(name, column)
                yield from self._by_day(name)
        if isinstance(column, CategoryColumn) and not column.private and "string" in column.type:
            yield from self._texts(name, column)

    def _texts(self, name: str, column: CategoryColumn) -> Iterator[Expectation]:
        yield _expectation("column_values_to_be_of_type", column=name, type_="str")
        if not column.exact or column.count < MANY:
            return
        pattern = format_of(list(column.counts))
        if pattern is not None:
            yield _expectation("column_values_to_match_regex", column=name, regex=pattern, mostly=1.0)
        if len(column.counts) <= VALUES:
            values, mostly = sorted(column.counts), _mostly(self._unseen(name))
            yield _expectation(
                "column_values_to_be_in_set", "warning", column=name, value_set=values, mostly=mostly
            )

    def _by_day(self, name: str) -> Iterator[Expectation]:
        """How far the mean and the spread of a day may be from those of all days."""
        known = [column for day in self.days if isinstance(column := day[name], NumberColumn)]
        if min((column.count for column in known), default=0) < FEWEST:
            return
        means = [column.mean for column in known if column.mean is not None]
        spreads = [column.sd for column in known if column.sd is not None]
        if len(means) >= DAYS and max(means) > min(means):
            room = SWING * (max(means) - min(means))
            low, high = _rounded(min(means) - room, max(means) + room)
            yield _expectation(
                "column_mean_to_be_between", "warning", column=name, min_value=low, max_value=high
            )
        if len(spreads) >= DAYS and min(spreads) > 0:
            low, high = _rounded(min(spreads) / SWING, max(spreads) * SWING)
            yield _expectation(
                "column_stdev_to_be_between", "warning", column=name, min_value=low, max_value=high
            )

    def _unseen(self, name: str) -> float:
        """Share of rows that may have a value which is not in the set, by how it was in the second half of the days."""
        half, seen, worst = len(self.days) // 2, set[str](), 0.0
        for place, day in enumerate(self.days):
            column = day[name]
            if isinstance(column, CategoryColumn):
                new = sum(count for value, count in column.counts.items() if value not in seen)
                if place >= half and column.count:
                    worst = max(worst, new / column.count)
                seen |= column.counts.keys()
        return _allowed(worst, worst)


def _range(name: str, column: NumberColumn) -> Iterator[Expectation]:
    assert column.min is not None and column.max is not None  # noqa: S101, PT018 - it has values
    room = HEADROOM * (column.max - column.min)
    low, high = _rounded(column.min - room, column.max + room)
    low, high = (0.0 if column.min >= 0 else low), (0.0 if column.max <= 0 else high)
    yield _expectation("column_values_to_be_between", column=name, min_value=low, max_value=high, mostly=1.0)


def _types(type_: str) -> list[str]:
    """The type, and what pandas makes of it where a value is missing."""
    return sorted({_NUMPY.get(type_, type_), "float64"})


def _of_rules(rules: Rules) -> Iterator[Expectation]:
    for rule in rules.rules:
        if isinstance(rule, Ordered):
            yield _expectation(
                "column_pair_values_a_to_be_greater_than_b",
                "warning",
                column_A=rule.high,
                column_B=rule.low,
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                mostly=_mostly(SLACK),
            )
        elif isinstance(rule, Identity) and rule.words() == f"{rule.target} = {rule.sources[0]}":
            yield _expectation(
                "column_pair_values_to_be_equal",
                column_A=rule.target,
                column_B=rule.sources[0],
                ignore_row_if="either_value_is_missing",
                mostly=_mostly(SLACK),
            )


def _of_pairs(found: Sequence[Pairs]) -> Iterator[Expectation]:
    for pairs in found:
        yield _expectation(
            "column_pair_values_to_be_in_set",
            "warning",
            column_A=pairs.left,
            column_B=pairs.right,
            value_pairs_set=[list(pair) for pair in pairs.values],
            ignore_row_if="either_value_is_missing",
            mostly=_mostly(_allowed(pairs.natural, pairs.natural)),
        )


def _expectation(type_: str, severity: str = "critical", /, **arguments: Any) -> Expectation:
    return {"type": f"expect_{type_}", "kwargs": arguments, "severity": severity, "meta": {}}


def _allowed(worst: float, usual: float) -> float:
    """Share of rows that may break an expectation that some, or none, broke in training."""
    return min(1.0, 3 * worst + SLACK) if usual else 0.0


def _mostly(allowed: float) -> float:
    return math.floor((1 - allowed) * 1000) / 1000


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Both ends on a grid of a thousandth of what lies between them, so that a person can read them."""
    width = high - low
    step = 10.0 ** math.floor(math.log10(width) - 2) if width > 0 and math.isfinite(width) else 0.0
    if not step:
        return low, high
    digits = max(0, -round(math.log10(step)))
    return round(math.floor(low / step) * step, digits), round(math.ceil(high / step) * step, digits)


def _is_key(column: Column) -> bool:
    """Whether no value of whole numbers or texts came twice: such values grow, and say nothing of later ones."""
    if column.count < MANY or column.distinct != column.count:
        return False
    if isinstance(column, CategoryColumn):
        return column.exact
    return isinstance(column, NumberColumn) and "int" in column.type and column.values is None
