"""Columns of any type as the benchmark's three: floats, texts or None, and days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

UNITS = ((1e6, 86_400e9), (1e11, 1e9), (1e14, 1e6), (1e17, 1e3))
"""Up to which number counts of time are days, seconds, milliseconds or microseconds, and the nanoseconds of each."""


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, or texts that are all numbers."""
    if types.is_numeric_dtype(values) or types.is_timedelta64_dtype(values):
        return True
    if types.is_datetime64_any_dtype(values):
        return False
    there = values.dropna()
    return len(there) > 0 and bool(pd.to_numeric(_untyped(there), errors="coerce").notna().all())


def numbers(values: pd.Series) -> pd.Series:
    """A column as floats; moments and spans as seconds, what is no number as NaN."""
    if types.is_datetime64_any_dtype(values):
        moments = pd.to_datetime(values, utc=True)
        seconds: pd.Series = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
        return seconds.astype(float)
    if types.is_timedelta64_dtype(values):
        spans: pd.Series = values.dt.total_seconds()
        return spans.astype(float)
    found = pd.to_numeric(_untyped(values), errors="coerce")
    array = np.array(found.to_numpy(dtype=float, na_value=np.nan), dtype=float)
    return pd.Series(np.where(np.isfinite(array), array, np.nan), index=values.index)


def names(values: pd.Series) -> pd.Series:
    """A column as texts and None; whole numbers lose their decimal point."""
    untyped = _untyped(values)
    texts = [None if missing else _text(value) for value, missing in zip(untyped, values.isna(), strict=True)]
    return pd.Series(texts, index=values.index, dtype=object)


def days(values: pd.Series) -> pd.Series:
    """The day of each value: dates, moments, texts, 20130131, or plain counts of days."""
    if types.is_datetime64_any_dtype(values):
        found = pd.to_datetime(values, utc=True)
    elif is_number(values):
        found = _numbered(numbers(values))
    else:
        texts = _untyped(values).astype(str)
        found = pd.to_datetime(texts, errors="coerce", format="mixed", utc=True)
    return found.dt.tz_localize(None).dt.normalize()


def label(values: pd.Series, like: pd.Series | None = None) -> pd.Series:
    """A label as floats: numbers stay, one of two names becomes 1, of more names the commonest does.

    ``like`` is the column whose names decide, where the values are to be coded as that column is.
    """
    model = values if like is None else like
    if is_number(model):
        return numbers(values)
    texts, known = names(values), names(model)
    commonest = known.value_counts()
    positive = max(commonest.index) if len(commonest) == 2 else next(iter(commonest.index), None)
    return (texts == positive).astype(float).where(texts.notna())


def classes(values: pd.Series) -> int:
    """How many names a column has; 0 where it holds numbers."""
    return 0 if is_number(values) else int(names(values).nunique())


def sortable(values: pd.Series) -> pd.Series:
    """What sorts as the values do, whatever they are."""
    if types.is_datetime64_any_dtype(values) or is_number(values):
        return numbers(values)
    moments = pd.to_datetime(_untyped(values).astype(str), errors="coerce", format="mixed", utc=True)
    return numbers(moments) if moments.notna().mean() > 0.5 else names(values).fillna("")


def count_of(said: Any, otherwise: int, since: pd.Timestamp | None = None) -> int:
    """A number of days: a number, the length of a list, first and last as two numbers, or a date since another one."""
    if said is None or isinstance(said, bool):
        return otherwise
    if isinstance(said, (str, date, np.datetime64)):
        moment = pd.to_datetime(str(said), errors="coerce")
        if since is None or not isinstance(moment, pd.Timestamp):
            return otherwise
        return max((moment - since).days, 0)
    if isinstance(said, Iterable):
        listed = list(said)
        return _between(*listed) if len(listed) == 2 else len(listed) or otherwise
    return max(int(said), 0)


def _between(first: Any, last: Any) -> int:
    """Days from a first to a last one, given as numbers or as dates."""
    found = pd.to_numeric(pd.Series([first, last], dtype=object), errors="coerce")
    if found.isna().any():
        found = days(pd.Series([str(first), str(last)])).map(pd.Timestamp.toordinal, na_action="ignore")
    return 0 if found.isna().any() else max(int(found[1] - found[0]), 1)


def _untyped(values: pd.Series) -> pd.Series:
    """The values without categories, nullable or Arrow types."""
    if isinstance(values.dtype, pd.CategoricalDtype) or types.is_extension_array_dtype(values.dtype):
        return values.astype(object)
    return values


def _text(value: Any) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _numbered(counts: pd.Series) -> pd.Series:
    """Moments of numbers: 20130131 is a date, small ones count days, large ones seconds or less."""
    there = counts.dropna()
    middle = float(there.median()) if len(there) else 0.0
    if 19_000_101 <= middle <= 22_001_231:
        texts = counts.map(lambda number: f"{number:.0f}", na_action="ignore")
        return pd.to_datetime(texts, format="%Y%m%d", errors="coerce", utc=True)
    size = next((size for limit, size in UNITS if middle < limit), 1.0)
    return pd.to_datetime(counts * size, errors="coerce", utc=True)
