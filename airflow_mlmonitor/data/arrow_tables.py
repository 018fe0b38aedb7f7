"""Whatever holds rows in memory, as Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from airflow_mlmonitor.data.python_values import array_of, type_of
from airflow_mlmonitor.data.schemas import named_apart, plain
from airflow_mlmonitor.errors import ConfigurationError, DataError


def arrow_of(data: Any, label: str) -> tuple[pa.Table | pa.RecordBatchReader, dict[str, str]]:
    """The rows of a frame as Arrow, with notes on what was changed on the way.

    Nothing is imported to find out what a frame is.

    Raises
    ------
    ConfigurationError
        It is nothing that holds rows.
    DataError
        It holds something that Arrow has no type for, or columns of different lengths.
    """
    if _is_pandas(data):
        return _from_columns(data.columns, (data.iloc[:, position] for position in range(data.shape[1])))
    if _package(data) == "polars" and hasattr(data, "collect"):
        data = data.collect()
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if hasattr(data, "__arrow_c_stream__"):
        return _from_stream(data, label)
    if isinstance(data, Mapping):
        columns = [list(values) for values in data.values()]
        if len({len(values) for values in columns}) > 1:
            lengths = ", ".join(f"{name} {len(values):,}" for name, values in zip(data, columns, strict=True))
            raise DataError(f"{label}: the columns differ in length ({lengths}).")
        return _from_columns(data, columns)
    if isinstance(data, Sequence) and all(isinstance(row, Mapping) for row in data):
        names = list(dict.fromkeys(name for row in data for name in row))
        return _from_columns(names, ([row.get(name) for row in data] for name in names))
    raise ConfigurationError(
        f"{label}: {type(data).__name__} holds no rows; give a pandas or polars frame, an Arrow table or reader, "
        "a list of dicts, a dict of columns, or a function that returns one."
    )


def _is_pandas(data: Any) -> bool:
    return _package(data) == "pandas" and hasattr(data, "iloc") and hasattr(data, "columns")


def _package(data: Any) -> str:
    return type(data).__module__.partition(".")[0]


def _from_columns(names: Iterable[Any], columns: Iterable[Any]) -> tuple[pa.Table, dict[str, str]]:
    unique, notes = named_apart(str(name) for name in names)
    arrays = []
    for name, values in zip(unique, columns, strict=True):
        array, note = _column(values)
        arrays.append(array)
        if note:
            notes[name] = note
    return pa.Table.from_arrays(arrays, names=unique), notes


def _column(values: Any) -> tuple[pa.Array | pa.ChunkedArray, str]:
    if not isinstance(values, list):
        try:
            zone = getattr(getattr(values, "dtype", None), "tz", None)
            array = pa.array(values, from_pandas=True) if zone is None else _zoned(values, zone)
        except (pa.ArrowException, OverflowError):
            array = None
        if array is not None and not isinstance(array.type, pa.BaseExtensionType):
            return plain(array), ""
        values = list(values)
    type_, note = type_of(values)
    return array_of(values, type_), note


def _zoned(values: Any, zone: Any) -> pa.Array:
    """Moments with a zone, by way of UTC: pyarrow below 26 asks for them in a way that pandas warns of."""
    moments = pa.array(values.dt.tz_convert(None), from_pandas=True)
    return moments.cast(pa.timestamp(moments.type.unit, tz=pa.lib.tzinfo_to_string(zone)))


def _from_stream(data: Any, label: str) -> tuple[pa.Table | pa.RecordBatchReader, dict[str, str]]:
    """A table stays one, since its parts can be read in parallel; a stream is read once."""
    try:
        source = data if isinstance(data, pa.Table) else pa.RecordBatchReader.from_stream(data)
    except (pa.ArrowException, TypeError) as error:
        raise DataError(
            f"{label} cannot become Arrow: {error}. Cast that column, or leave it out."
        ) from error
    if isinstance(source, pa.RecordBatchReader) and hasattr(data, "__len__"):
        source = source.read_all()
    names, notes = named_apart(source.schema.names)
    if isinstance(source, pa.Table):
        return pa.Table.from_arrays([plain(column) for column in source.columns], names=names), notes
    types = [plain(pa.nulls(0, type_)).type for type_ in source.schema.types]
    schema = pa.schema(list(zip(names, types, strict=True)))
    batches = (
        pa.RecordBatch.from_arrays([plain(column) for column in batch.columns], schema=schema)
        for batch in source
    )
    return pa.RecordBatchReader.from_batches(schema, batches), notes
