"""Frames of every kind, through Arrow, with nothing lost and nothing imported that the user did not import."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import subprocess
import sys
import uuid
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Frame, Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.sources import opened, rows_of, types_of

DAY = Window.parse("2013-02-08")
AT = [dt.datetime(2013, 2, 8), dt.datetime(2013, 2, 9)]


PANDAS: dict[str, tuple[Any, str, list[Any]]] = {
    "int": ([1, 2], "int64", [1, 2]),
    "float with NaN": ([1.5, np.nan], "double", [1.5, None]),
    "float with inf": ([1.5, np.inf], "double", [1.5, float("inf")]),
    "nullable int": (pd.array([1, None], dtype="Int64"), "int64", [1, None]),
    "nullable bool": (pd.array([True, None], dtype="boolean"), "bool", [True, None]),
    "text": (["a", None], "string", ["a", None]),
    "category": (
        pd.Categorical(["a", None]),
        "dictionary<values=string, indices=int8, ordered=0>",
        ["a", None],
    ),
    "zoned": (pd.to_datetime(AT).tz_localize("Europe/Paris"), "timestamp[us, tz=Europe/Paris]", None),  # type: ignore[dict-item]
    "days": ([AT[0].date(), None], "date32[day]", [AT[0].date(), None]),
    "objects and NaN": (pd.Series(["a", float("nan")], dtype=object), "string", ["a", None]),
    "truths and None": (pd.Series([True, None], dtype=object), "bool", [True, None]),
    "NA and int": (pd.Series([pd.NA, 1], dtype=object), "int64", [None, 1]),
    "decimals": ([decimal.Decimal("1.5"), None], "decimal128(2, 1)", [decimal.Decimal("1.5"), None]),
    "mixed": (pd.Series([1, "x"], dtype=object), "string", ["1", "x"]),
    "huge": (pd.Series([2**70, 1], dtype=object), "double", [float(2**70), 1.0]),
    "sparse": (pd.arrays.SparseArray([0, 1]), "int64", [0, 1]),
    "periods": (pd.period_range("2013-01", periods=2, freq="M"), "string", ["2013-01", "2013-02"]),
    "intervals": (pd.interval_range(0, 2), "string", ["(0, 1]", "(1, 2]"]),
    "complex": ([1j, 2j], "string", ["1j", "2j"]),
    "uuids": ([uuid.UUID(int=1), None], "string", [str(uuid.UUID(int=1)), None]),
    "lists": (pd.Series([[1], None], dtype=object), "list<item: int64>", [[1], None]),
    "arrow": (pd.array([1, None], dtype="int64[pyarrow]"), "int64", [1, None]),
    "nothing": ([None, None], "null", [None, None]),
}


@pytest.mark.parametrize(("values", "type_", "expected"), PANDAS.values(), ids=PANDAS)
def test_pandas_columns_keep_what_they_hold(values: Any, type_: str, expected: list[Any] | None) -> None:
    source = Frame(pd.DataFrame({"x": values}))
    # pandas before 3 lays out texts as small strings and counts moments in nanoseconds.
    assert types_of(source)["x"].replace("large_", "").replace("[ns", "[us") == type_
    if expected is not None:
        assert [row["x"] for row in rows_of(source)] == expected


def test_mixed_types_are_noted() -> None:
    assert opened(Frame(pd.DataFrame({"x": [1, "a"], "y": [1, 2]}))).notes == {
        "x": "holds text and whole number values; read as text"
    }


def test_pandas_columns_of_one_name_are_kept_apart_and_the_index_is_left_out() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "a", 7], index=["row"])
    assert rows_of(Frame(frame)) == [{"a": 1, "a.1": 2, "7": 3}]
    assert "a.1" in opened(Frame(frame)).notes


def test_polars_frames_keep_what_they_hold() -> None:
    frame = pl.DataFrame(
        {
            "s": ["a", None],
            "c": pl.Series(["x", "y"], dtype=pl.Categorical),
            "e": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"])),
            "d": [AT[0].date(), None],
            "u": pl.Series([1, None], dtype=pl.UInt64),
            "p": pl.Series(["1.5", "2"]).cast(pl.Decimal(10, 2)),
            "l": [[1], [2]],
            "n": [None, None],
        }
    )
    assert rows_of(Frame(frame)) == frame.to_dicts()
    assert rows_of(Frame(frame.lazy())) == frame.to_dicts()
    assert len(rows_of(Frame(frame, where="c = 'x' AND s = 'a'"))) == 1


def test_what_arrow_has_no_type_for_is_named() -> None:
    with pytest.raises(
        DataError, match="DataFrame in memory cannot become Arrow: .*Cast that column, or leave it out"
    ):
        opened(Frame(pl.DataFrame({"x": pl.Series([1], dtype=pl.Int128)})))


TABLE = pa.table({"a": [1, 2], "b": ["x", None]})


@pytest.mark.parametrize(
    "data",
    [
        TABLE,
        TABLE.to_batches()[0],
        TABLE.to_pylist(),
        TABLE.to_pydict(),
        {"a": np.array([1, 2]), "b": ("x", None)},
        pa.table({"a": pc.run_end_encode(pa.array([1, 2])), "b": pa.array(["x", None], pa.string_view())}),
    ],
    ids=["table", "batch", "dicts", "columns", "arrays", "views and runs"],
)
def test_other_things_that_hold_rows(data: Any) -> None:
    assert rows_of(Frame(data)) == TABLE.to_pylist()
    assert opened(Frame(data)).expected == 2


def test_halves_of_characters_and_numbers_past_every_integer_are_no_error() -> None:
    assert rows_of(Frame({"x": ["a\ud800"]})) == [{"x": "a\\ud800"}]
    assert rows_of(Frame({"x": [2**64, -1]})) == [{"x": float(2**64)}, {"x": -1.0}]
    assert types_of(Frame({"x": [2**64 - 1, 0]})) == {"x": "uint64"}


def test_arrays_within_a_column_stay_lists() -> None:
    assert rows_of(Frame(pd.DataFrame({"x": [np.array([1, 2]), None]}))) == [{"x": [1, 2]}, {"x": None}]


def test_a_reader_is_read_as_it_comes() -> None:
    asked: list[int] = []

    def batches() -> Any:
        for number in range(3):
            asked.append(number)
            yield pa.RecordBatch.from_pydict({"a": [number]})

    def reader() -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches())

    rows = opened(Frame(reader))
    assert (asked, rows.expected) == ([], None)
    assert next(iter(rows.parts[0]())).to_pylist() == [{"a": 0}]
    assert asked == [0]
    assert rows_of(Frame(reader, where="a > 0")) == [{"a": 1}, {"a": 2}]


def test_a_large_table_is_read_in_parts() -> None:
    table = pa.table({"a": range(600_000)})
    assert len(opened(Frame(table)).parts) == 3
    assert rows_of(Frame(table, where="a = 599999")) == [{"a": 599_999}]


def test_dicts_may_lack_keys_and_columns_may_not_differ_in_length() -> None:
    assert rows_of(Frame([{"a": 1}, {"b": "x"}])) == [{"a": 1, "b": None}, {"a": None, "b": "x"}]
    with pytest.raises(DataError, match=r"dict in memory: the columns differ in length \(a 1, b 2\)"):
        opened(Frame({"a": [1], "b": [1, 2]}))


@pytest.mark.parametrize("data", [5, "rows.csv", [1, 2], object()])
def test_what_holds_no_rows_is_refused(data: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="holds no rows; give a pandas or polars frame, an Arrow table"
    ):
        opened(Frame(data))


@pytest.mark.parametrize("data", [[], {}, pd.DataFrame(), pa.table({})])
def test_a_frame_without_columns_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match="has no columns; check what writes it"):
        opened(Frame(data))


# Functions


def scores(start: dt.datetime, end: dt.datetime) -> dict[str, list[Any]]:
    return {"start": [start], "end": [end]}


def test_a_function_runs_when_it_is_read_and_is_given_the_window() -> None:
    calls: list[Window | None] = []

    def rows(window: Window | None = None) -> dict[str, list[int]]:
        calls.append(window)
        return {"a": [1]}

    source = Frame(rows)
    assert (source.label, calls) == ("what rows() returns", [])
    assert rows_of(source, DAY) == rows_of(source) == [{"a": 1}]
    assert calls == [DAY, None]
    assert rows_of(Frame(scores), DAY) == [{"start": DAY.start, "end": DAY.end}]
    assert rows_of(Frame(lambda: {"a": [1]}), DAY) == [{"a": 1}]


def test_a_function_that_wants_more_is_told_what_there_is() -> None:
    with pytest.raises(
        ConfigurationError, match=r"what scores\(\) returns needs start, end; .* given window, start and end"
    ):
        opened(Frame(scores))


def test_a_function_that_returns_nothing_is_named() -> None:
    def forgot() -> None:
        pass

    with pytest.raises(ConfigurationError, match=r"what forgot\(\) returns: NoneType holds no rows"):
        opened(Frame(forgot))


def test_jinja_reaches_the_recipe_and_not_the_data() -> None:
    data = [{"a": "{{ ds }}"}]
    rendered = Frame(data, where="a = '{{ ds }}'").rendered(
        lambda text: text.replace("{{ ds }}", "2013-02-08")
    )
    assert rendered.where == "a = '2013-02-08'"
    assert rendered.data is data
    assert data == [{"a": "{{ ds }}"}]
    assert Frame(scores).rendered(str.upper).data is scores


def test_frames_are_compared_and_printed_without_their_data() -> None:
    source = Frame(pd.DataFrame({"secret": [1]}), where="x")
    assert source == Frame(pd.DataFrame({"other": [2]}), where="x")
    assert "secret" not in repr(source)
    assert hash(source) == hash(Frame(None, where="x"))


def test_windows_and_columns_work_as_for_files() -> None:
    frame = pd.DataFrame({"at": AT, "a": [1, 2], "b": [3, 4]})
    source = Frame(frame, columns=("b",), timestamp="at")
    assert rows_of(source, DAY) == [{"b": 3, "at": AT[0]}]
    assert opened(source).hidden == ("at",)


def test_looking_at_a_frame_imports_neither_pandas_nor_polars() -> None:
    code = (
        "import json, sys, pyarrow as pa\n"
        "from airflow_mlmonitor.data import Frame\n"
        "table = pa.Table.from_arrays([pa.nulls(3, pa.int64())], names=['a'])\n"
        "rows = Frame(table).open(None, None)\n"
        "count = sum(batch.num_rows for part in rows.parts for batch in part())\n"
        "print(json.dumps([count, 'pandas' in sys.modules, 'polars' in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [3, False, False]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
        | st.binary(max_size=3)
        | st.decimals(allow_nan=False, allow_infinity=False, places=2)
        | st.dates()
        | st.datetimes()
        | st.lists(st.integers(), max_size=2),
        max_size=8,
    )
)
def test_any_values_at_all_give_as_many_rows_and_no_error(values: list[Any]) -> None:
    found = [row["x"] for row in rows_of(Frame({"x": values}))]
    assert len(found) == len(values)
    for written, value in zip(values, found, strict=True):
        assert value is not None or written is None or written != written  # noqa: PLR0124
