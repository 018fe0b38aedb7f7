"""Every Arrow type: evaluated as plain Python would, or named as not evaluated."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data.building import LONG, builder_for, shown
from airflow_mlmonitor.data.category import MEMORY_VALUES, CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.data.profile import EPOCH
from tests.rows import profiled

WHOLE = [0, 7, None, 3, 3, None, 100, 0, 1, None, 42, 7]
REAL = [0.0, -1.5, None, math.nan, math.inf, -math.inf, 2.0, None, -0.0, 100.25, math.nan, 2.0]
MOMENTS = [
    datetime(1970, 1, 1), None, datetime(2013, 2, 8, 6, 30), datetime(1901, 1, 1), None, datetime(2100, 1, 1, 23, 59, 59)
]  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")

NUMBERS: dict[pa.DataType, Sequence[Any]] = {
    **dict.fromkeys((pa.int8(), pa.int16(), pa.int32(), pa.int64()), WHOLE),
    **dict.fromkeys((pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()), WHOLE),
    **dict.fromkeys((pa.float16(), pa.float32(), pa.float64()), REAL),
    **{
        type_: [Decimal("1.50"), None, Decimal(-200), Decimal(0), Decimal("1.50")]
        for type_ in (pa.decimal32(9, 2), pa.decimal64(18, 4), pa.decimal128(38, 6), pa.decimal256(76, 10))
    },
    pa.decimal128(10, -2): [Decimal(100), None, Decimal(-4000)],
    **{pa.time32(unit): [time(0), None, time(6, 30), time(23, 59, 59)] for unit in ("s", "ms")},
    **{pa.time64(unit): [time(0), None, time(6, 30), time(23, 59, 59)] for unit in ("us", "ns")},
    **{
        pa.duration(unit): [timedelta(0), None, timedelta(days=-3), timedelta(hours=7)]
        for unit in ("s", "ms", "us", "ns")
    },
}
TIMES: dict[pa.DataType, Sequence[Any]] = {
    **{pa.timestamp(unit): MOMENTS for unit in ("s", "ms", "us", "ns")},
    **{
        pa.timestamp(unit, "Europe/Berlin"): [moment and moment.replace(tzinfo=BERLIN) for moment in MOMENTS]
        for unit in ("s", "ms", "us", "ns")
    },
    pa.date32(): [date(1970, 1, 1), None, date(1900, 2, 28), date(2100, 1, 1)],
    pa.date64(): [date(1970, 1, 1), None, date(1900, 2, 28), date(2100, 1, 1)],
}
TEXTS = ["a", None, "", "ü", "a", "longer than twelve bytes", None, "a"]
NAMES: dict[pa.DataType, Sequence[Any]] = {
    **dict.fromkeys((pa.string(), pa.large_string(), pa.string_view()), TEXTS),
    pa.bool_(): [True, None, False, True, True],
    pa.dictionary(pa.int8(), pa.string()): TEXTS,
    pa.dictionary(pa.uint32(), pa.large_string()): TEXTS,
    pa.dictionary(pa.int32(), pa.int64()): WHOLE,
}
NEITHER: dict[pa.DataType, Sequence[Any]] = {
    pa.list_(pa.int64()): [[1], None, []],
    pa.large_list(pa.string()): [["a"], None],
    pa.list_(pa.float32(), 2): [[1, 2], None],
    pa.struct({"a": pa.int64()}): [{"a": 1}, None],
    pa.map_(pa.string(), pa.int8()): [[("a", 1)], None],
    pa.binary(): [b"a", None],
    pa.large_binary(): [b"a", None],
    pa.binary(2): [b"ab", None],
    pa.month_day_nano_interval(): [(1, 2, 3), None],
    pa.uuid(): [UUID(int=7).bytes, None],
    pa.json_(): ["{}", None],
}


def column(array: pa.Array | pa.ChunkedArray, **options: Any) -> Column:
    return profiled(pa.table({"x": array}), **options)["x"]


def plain(value: Any) -> float:
    """A number, a moment as seconds since 1970, or a length of time in seconds, by other means than Arrow's."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=value.tzinfo or UTC) - EPOCH).total_seconds()
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days * 86_400.0
    if isinstance(value, time):
        return value.hour * 3600.0 + value.minute * 60.0 + value.second
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def check_numbers(found: Column, values: Sequence[Any]) -> None:
    numbers = [plain(value) for value in values if value is not None]
    finite = sorted(number for number in numbers if math.isfinite(number))
    assert isinstance(found, NumberColumn)
    assert found.rows == len(values)
    assert found.nulls == values.count(None)
    assert found.nans == sum(map(math.isnan, numbers))
    assert found.infinite == sum(map(math.isinf, numbers))
    assert found.count == len(finite)
    assert found.zeros == finite.count(0.0)
    assert found.integers == sum(number.is_integer() for number in finite)
    assert found.distinct == len(set(finite))
    assert (found.min, found.max) == ((finite[0], finite[-1]) if finite else (None, None))
    assert found.mean == (pytest.approx(sum(finite) / len(finite)) if finite else None)
    assert dict(zip(found.sketch.x.tolist(), found.sketch.w.tolist(), strict=True)) == Counter(finite)


