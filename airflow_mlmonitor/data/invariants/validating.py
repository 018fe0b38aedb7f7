"""Invariants that Great Expectations itself has to look after. Only here it is loaded, and only when a task runs."""

from __future__ import annotations

import logging
import os
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.data.invariants.kept import Kept
from airflow_mlmonitor.data.relations import Query, Table
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.sql.reader import database_url, moment, open_reader
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

    from airflow_mlmonitor.data.sql.reader import SqlReader

SAMPLES = 5
QUANTILES = "expect_column_quantile_values_to_be_between"
PLACE = "mlmonitor"
"""Name of everything that has to have one, and of the mark by which an answer is known again."""

ASKS = {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLES}
REASON = 300
"""Characters of an error's text."""


def validated(
    invariants: Sequence[Invariant], source: Source, window: Window | None, connections: Connections
) -> list[Kept]:
    """Have Great Expectations validate the rows of a source: in their database, else as a pandas frame.

    What it cannot ask a database for, it is asked of the rows as a frame.
    """
    kept: list[Kept] = []
    if isinstance(source, Table | Query):
        kept = _in_database(invariants, source, window, connections)
    answered = [one for one in kept if one.why is None]
    known = {one.invariant.name for one in answered}
    left = [one for one in invariants if one.name not in known]
    return [*answered, *(_on_frame(left, source, window, connections) if left else [])]


def validated_on_spark(invariants: Sequence[Invariant], frame: Any) -> list[Kept]:
    """Have Great Expectations validate a frame of Spark's, where the rows are."""
    with _quiet() as context:
        asset = context.data_sources.add_spark(PLACE).add_dataframe_asset(PLACE)
        definition = asset.add_batch_definition_whole_dataframe(PLACE)
        return _validated(invariants, definition.get_batch(batch_parameters={"dataframe": frame}))


def _on_frame(
    invariants: Sequence[Invariant], source: Source, window: Window | None, connections: Connections
) -> list[Kept]:
    rows = source.open(window, connections)
    batches = [batch for part in rows.parts for batch in part()]
    frame = pa.Table.from_batches(batches, schema=rows.schema).to_pandas()
    with _quiet() as context:
        asset = context.data_sources.add_pandas(PLACE).add_dataframe_asset(PLACE)
        definition = asset.add_batch_definition_whole_dataframe(PLACE)
        return _validated(invariants, definition.get_batch(batch_parameters={"dataframe": frame}))


def _in_database(
    invariants: Sequence[Invariant], source: Table | Query, window: Window | None, connections: Connections
) -> list[Kept]:
    reader = open_reader(connections.url(source.conn_id))
    if reader.url.get_backend_name() == "duckdb":
        return []
    url = database_url(reader.url.render_as_string(hide_password=False))
    query = _written(source, reader, window)
    reader.close()
    with _quiet() as context:
        try:
            database = context.data_sources.add_sql(
                PLACE, connection_string=url.render_as_string(hide_password=False)
            )
            definition = database.add_query_asset(PLACE, query=query).add_batch_definition_whole_table(PLACE)
            with _closing(database):
                return _validated(invariants, definition.get_batch())
        except Exception as error:  # noqa: BLE001 - its own errors have no common class; the rows still come as a frame
            logging.getLogger(__name__).info("No validation in the database: %s", type(error).__name__)
            return []


@contextmanager
def _closing(database: SQLDatasource) -> Iterator[None]:
    """Hang up in the end, which Great Expectations leaves to the garbage collector."""
    try:
        yield
    finally:
        database.get_execution_engine().close()
        database.get_engine().dispose()


def _written(source: Table | Query, reader: SqlReader, window: Window | None) -> str:
    """The statement that gives the rows, with the moments written into it."""
    pieces = source.asked(reader, window)
    return "".join(
        piece if isinstance(piece, str) else _literal(reader, moment(piece, window)) for piece in pieces
    )


