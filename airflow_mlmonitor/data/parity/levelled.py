"""Values of both sides brought to one type, so that equal ones are equal."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.arrow import floats, validity
from airflow_mlmonitor.data.parity.matching import Kind
from airflow_mlmonitor.data.schemas import cast, is_moment, is_text, plain
from airflow_mlmonitor.errors import DataError


def levelled(array: pa.Array, kind: Kind, name: str) -> pa.Array:
    """The values as their kind has them: numbers without NaN, moments in UTC and without a zone.

    Parameters
    ----------
    array
        The values.
    kind
        What they are compared as.
    name
        The column, for messages.

    Raises
    ------
    DataError
        A text is no moment, where the other side has moments.

    Examples
    --------
    >>> levelled(pa.array([1.5, float("nan")]), Kind.NUMBER, "fare").to_pylist()
    [1.5, None]
    """
    array = plain(array)
    if kinds.is_dictionary(array.type):
        array = array.dictionary_decode()
    if kinds.is_null(array.type):
        return pa.nulls(len(array), kind.value)
    if kind is Kind.NUMBER:
        return _numbers(array)
    if is_moment(array.type):
        array = _moments(array)
    elif kind is Kind.MOMENT and is_text(array.type):
        return _read(array, name)
    return cast(array, kind.value)


def _numbers(array: pa.Array) -> pa.Array:
    numbers = floats(array)
    valid = validity(array)
    unknown = np.isnan(numbers) if valid is None else ~valid | np.isnan(numbers)
    return pa.array(numbers, mask=unknown)


def _moments(array: pa.Array) -> pa.Array:
    """Moments in UTC; those without a zone are."""
    if kinds.is_timestamp(array.type) and array.type.tz:
        array = array.cast(pa.timestamp(array.type.unit, "UTC")).cast(pa.timestamp(array.type.unit))
    return array.cast(Kind.MOMENT.value, safe=False)


def _read(array: pa.Array, name: str) -> pa.Array:
    texts = array.cast(pa.string())
    for zone in (None, "UTC"):  # texts with and without an offset are read as different types
        with suppress(pa.ArrowInvalid):
            return _moments(texts.cast(pa.timestamp("us", zone)))
    raise DataError(
        f"The key {name!r} is a moment on one side and text on the other, not all of which is written like "
        "2013-02-08T05:00:00; cast it in the source."
    )