def check_names(found: Column, values: Sequence[Any]) -> None:
    names = Counter(
        str(value).lower() if isinstance(value, bool) else str(value) for value in values if value is not None
    )
    assert isinstance(found, CategoryColumn)
    assert found.rows == len(values)
    assert found.nulls == values.count(None)
    assert found.counts == names
    assert list(found.counts.values()) == sorted(names.values(), reverse=True)
    assert (found.others, found.error, found.distinct) == (0, 0, len(names))
    lengths = [len(name) for name in names.elements()]
    assert found.mean_length == (pytest.approx(np.mean(lengths)) if lengths else None)


def cuts(array: pa.Array, values: Sequence[Any]) -> list[tuple[pa.Array | pa.ChunkedArray, list[Any]]]:
    """The array as it is, sliced at every offset, and in chunks of one and two."""
    chunks = [
        array.slice(start, end - start) for start, end in pairwise([0, 1, 1, 3, *range(4, len(array) + 1)])
    ]
    return [
        (array, list(values)),
        *((array.slice(start), list(values[start:])) for start in range(1, len(array) + 1)),
        *((array.slice(1, length), list(values[1 : 1 + length])) for length in range(len(array))),
        (pa.chunked_array(chunks), list(values)),
    ]


@pytest.mark.parametrize("type_", NUMBERS, ids=str)
def test_numbers_are_those_of_plain_python(type_: pa.DataType) -> None:
    values = NUMBERS[type_]
    array = pa.array(
        [value if value is None else np.float16(value) for value in values]
        if type_ == pa.float16()
        else values,
        type_,
    )
    for piece, expected in cuts(array, values):
        found = column(piece)
        assert found.kind == "number"
        assert found.type == str(type_)
        check_numbers(found, expected)


@pytest.mark.parametrize("type_", TIMES, ids=str)
def test_moments_are_seconds_since_1970(type_: pa.DataType) -> None:
    values = TIMES[type_]
    for piece, expected in cuts(pa.array(values, type_), values):
        found = column(piece)
        assert found.kind == "time"
        check_numbers(found, expected)


@pytest.mark.parametrize("type_", NAMES, ids=str)
def test_names_are_counted(type_: pa.DataType) -> None:
    values = NAMES[type_]
    for piece, expected in cuts(pa.array(values, type_), values):
        check_names(column(piece), expected)


def test_the_type_of_text_does_not_tell_how_it_lies_in_memory() -> None:
    types = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string()))
    assert {column(pa.array(["a"], type_)).type for type_ in types} == {"string"}


def test_nulls_of_a_dictionary_count_wherever_they_stand() -> None:
    dictionary = pa.array(["before", "a", None, "b", "after"]).slice(1, 3)
    array = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1, None, 2, 0, 1, None], pa.int8()), dictionary)
    values = ["a", "a", None, None, "b", "a", None, None]
    assert array.to_pylist() == values
    for piece, expected in cuts(array, values):
        check_names(column(piece), expected)


def test_a_dictionary_that_names_a_value_twice_counts_it_once() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1]), pa.array(["a", "b", "a"]))
    check_names(column(array), ["a", "b", "a", "b"])


def test_dictionaries_that_differ_from_chunk_to_chunk_are_told_apart() -> None:
    chunks = [
        pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int8()), pa.array(names, pa.string()))
        for names in ([""], [None], ["b"], [""], ["c"], ["b"])
    ]
    check_names(column(pa.chunked_array(chunks)), ["", "", None, None, "b", "b", "", "", "c", "c", "b", "b"])


@pytest.mark.parametrize("type_", NEITHER, ids=str)
def test_other_types_are_named_as_not_evaluated(type_: pa.DataType) -> None:
    values = NEITHER[type_]
    array = pa.array(values, type_)
    profile = profiled(pa.table({"x": array}))
    assert profile["x"].kind == "unknown"
    assert (profile["x"].rows, profile["x"].nulls) == (len(values), values.count(None))
    assert profile["x"].distinct is None
    way = (
        "spread it into columns of its own" if pa.types.is_nested(type_) else "cast it to a number or to text"
    )
    assert profile.notes == {"x": f"{type_} is not evaluated; {way}"}
    assert profile.duplicates is None


