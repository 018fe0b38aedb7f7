"""Invariants, held against the rows of a source in the cheapest way that gives the right numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.frame import Frame
from airflow_mlmonitor.data.invariants.asking import Questions
from airflow_mlmonitor.data.invariants.dialect import LOCAL
from airflow_mlmonitor.data.invariants.in_batches import answers_in_batches
from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept
from airflow_mlmonitor.data.relations import Query, Table
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from airflow_mlmonitor.data.source import Rows

EXISTS = "expect_column_to_exist"


def held_against(
    invariants: Sequence[Invariant],
    source: Source,
    window: Window | None = None,
    *,
    connections: Connections | None = None,
) -> list[Kept]:
    """Say how the rows of a source keep some invariants, in their order.

    Most expectations are asked for together: of a database by one aggregate query, of all other rows in one pass over
    their batches. The rest is answered by Great Expectations, which is loaded only for that: on the rows as a pandas
    frame, in the database, or on Spark where a frame's function returns a frame of Spark's.

    Examples
    --------
    >>> rows = Frame({"fare": [8.5, -1.0, None, 12.0]})
    >>> fares = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "fare", "min_value": 0}}
    >>> (kept,) = held_against([Invariant.read(fares)], rows)
    >>> kept.success, kept.missing, kept.unexpected, kept.samples
    (False, 1, 1, (-1.0, -1.0))
    """
    if connections is None:
        from airflow_mlmonitor.data.connections import EnvironmentConnections

        connections = EnvironmentConnections()
    if isinstance(source, Frame):
        source = source.loaded(window)
        if type(source.data).__module__.startswith("pyspark."):
            from airflow_mlmonitor.data.invariants.validating import validated_on_spark

            return validated_on_spark(invariants, source.data)
    return _Look(source, window, connections).at(invariants)


class _Look:
    """One look at the rows of a source."""

    def __init__(self, source: Source, window: Window | None, connections: Connections) -> None:
        self._source, self._window, self._connections = source, window, connections

    def at(self, invariants: Sequence[Invariant]) -> list[Kept]:
        """Answer them all."""
        rows = self._source.open(self._window, self._connections)
        there = [
            one for one in invariants if one.type == EXISTS or set(one.columns) <= set(rows.schema.names)
        ]
        kept = [_absent(one, rows) for one in invariants if one not in there]
        found, left = self._in_database(there, rows)
        kept += found
        found, left = self._in_batches(left, rows)
        kept += found
        if left:
            from airflow_mlmonitor.data.invariants.validating import validated

            kept += validated(left, self._source, self._window, self._connections)
        by_key = {(one.invariant.name, one.invariant.column): one for one in kept}
        return [by_key[one.name, one.column] for one in invariants]

    def _in_database(self, invariants: Sequence[Invariant], rows: Rows) -> tuple[list[Kept], list[Invariant]]:
        if not isinstance(self._source, Table | Query):
            return [], list(invariants)
        from airflow_mlmonitor.data.invariants.in_database import answers_in_database, dialect_in

        dialect = dialect_in(self._source, self._connections)
        if dialect is None:
            return [], list(invariants)
        questions = Questions(rows.schema, dialect)
        others = [one for one in invariants if not questions.add(one)]
        answers = answers_in_database(questions, self._source, self._window, self._connections)
        return _told(questions, answers, others)

    def _in_batches(self, invariants: Sequence[Invariant], rows: Rows) -> tuple[list[Kept], list[Invariant]]:
        questions = Questions(rows.schema, LOCAL)
        others = [one for one in invariants if not questions.add(one)]
        answers = answers_in_batches(questions, self._source, rows, self._window, self._connections)
        return _told(questions, answers, others)


def _told(
    questions: Questions, answers: list[Any], others: list[Invariant]
) -> tuple[list[Kept], list[Invariant]]:
    kept, left = questions.told(answers)
    return kept, [*others, *left]


def _absent(invariant: Invariant, rows: Rows) -> Kept:
    gone = [name for name in invariant.columns if name not in rows.schema.names]
    return Kept(invariant=invariant, success=False, gone=gone[0], why=f"there is no column {gone[0]!r}")
