"""The pairs of values that two columns had, where one value follows from the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from airflow_mlmonitor.data.frame import Frame
from airflow_mlmonitor.data.invariants.dialect import LOCAL, kind_of
from airflow_mlmonitor.data.invariants.in_batches import BATCHES, batches_of
from airflow_mlmonitor.data.reading import opened
from airflow_mlmonitor.data.rules.pair import Pair
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window

MOST = 500
"""Pairs of one expectation at most: more, nobody reads."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """The pairs of values that two columns had.

    Parameters
    ----------
    left, right
        The columns.
    values
        The pairs.
    natural
        Share of rows with a pair never seen that is usual.
    """

    left: str
    right: str
    values: tuple[tuple[str, str], ...]
    natural: float


def pairs_of(
    source: Source, window: Window | None, rules: Rules, *, connections: Connections | None = None
) -> list[Pairs]:
    """Look up the pairs of those columns of text of which one follows from the other; private ones are left out.

    Candidates are those of which a rule says that their values go together.
    """
    rows, _ = opened(source, window, connections, None)
    texts = {field.name for field in rows.schema if kind_of(field.type) == "text"} - {*source.private}
    wanted = [rule for rule in rules.rules if isinstance(rule, Pair) and {rule.left, rule.right} <= texts]
    if not wanted:
        return []
    columns = sorted({name for rule in wanted for name in rule.columns})
    if not isinstance(source, Frame):
        rows, _ = opened(replace(source, columns=tuple(columns), slices=()), window, connections, None)
    schema = pa.schema([rows.schema.field(name) for name in columns])
    reader = pa.RecordBatchReader.from_batches(schema, batches_of(rows, columns))
    asked = ", ".join(_distinct(rule) for rule in wanted)
    with duckdb.connect() as connection:
        connection.register(BATCHES, reader)
        found = connection.sql(f"SELECT {asked} FROM {BATCHES}").fetchall()[0]  # noqa: S608 - names are quoted
    return [
        Pairs(left=rule.left, right=rule.right, values=tuple(sorted(map(tuple, pairs))), natural=rule.natural)
        for rule, pairs in zip(wanted, found, strict=True)
        if pairs and len(pairs) <= MOST and _follows(pairs)
    ]


def _follows(pairs: Sequence[Sequence[str]]) -> bool:
    """Whether each value of one column came with one value of the other only."""
    return any(len({pair[side] for pair in pairs}) == len(pairs) for side in (0, 1))


def _distinct(rule: Pair) -> str:
    left, right = (f"CAST({LOCAL.quoted(name)} AS VARCHAR)" for name in rule.columns)
    return f"LIST(DISTINCT [{left}, {right}]) FILTER (WHERE {left} IS NOT NULL AND {right} IS NOT NULL)"
