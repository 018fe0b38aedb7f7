"""Which columns of training and serving belong together, and when two of their values agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.schemas import is_bytes, is_moment, type_name
from airflow_mlmonitor.errors import ConfigurationError, DataError

Tolerance = float | Mapping[str, float] | None
"""One for every column, or one for each of some columns; None is none that somebody wrote."""

SINGLE = (1e-9, 1e-6)
"""Absolute and relative tolerance of fractional numbers: what single precision leaves of them is no mismatch."""


class Kind(Enum):
    """What values are compared as, and the Arrow type that they have then."""

    WHOLE = pa.int64()
    NUMBER = pa.float64()
    TRUTH = pa.bool_()
    MOMENT = pa.timestamp("us")
    TEXT = pa.string()
    BYTES = pa.binary()


@dataclass(frozen=True, kw_only=True)
class Twin:
    """One column of both sides.

    Parameters
    ----------
    training, serving
        Its name on each side.
    kind
        What its values are compared as.
    types
        Its type on each side, as people name it.
    absolute, relative
        How far serving may be from training: ``absolute + relative * |training|``; of moments, in seconds.
    """

    training: str
    serving: str
    kind: Kind
    types: tuple[str, str]
    absolute: float = 0.0
    relative: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Which columns of training and serving belong together.

    Parameters
    ----------
    keys, features
        The columns that rows are joined by, and those that are compared.
    one_sided
        Other columns, by their name in training, to the side that has them alone.
    time
        Position among the keys of the one that says when; None where none does.
    """

    keys: tuple[Twin, ...]
    features: tuple[Twin, ...]
    one_sided: Mapping[str, str]
    time: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants compared: the parameters of the check, by names in training."""

    key: tuple[str, ...]
    columns: tuple[str, ...] | None = None
    renamed: Mapping[str, str] | None = None
    time: str | None = None
    absolute: Tolerance = None
    relative: Tolerance = None


def matched(wanted: Wanted, training: pa.Schema, serving: pa.Schema) -> Matching:
    """Find the columns of both sides.

    Raises
    ------
    DataError
        A column of the key is not there, or one that was asked for is on neither side.
    ConfigurationError
        The key names no column.

    Examples
    --------
    >>> training = pa.schema([("id", pa.int64()), ("fare", pa.float64()), ("seats", pa.int64())])
    >>> serving = pa.schema([("id", pa.int32()), ("price", pa.float32())])
    >>> found = matched(Wanted(key=("id",), renamed={"fare": "price"}), training, serving)
    >>> [(twin.training, twin.serving, twin.kind.name) for twin in found.features], dict(found.one_sided)
    ([('fare', 'price', 'NUMBER')], {'seats': 'training'})
    """
    if not wanted.key:
        raise ConfigurationError("key=() joins nothing; name the columns that tell rows apart.")
    served = {name: (wanted.renamed or {}).get(name, name) for name in training.names}
    back = {name: own for own, name in served.items() if own != name}
    own_names = [back.get(name, name) for name in serving.names]
    _refuse_missing(wanted, training.names, own_names)
    both = [name for name in training.names if served[name] in serving.names]
    asked = wanted.columns or dict.fromkeys([*training.names, *own_names])
    twins = {name: _twin(wanted, training.field(name), serving.field(served[name])) for name in both}
    return Matching(
        keys=tuple(twins[name] for name in wanted.key),
        features=tuple(twins[name] for name in asked if name in both and name not in wanted.key),
        one_sided={
            name: "training" if name in training.names else "serving" for name in asked if name not in both
        },
        time=wanted.key.index(wanted.time) if wanted.time is not None else None,
    )


def kind_of(training: pa.DataType, serving: pa.DataType) -> Kind:
    """What values of two types are compared as; text, where they have nothing else in common.

    >>> kind_of(pa.int32(), pa.float32()).name, kind_of(pa.bool_(), pa.int8()).name, kind_of(pa.null(), pa.bool_()).name
    ('NUMBER', 'TEXT', 'TRUTH')
    """
    one, other = _kind(training), _kind(serving)
    if one is other or other is None:
        return one or Kind.TEXT
    if one is None:
        return other
    return Kind.NUMBER if {one, other} == {Kind.WHOLE, Kind.NUMBER} else Kind.TEXT


def _kind(type_: pa.DataType) -> Kind | None:
    if kinds.is_null(type_):
        return None
    if kinds.is_dictionary(type_):
        return _kind(type_.value_type)
    if kinds.is_integer(type_) and type_ != pa.uint64():
        return Kind.WHOLE
    tests = {
        Kind.NUMBER: _is_fractional(type_),
        Kind.TRUTH: kinds.is_boolean(type_),
        Kind.MOMENT: is_moment(type_),
        Kind.BYTES: is_bytes(type_),
    }
    return next((kind for kind, holds in tests.items() if holds), Kind.TEXT)


def _is_fractional(type_: pa.DataType) -> bool:
    return bool(
        type_ == pa.uint64()
        or kinds.is_floating(type_)
        or kinds.is_decimal(type_)
        or kinds.is_time(type_)
        or kinds.is_duration(type_)
    )


def _twin(wanted: Wanted, training: pa.Field, serving: pa.Field) -> Twin:
    name, is_key = training.name, training.name in wanted.key
    kind = kind_of(training.type, serving.type)
    if is_key and kind is Kind.TEXT and (is_moment(training.type) or is_moment(serving.type)):
        kind = Kind.MOMENT  # one side writes it as text, which joins nothing
    given = [_given(wanted.absolute, name), _given(wanted.relative, name)]
    usual = SINGLE if kind is Kind.NUMBER else (0.0, 0.0)
    is_told = any(number is not None for number in given)
    absolute, relative = [number or 0.0 for number in given] if is_told else usual
    if kind is Kind.MOMENT:
        relative = 0.0
    exact = is_key or kind not in (Kind.WHOLE, Kind.NUMBER, Kind.MOMENT)
    return Twin(
        training=name,
        serving=serving.name,
        kind=kind,
        types=(type_name(training.type), type_name(serving.type)),
        absolute=0.0 if exact else absolute,
        relative=0.0 if exact else relative,
    )


def _given(tolerance: Tolerance, name: str) -> float | None:
    return tolerance.get(name) if isinstance(tolerance, Mapping) else tolerance


def _refuse_missing(wanted: Wanted, training: Sequence[str], serving: Sequence[str]) -> None:
    for side, names in (("training", training), ("serving", serving)):
        for name in wanted.key:
            if name not in names:
                raise DataError(f"{side} has no column {name!r}, which is in the key.{_near(name, names)}")
    known = {*training, *serving}
    for name in wanted.columns or ():
        if name not in known:
            raise DataError(
                f"Neither training nor serving has a column {name!r}.{_near(name, sorted(known))}"
            )


def _near(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=2)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else f" There is {', '.join(names)}."
