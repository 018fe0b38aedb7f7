"""Parquet files: every row once, of the types written, without reading what is not asked for."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Files, Window
from airflow_mlmonitor.data.formats import parquet
from airflow_mlmonitor.errors import DataError
from tests.sources import opened, rows_of, table_of, types_of

DAY = Window.parse("2013-02-08")

VALUES: dict[pa.DataType, list[Any]] = {
    pa.int8(): [-128, None, 127],
    pa.int64(): [-(2**63), None, 2**63 - 1],
    pa.uint64(): [0, None, 2**64 - 1],
    pa.float16(): [0.5, None, float("inf")],
    pa.float32(): [0.5, None, float("-inf")],
    pa.float64(): [0.5, None, 1e308],
    pa.bool_(): [True, None, False],
    pa.decimal128(20, 4): [Decimal("1.2345"), None, Decimal("-9.0000")],
    pa.decimal256(60, 2): [Decimal("1.25"), None, Decimal("0.50")],
    pa.timestamp("us"): [dt.datetime(2013, 2, 8, 1), None, dt.datetime(9999, 12, 31)],
    pa.timestamp("ns", "Europe/Paris"): [dt.datetime(2013, 2, 8, 1, tzinfo=dt.UTC), None, None],
    pa.date32(): [dt.date(2013, 2, 8), None, dt.date(1, 1, 1)],
    pa.time64("us"): [dt.time(1, 2, 3), None, dt.time(0)],
    pa.duration("us"): [dt.timedelta(seconds=1), None, dt.timedelta(0)],
    pa.null(): [None, None, None],
    pa.binary(): [b"\xff", None, b""],
    pa.list_(pa.int64()): [[1, 2], None, []],
    pa.struct([("a", pa.int64())]): [{"a": 1}, None, {"a": None}],
    pa.dictionary(pa.int8(), pa.string()): ["a", None, "b"],
}


def write(path: Path, columns: dict[str, Any] | pa.Table, **options: Any) -> str:
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), path, **options)
    return str(path)


@pytest.mark.parametrize("type_", VALUES, ids=str)
def test_values_come_as_they_were_written(tmp_path: Path, type_: pa.DataType) -> None:
    values = (
        pa.array(VALUES[type_], pa.float32()).cast(type_)
        if type_ == pa.float16()
        else pa.array(VALUES[type_], type_)
    )
    path = write(tmp_path / "x.parquet", {"x": values})
    given_type = opened(Files(path)).schema.field("x").type
    assert getattr(given_type, "value_type", given_type) == getattr(type_, "value_type", type_)
    assert [row["x"] for row in rows_of(Files(path))] == values.to_pylist()


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_text_comes_as_a_dictionary_however_it_was_laid_out(tmp_path: Path, type_: pa.DataType) -> None:
    path = write(tmp_path / "x.parquet", {"x": pa.array(["a", None, "b", "a"], type_)})
    assert opened(Files(path)).schema.field("x").type == pa.dictionary(pa.int32(), pa.string())
    assert [row["x"] for row in rows_of(Files(path))] == ["a", None, "b", "a"]


def test_a_uuid_comes_as_text(tmp_path: Path) -> None:
    value = UUID("00000000-0000-0000-0000-000000000001")
    path = write(tmp_path / "x.parquet", {"id": pa.array([value, None], pa.uuid())})
    assert rows_of(Files(path)) == [{"id": str(value)}, {"id": None}]


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.integers(-5, 5), st.none() | st.sampled_from("abc"), st.floats(allow_nan=False)
        ),
        max_size=60,
    ),
    group=st.integers(1, 20),
    batch=st.integers(1, 30),
    part=st.integers(1, 40),
)
def test_every_row_comes_once_and_in_order_whatever_the_row_groups(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int | None, str | None, float]],
    group: int,
    batch: int,
    part: int,
) -> None:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(("number", "name", "share"))}
    types = pa.schema([("number", pa.int64()), ("name", pa.string()), ("share", pa.float64())])
    path = write(
        tmp_path_factory.mktemp("rows") / "x.parquet", pa.table(columns, schema=types), row_group_size=group
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "BATCH_ROWS", batch)
        patch.setattr(parquet, "PART_ROWS", part)
        assert table_of(Files(path)).to_pydict() == columns
        assert opened(Files(path)).expected == len(rows)


def test_small_row_groups_are_read_together_and_large_ones_in_slices(tmp_path: Path) -> None:
    small = write(tmp_path / "small.parquet", {"x": range(100)}, row_group_size=10)
    assert len(opened(Files(small)).parts) == 1
    large = write(tmp_path / "large.parquet", {"x": range(300_000)}, row_group_size=300_000)
    (part,) = opened(Files(large)).parts
    assert [batch.num_rows for batch in part()] == [131_072, 131_072, 37_856]
    many = write(tmp_path / "many.parquet", {"x": range(300_000)}, row_group_size=100_000)
    assert len(opened(Files(many)).parts) == 3


def test_only_the_columns_asked_for_are_decoded(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.parquet", {"a": range(1000), "b": [f"b{n}" for n in range(1000)]}, compression="none"
    )
    start = pq.read_metadata(path).row_group(0).column(1).data_page_offset
    content = bytearray(Path(path).read_bytes())
    content[start : start + 40] = b"\xff" * 40
    Path(path).write_bytes(content)
    assert len(rows_of(Files(path, columns=("a",)))) == 1000
    with pytest.raises(DataError, match="cannot be read as parquet"):
        rows_of(Files(path, columns=("b",)))


def test_columns_of_one_name_are_kept_apart_and_named(tmp_path: Path) -> None:
    table = pa.Table.from_arrays(
        [pa.array([1, 2]), pa.array(["x", "y"]), pa.array([0.5, 1.5]), pa.array([7, 8])],
        names=["price", "name", "price", "price.1"],
    )
    source = Files(write(tmp_path / "x.parquet", table))
    assert rows_of(source)[0] == {"price": 1, "name": "x", "price.2": 0.5, "price.1": 7}
    assert opened(source).notes == {
        "price.2": "column 3 is called 'price', like one before it; here it is 'price.2'"
    }
    assert rows_of(Files(source.paths, columns=("price.2", "price")))[1] == {"price.2": 1.5, "price": 2}


def test_a_dot_in_a_name_is_no_path_into_a_struct(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"a.b": [1], "a": [{"b": 2}], "a.c": [3]})
    assert rows_of(Files(path, columns=("a.b",))) == [{"a.b": 1}]
    assert rows_of(Files(path, columns=("a",))) == [{"a": {"b": 2}}]


def test_row_groups_outside_the_window_are_not_opened(tmp_path: Path) -> None:
    hours = [dt.datetime(2013, 2, 6) + dt.timedelta(hours=hour) for hour in range(120)]
    for type_ in (
        pa.timestamp("s"),
        pa.timestamp("ms", "UTC"),
        pa.timestamp("ns"),
        pa.timestamp("us", "Asia/Tokyo"),
    ):
        zoned = [hour.replace(tzinfo=dt.UTC) if type_.tz else hour for hour in hours]
        path = write(
            tmp_path / "x.parquet", {"at": pa.array(zoned, type_), "n": range(120)}, row_group_size=24
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parquet, "PART_ROWS", 1)
            source = Files(path, timestamp="at", columns=("n",))
            assert [len(opened(source, window).parts) for window in (None, DAY)] == [5, 1]
            assert [row["n"] for row in rows_of(source, DAY)] == list(range(48, 72))


def test_a_date_belongs_to_the_window_of_its_midnight(tmp_path: Path) -> None:
    days = [dt.date(2013, 2, day) for day in (7, 8, 9)]
    path = write(tmp_path / "x.parquet", {"day": days}, row_group_size=1)
    assert rows_of(Files(path, timestamp="day"), DAY) == [{"day": dt.date(2013, 2, 8)}]
    afternoon = Window.parse("2013-02-08T12:00/2013-02-09T12:00")
    assert rows_of(Files(path, timestamp="day"), afternoon) == [{"day": dt.date(2013, 2, 9)}]


def test_a_file_without_rows_gives_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"a": pa.array([], pa.int64())})
    assert (rows_of(Files(path)), types_of(Files(path)), opened(Files(path)).expected) == (
        [],
        {"a": "int64"},
        0,
    )


def test_a_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    path = Path(write(tmp_path / "cut.parquet", {"a": range(10_000)}))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"cut\.parquet cannot be read as parquet: .*Write it again"):
        rows_of(Files(str(path)))


def test_a_damaged_page_is_an_error_while_the_rows_are_read(tmp_path: Path) -> None:
    path = Path(
        write(tmp_path / "x.parquet", {"a": range(100_000)}, compression="snappy", use_dictionary=False)
    )
    content = path.read_bytes()
    path.write_bytes(content[:1000] + bytes(3000) + content[4000:])
    with pytest.raises(DataError, match=r"x\.parquet cannot be read as parquet"):
        rows_of(Files(str(path)))


def test_another_format_under_a_parquet_name_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_text("a,b\n1,2\n" * 100)
    with pytest.raises(DataError, match="not a parquet file.*format="):
        opened(Files(str(path)))
    assert len(rows_of(Files(str(path), format="csv"))) == 199


def test_reading_needs_no_pandas(tmp_path: Path) -> None:
    moments = pa.array([1360281600000000, None], pa.timestamp("us"))
    path = write(tmp_path / "x.parquet", {"a": [1, 2], "s": ["x", "y"], "t": moments})
    code = (
        "import json, sys\n"
        "from airflow_mlmonitor.data import Files, Window\n"
        "rows = Files(sys.argv[1], timestamp='t', where=\"s = 'x'\").open(Window.parse('2013-02-08'), None)\n"
        "count = sum(batch.num_rows for part in rows.parts for batch in part())\n"
        "print(json.dumps([count, 'pandas' in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [1, False]
