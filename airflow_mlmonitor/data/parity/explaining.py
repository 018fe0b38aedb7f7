"""What the values of serving have to do with those of training, in one sentence a feature."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from airflow_mlmonitor.data.parity.matching import Kind, Matching, Twin
from airflow_mlmonitor.data.parity.mismatch import Counted, Mismatch
from airflow_mlmonitor.data.parity.moment_patterns import moment_patterns
from airflow_mlmonitor.data.parity.number_patterns import number_patterns
from airflow_mlmonitor.data.parity.pattern import Pattern, simplest
from airflow_mlmonitor.data.parity.row_patterns import (
    constant_patterns,
    lag_patterns,
    null_patterns,
    swapped_patterns,
)
from airflow_mlmonitor.data.parity.text_patterns import text_patterns


def explained(
    matching: Matching,
    counted: Counted,
    looked_at: Mapping[int, Sequence[Mismatch]],
    private: Collection[str],
) -> dict[int, str]:
    """Say of each feature that was looked at what its mismatches have in common, as far as that was seen.

    Parameters
    ----------
    matching, counted
        Which columns belong together, and how many of their rows differ.
    looked_at
        Some of those rows, by the feature's position.
    private
        Columns of which no value may be told.
    """
    names = {place: matching.features[place].training for place in looked_at}
    told = {}
    for place, rows in looked_at.items():
        twin = matching.features[place]
        patterns = [
            *null_patterns(rows),
            *constant_patterns(rows, private=twin.training in private),
            *_of_kind(twin, rows),
            *swapped_patterns(place, looked_at, names),
            *lag_patterns(rows, matching.time),
        ]
        told[place] = _types(twin) + _sentence(simplest(patterns), len(rows), counted.mismatches[place])
    return told


def _of_kind(twin: Twin, rows: Sequence[Mismatch]) -> Iterator[Pattern]:
    """The patterns of its kind. They are sought where both sides have a value, and counted among all rows."""
    pairs = [(row.training, row.serving) for row in rows if None not in (row.training, row.serving)]
    if not pairs:
        return
    training, serving = zip(*pairs, strict=True)
    found: Iterator[Pattern]
    if twin.kind in (Kind.NUMBER, Kind.WHOLE):
        found = number_patterns(np.array(training, np.float64), np.array(serving, np.float64))
    elif twin.kind is Kind.MOMENT:
        found = moment_patterns(training, serving)
    elif twin.kind is Kind.TEXT:
        found = text_patterns(training, serving)
    elif twin.kind is Kind.TRUTH:
        found = iter([Pattern(words="serving = not training", holds=len(pairs), rows=len(pairs))])
    else:
        return
    for pattern in found:
        yield Pattern(words=pattern.words, holds=pattern.holds, rows=len(rows))


def _types(twin: Twin) -> str:
    """Say so where the types of both sides have nothing but their texts in common."""
    if twin.kind is not Kind.TEXT or twin.types[0] == twin.types[1]:
        return ""
    return f"{twin.types[0]} in training and {twin.types[1]} in serving, "


def _sentence(pattern: Pattern | None, seen: int, all_of_them: int) -> str:
    """Say what holds on how many rows, and how many were looked at where that is not all of them."""
    rows = f"{seen:,} mismatching rows" + (f" looked at, of {all_of_them:,}" if seen < all_of_them else "")
    if pattern is None:
        return f"no pattern was found in the {rows}"
    share = f"{pattern.share:.1%}".replace(".0%", "%")
    if pattern.among:
        return f"{pattern.words} on {share} of the {pattern.rows:,} mismatching rows{pattern.among}"
    return f"{pattern.words} on {share} of the {rows}"
