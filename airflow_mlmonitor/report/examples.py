"""Rows of training and serving that differ, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, shortened, table

SHOWN = 3
"""Features of which rows are shown, the first of the findings."""

VALUE = 40
"""Characters of one value."""

FACT = "parity_examples"
"""What the name of the fact ends with that holds them."""


def mismatches(report: Report, width: int) -> Iterator[list[str]]:
    """Rows of the features that findings are about; private values stand as hashes in the report already."""
    known: dict[str, Any] = {}
    for name, text in report.facts.items():
        if name.endswith(FACT):
            known |= json.loads(text)
    found = [verdict.metric.column for verdict in report.findings if verdict.metric.family == "parity"]
    named = [column for column in dict.fromkeys(found) if column in known]
    for column in named[:SHOWN]:
        title = printable(f"Rows on which {column} differs:")
        rows = [[_spelled(value) for value in row] for row in known[column]["rows"]]
        lines = table(known[column]["columns"], rows, width=width - 2)
        yield [title, *(f"  {line}" for line in lines)]


def _spelled(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return shortened(str(value), VALUE)