@pytest.mark.parametrize("option", ["categorical", "private"])
@pytest.mark.parametrize("type_", [*NUMBERS, *TIMES, *NAMES, *NEITHER], ids=str)
def test_any_type_may_be_called_categorical_or_private(type_: pa.DataType, option: str) -> None:
    values = (NUMBERS | TIMES | NAMES | NEITHER)[type_]
    array = pa.array(
        [value if value is None else np.float16(value) for value in values]
        if type_ == pa.float16()
        else values,
        type_,
    )
    found = column(array, **{option: ("x",)})
    assert found.kind == ("unknown" if type_ in NEITHER else "category")
    assert found.nulls == values.count(None)
    if isinstance(found, CategoryColumn):
        assert found.private is (option == "private")
        assert (found.characters == 0) is (option == "private")
        assert sum(found.counts.values()) == found.count


def test_nothing_but_nulls_has_no_note() -> None:
    profile = profiled({"x": pa.nulls(3)})
    assert (profile["x"].kind, profile["x"].nulls, profile.notes) == ("unknown", 3, {})


def test_a_whole_number_is_the_same_name_as_integer_and_as_float() -> None:
    whole = column(pa.array([1, 2, 2**40]), categorical=("x",))
    real = column(pa.array([1.0, 2.0, None, float(2**40), -0.0, 1.5]), categorical=("x",))
    assert isinstance(whole, CategoryColumn)
    assert isinstance(real, CategoryColumn)
    assert set(real.counts) - set(whole.counts) == {"0", "1.5"}


def test_text_that_is_not_utf_8_is_spelled_out() -> None:
    broken = pa.array([b"caf\xe9", b"ok", None, b"ok"]).view(pa.string())
    found = column(broken)
    assert isinstance(found, CategoryColumn)
    assert found.counts == {"ok": 2, "caf\\xe9": 1}


def test_a_long_text_is_known_by_its_beginning_and_a_hash() -> None:
    texts = ["x" * LONG, "y" * (LONG + 1), "y" * LONG + "z", "y" * (LONG + 1)]
    found = column(pa.array(texts))
    assert isinstance(found, CategoryColumn)
    assert sorted(found.counts.values()) == [1, 1, 2]
    assert found.counts[shown(texts[1])] == 2
    assert max(map(len, found.counts)) <= LONG
    assert found.mean_length == LONG + 0.75


def test_whole_numbers_beyond_2_53_say_that_they_are_compared_as_floats() -> None:
    assert column(pa.array([2**53])).note == ""
    for large in (2**53 + 2, -(2**53) - 2, 2**63 - 1):
        assert "compared as floats" in column(pa.array([0, large])).note
    assert column(pa.array([2**64 - 1], pa.uint64())).max == 2.0**64
    assert column(pa.array([1e300])).note == ""


def test_values_at_the_ends_of_the_float_range_give_no_infinite_number() -> None:
    largest = 1.7976931348623157e308
    found = column(pa.array([largest, -largest, largest, 5e-324, -5e-324, 0.0]), batch_rows=1)
    assert isinstance(found, NumberColumn)
    assert (found.min, found.max, found.distinct, found.zeros) == (-largest, largest, 5, 1)
    assert found.mean == pytest.approx(largest / 6)
    assert found.sd is None
    same = column(pa.array([largest] * 9), batch_rows=2)
    assert isinstance(same, NumberColumn)
    assert (same.mean, same.sd) == (pytest.approx(largest), pytest.approx(0, abs=largest * 1e-8))


def test_counts_of_50_000_levels_are_low_by_less_than_a_10_000th_of_the_rows() -> None:
    random, rows = np.random.default_rng(3), 1_000_000
    shares = 1 / np.arange(1, 50_001)
    levels = random.choice(50_000, rows, p=shares / shares.sum())
    names = pa.array([f"level {number}" for number in range(50_000)])
    array = names.take(pa.array(levels))
    found = column(array, parts=2, batch_rows=131_072)
    assert isinstance(found, CategoryColumn)
    assert len(found.counts) <= MEMORY_VALUES
    assert 0 < found.error <= rows / 10_000
    assert found.others == rows - sum(found.counts.values())
    true = np.bincount(levels, minlength=50_000)
    low = [true[int(name.removeprefix("level "))] - count for name, count in found.counts.items()]
    assert min(low) >= 0
    assert max(low) <= found.error
    missing = true.sum() - sum(true[int(name.removeprefix("level "))] for name in found.counts)
    assert missing <= found.others
    assert found.distinct == pytest.approx(np.count_nonzero(true), rel=0.15)
    stored = found.compact()
    assert len(stored.counts) == 1_024
    assert all(
        0 <= true[int(name.removeprefix("level "))] - count <= stored.error
        for name, count in stored.counts.items()
    )
    assert builder_for(pa.string()).finish().rows == 0
