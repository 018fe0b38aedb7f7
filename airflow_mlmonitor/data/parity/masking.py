"""Example rows that may be shown: without the values of private columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from airflow_mlmonitor.data.building import shown
from airflow_mlmonitor.data.parity.matching import Matching, Twin
from airflow_mlmonitor.data.parity.mismatch import Mismatch

EXAMPLES = 10


def examples(
    matching: Matching, place: int, rows: Sequence[Mismatch], private: Collection[str]
) -> dict[str, Any]:
    """Ten rows of one feature, evenly spaced among those that were looked at, as plain values for JSON.

    Parameters
    ----------
    matching, place
        Which columns belong together, and the position of the feature.
    rows
        The rows of it that were looked at.
    private
        Columns, by their name in training, whose values are shown as hashes.
    """
    feature = matching.features[place]
    count = min(EXAMPLES, len(rows))
    chosen = [rows[number * len(rows) // count] for number in range(count)]
    return {
        "columns": [*[twin.training for twin in matching.keys], "training", "serving"],
        "rows": [
            [
                *[_masked(value, twin, private) for value, twin in zip(row.key, matching.keys, strict=True)],
                _masked(row.training, feature, private),
                _masked(row.serving, feature, private),
            ]
            for row in chosen
        ],
    }


def _masked(value: Any, twin: Twin, private: Collection[str]) -> Any:
    if value is None or (isinstance(value, bool | int | float) and twin.training not in private):
        return value
    text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    return shown(text, private=twin.training in private)