def _literal(reader: SqlReader, moment_: datetime) -> str:
    if reader.url.get_backend_name() == "postgresql":
        return f"TIMESTAMPTZ '{moment_.isoformat()}'"
    return f"'{moment_.replace(tzinfo=None).isoformat(' ')}'"


@contextmanager
def _quiet() -> Iterator[EphemeralDataContext]:
    """Load Great Expectations so that it tells nobody, writes no file and prints nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read once, when it is imported
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            from great_expectations.data_context.types.base import (
                DataContextConfig,
                InMemoryStoreBackendDefaults,
                ProgressBarsConfig,
            )

            stores = InMemoryStoreBackendDefaults(
                init_temp_docs_sites=False
            )  # which would leave a folder each
            config = DataContextConfig(store_backend_defaults=stores)
            context = gx.get_context(mode="ephemeral", project_config=config)
            context.variables.progress_bars = ProgressBarsConfig(globally=False)
            yield context
    finally:
        logger.setLevel(level)


def _validated(invariants: Sequence[Invariant], batch: Batch) -> list[Kept]:
    import great_expectations as gx

    expectations, kept = [], []
    for place, invariant in enumerate(invariants):
        try:
            expectations.append(_configured(invariant, place))
        except Exception as error:  # noqa: BLE001 - what it refuses has no common class
            kept.append(Kept(invariant=invariant, success=None, why=_said(error), by="Great Expectations"))
    for group in _apart(expectations):
        suite = gx.ExpectationSuite(name=PLACE, expectations=group)
        answers: Any = batch.validate(suite, result_format=ASKS)
        for answer in answers.results:
            kept.append(_read(invariants[answer.expectation_config.meta[PLACE]], answer))  # noqa: PERF401
    return kept


def _apart(expectations: Sequence[Any]) -> list[list[Any]]:
    """Suites to validate one after the other: in one, the quantiles of a column would all be those asked for first."""
    groups: list[list[Any]] = []
    seen: Counter[str] = Counter()
    for expectation in expectations:
        place = 0
        if expectation.expectation_type == QUANTILES:
            place = seen[expectation.column]
            seen[expectation.column] += 1
        groups += [[] for _ in range(place + 1 - len(groups))]
        groups[place].append(expectation)
    return groups


def _configured(invariant: Invariant, place: int) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    given = dict(invariant.document or {"type": invariant.type, "kwargs": invariant.arguments})
    kwargs = {name: value for name, value in invariant.arguments.items() if name != "batch_id"}
    return ExpectationConfiguration(
        type=invariant.type, kwargs=kwargs, meta={**(given.get("meta") or {}), PLACE: place}
    ).to_domain_obj()


def _read(invariant: Invariant, answer: Any) -> Kept:
    found: Mapping[str, Any] = answer.result or {}
    trouble = _trouble(answer.exception_info)
    unexpected, rows = found.get("unexpected_count"), found.get("element_count")
    return Kept(
        invariant=invariant,
        success=None if trouble else bool(answer.success),
        rows=None if rows is None or unexpected is None else int(rows),
        missing=None if rows is None else int(found.get("missing_count") or 0),
        unexpected=None if rows is None or unexpected is None else int(unexpected),
        observed=_plain(found.get("observed_value")),
        samples=tuple(map(_plain, found.get("partial_unexpected_list") or ())),
        by="Great Expectations",
        why=trouble,
    )


def _trouble(info: Mapping[str, Any] | None) -> str | None:
    """What went wrong, as one line; it stands by itself, or once for each number that was needed."""
    if not info:
        return None
    told = [info] if "raised_exception" in info else list(info.values())
    for one in told:
        if one.get("raised_exception"):
            return (
                str(one.get("exception_message") or "it cannot be evaluated")
                .strip()
                .partition("\n")[0][:REASON]
            )
    return None


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:REASON] or type(error).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value.item() if hasattr(value, "item") and not hasattr(value, "year") else value
