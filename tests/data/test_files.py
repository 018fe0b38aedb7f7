"""Files: which are found, how several become one, and what a person is told when they cannot be read."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Files, Window
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable
from tests.sources import opened, rows_of, table_of, types_of

DAY = Window.parse("2013-02-08")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, columns: dict[str, Any] | pa.Table) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), path)


def test_a_path_a_glob_and_several_of_them_are_read_in_the_order_of_their_names() -> None:
    for name in ("b/2", "a/1", "c"):
        write(f"{name}.parquet", {"file": [name]})
    assert [row["file"] for row in rows_of(Files("a/1.parquet"))] == ["a/1"]
    assert [row["file"] for row in rows_of(Files("**/*.parquet"))] == ["a/1", "b/2", "c"]
    assert [row["file"] for row in rows_of(Files(["c.parquet", "*/*.parquet"]))] == ["c", "a/1", "b/2"]
    assert rows_of(Files(Path("c.parquet"))) == [{"file": "c"}]
    assert [row["file"] for row in rows_of(Files(["c.parquet", "./*.parquet"]))] == ["c"]
    assert Files("c.parquet") == Files(("c.parquet",)) == Files([Path("c.parquet")])


def test_formats_may_be_mixed() -> None:
    write("1.parquet", {"a": [1]})
    Path("2.csv").write_text("a\n2\n")
    Path("3.jsonl").write_text('{"a": 3}\n')
    assert rows_of(Files("*.*")) == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert opened(Files("*.*")).expected == 3


def test_marks_and_checksums_beside_data_are_left_out() -> None:
    write("day/part-0.parquet", {"a": [1]})
    for name in ("_SUCCESS", ".part-0.parquet.crc", "_metadata.parquet"):
        Path("day", name).write_bytes(b"x")
    assert rows_of(Files("day/*")) == [{"a": 1}]


def test_a_file_whose_name_looks_like_a_pattern_is_found() -> None:
    write("flights[1].parquet", {"a": [1]})
    assert rows_of(Files("flights[1].parquet")) == [{"a": 1}]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (
            "nope.parquet",
            r"^nope\.parquet does not exist \(looked for /.*nope\.parquet\); correct the path\.$",
        ),
        ("*.nope", r"^No file matches \*\.nope \(looked in /.*\); correct the pattern"),
        ("folder", r"^folder is a folder; name the files in it, such as folder/\*\.parquet\.$"),
        (
            "strange.xyz",
            r"strange\.xyz does not say its format; name it with format=, one of 'parquet', 'csv'",
        ),
        ("book.csv", r"book\.csv is a zip archive or a spreadsheet"),
        ("rows.csv", r"rows\.csv is a parquet file; call it by the name that says so, or give format="),
        ("packed.csv", r"packed\.csv is packed with gzip"),
    ],
)
def test_a_path_that_cannot_be_read_is_named_with_the_fix(pattern: str, said: str) -> None:
    Path("folder").mkdir()
    Path("strange.xyz").write_text("a\n1\n")
    Path("book.csv").write_bytes(b"PK\x03\x04 and so on")
    Path("rows.csv").write_bytes(b"PAR1 and so on")
    Path("packed.csv").write_bytes(b"\x1f\x8b and so on")
    with pytest.raises(DataError, match=said):
        opened(Files(pattern))


def test_nothing_and_an_unknown_format_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="names no file"):
        Files([])
    with pytest.raises(
        ConfigurationError, match="format='avro' does not exist; write 'parquet', 'csv' or 'json'"
    ):
        opened(Files("a.avro", format="avro"))  # type: ignore[arg-type]


def test_a_format_may_be_named_whatever_the_file_is_called() -> None:
    Path("strange.xyz").write_text("a\n1\n")
    assert rows_of(Files("strange.xyz", format="csv")) == [{"a": 1}]


def test_jinja_reaches_every_string_and_leaves_the_recipe_alone() -> None:
    recipe = Files(
        ("a/{{ ds }}.csv", "b/{{ ds }}.csv"), where="day = '{{ ds }}'", delimiter=";", columns=("{{ ds }}",)
    )
    rendered = recipe.rendered(lambda text: text.replace("{{ ds }}", "2013-02-08"))
    assert rendered.paths == ("a/2013-02-08.csv", "b/2013-02-08.csv")
    assert (rendered.where, rendered.columns) == ("day = '2013-02-08'", ("2013-02-08",))
    assert recipe.label == "a/{{ ds }}.csv, b/{{ ds }}.csv"


def test_the_label_holds_no_password() -> None:
    assert Files("sftp://me:secret@host/day.csv").label == "sftp://host/day.csv"
    assert Files("https://host/day.csv?signature=secret").label == "https://host/day.csv"
    assert Files("what?.csv").label == "what?.csv"


# Several files with differing columns


def test_columns_of_any_file_are_there_and_null_in_the_others() -> None:
    write("1.parquet", {"a": [1], "b": ["x"]})
    write("2.parquet", {"c": [True], "a": [2]})
    write("3.parquet", {"z": [9]})
    assert rows_of(Files("*.parquet", columns=("a", "b", "c"))) == [
        {"a": 1, "b": "x", "c": None},
        {"a": 2, "b": None, "c": True},
        {"a": None, "b": None, "c": None},
    ]


TYPES = {
    "int8 and int64": (pa.int8(), pa.int64(), "int64"),
    "uint8 and int8": (pa.uint8(), pa.int8(), "int64"),
    "uint64 and int64": (pa.uint64(), pa.int64(), "double"),
    "int and float": (pa.int32(), pa.float32(), "double"),
    "int and decimal": (pa.int64(), pa.decimal128(5, 2), "double"),
    "decimals": (pa.decimal128(5, 2), pa.decimal128(20, 4), "decimal128(20, 4)"),
    "null and any": (pa.null(), pa.date32(), "date32[day]"),
    "date and moment": (pa.date32(), pa.timestamp("ms"), "timestamp[ms]"),
    "moments": (pa.timestamp("s"), pa.timestamp("ns"), "timestamp[us]"),
    "zone and none": (pa.timestamp("us"), pa.timestamp("us", "Europe/Paris"), "timestamp[us, tz=UTC]"),
    "zones": (pa.timestamp("us", "Asia/Tokyo"), pa.timestamp("us", "Europe/Paris"), "timestamp[us, tz=UTC]"),
    "number and name": (pa.int64(), pa.string(), "string"),
    "truth and number": (pa.bool_(), pa.int64(), "string"),
    "list and number": (pa.list_(pa.int64()), pa.int64(), "string"),
    "bytes and number": (pa.binary(), pa.int64(), "string"),
}


@pytest.mark.parametrize(("left", "right", "common"), TYPES.values(), ids=TYPES)
def test_types_that_differ_are_widened(left: pa.DataType, right: pa.DataType, common: str) -> None:
    write("1.parquet", {"x": pa.nulls(2, left)})
    write("2.parquet", {"x": pa.nulls(3, right)})
    assert types_of(Files("*.parquet")) == types_of(Files(["2.parquet", "1.parquet"])) == {"x": common}
    assert table_of(Files("*.parquet")).num_rows == 5


def test_types_that_do_not_meet_are_read_as_text_and_both_files_are_named() -> None:
    write("1.parquet", {"x": pa.array([1, None])})
    write("2.parquet", {"x": pa.array(["one"])})
    assert rows_of(Files("*.parquet")) == [{"x": "1"}, {"x": None}, {"x": "one"}]
    assert opened(Files("*.parquet")).notes == {
        "x": "is int64 in 1.parquet but string in 2.parquet; read as text"
    }


def test_values_survive_being_widened() -> None:
    write("1.parquet", {"n": [2**53 + 1], "at": [dt.datetime(2013, 2, 8)], "l": [[1]], "b": [b"\xff"]})
    write(
        "2.parquet", {"n": [0.5], "at": pa.array([0], pa.timestamp("us", "Asia/Tokyo")), "l": ["x"], "b": [1]}
    )
    first, second = rows_of(Files("*.parquet"))
    assert (first["n"], first["at"], first["l"], first["b"]) == (
        float(2**53 + 1),
        dt.datetime(2013, 2, 8, tzinfo=dt.UTC),
        "[1]",
        r"\xff",
    )
    assert second["at"] == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def test_a_note_on_one_of_several_files_names_it() -> None:
    Path("1.csv").write_text("a,a\n1,2\n")
    Path("2.csv").write_text("a\n1\n")
    assert opened(Files("*.csv")).notes["a.1"].startswith("in 1.csv column 2 is called 'a'")


# What is asked for


@pytest.fixture
def flights() -> str:
    hours = [dt.datetime(2013, 2, 7, 12) + dt.timedelta(hours=hour) for hour in range(24)]
    write(
        "flights.parquet",
        {
            "at": hours,
            "delay": [None if hour == 5 else hour for hour in range(24)],
            "origin": ["EWR", "JFK", "LGA"] * 8,
            "tail": [f"N{hour}" for hour in range(24)],
        },
    )
    return "flights.parquet"


def test_columns_come_in_the_order_asked_for_with_slices_shown_and_the_timestamp_hidden(flights: str) -> None:
    rows = opened(Files(flights, columns=("tail", "delay"), slices=("origin",), timestamp="at"))
    assert rows.schema.names == ["tail", "delay", "origin", "at"]
    assert rows.hidden == ("at",)
    assert opened(Files(flights, timestamp="at")).hidden == ()
    assert opened(Files(flights, columns=("at",), timestamp="at")).hidden == ()


def test_a_missing_column_is_named_with_what_is_near_and_what_there_is(flights: str) -> None:
    with pytest.raises(DataError) as caught:
        opened(Files(flights, columns=("Dealy", "origin")))
    assert str(caught.value) == (
        "flights.parquet has no column 'Dealy', asked for as columns; did you mean 'delay'? "
        "It has at, delay, origin, tail."
    )


@pytest.mark.parametrize("role", ["columns", "slices", "private"])
def test_every_column_that_must_be_there_is_looked_for(flights: str, role: str) -> None:
    with pytest.raises(DataError, match="no column 'nope', asked for as"):
        opened(Files(flights, **{role: ("nope",)}))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no column 'nope', asked for as timestamp"):
        opened(Files(flights, timestamp="nope", columns=("delay",)))


def test_asking_for_no_column_at_all_is_a_mistake(flights: str) -> None:
    with pytest.raises(ConfigurationError, match=r"columns=\(\) asks for nothing; leave it out"):
        opened(Files(flights, columns=()))


def test_rows_are_kept_by_condition_and_window_together(flights: str) -> None:
    source = Files(flights, columns=("tail",), where="origin = 'JFK' AND delay > 3", timestamp="at")
    assert [row["tail"] for row in rows_of(source, DAY)] == ["N13", "N16", "N19", "N22"]
    assert [row["tail"] for row in rows_of(source)] == ["N4", "N7", "N10", "N13", "N16", "N19", "N22"]
    assert opened(source).expected is None
    assert opened(Files(flights, timestamp="at")).expected == 24


def test_rows_without_a_moment_are_in_no_window() -> None:
    write("x.parquet", {"at": [dt.datetime(2013, 2, 8), None]})
    assert len(rows_of(Files("x.parquet", timestamp="at"), DAY)) == 1
    assert len(rows_of(Files("x.parquet", timestamp="at"))) == 2
    write("x.parquet", {"at": [None, None]})
    assert rows_of(Files("x.parquet", timestamp="at"), DAY) == []


MOMENTS = {
    "2013-02-07T23:59:59.999999Z": False,
    "2013-02-08": True,
    "2013-02-08 00:00": True,
    "2013-02-08T23:59:59.999999999": True,
    "2013-02-09T00:30:00+01:00": True,
    "2013-02-07T19:00:00-0500": True,
    "2013-02-09 00:00:00": False,
}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_texts_in_iso_8601_are_moments_of_utc_unless_they_name_a_zone(ending: str) -> None:
    write("at.parquet", {"at": [*MOMENTS, None]})
    Path("at.csv").write_text("at,n\n" + "".join(f"{text},1\n" for text in MOMENTS))
    source = Files(f"at.{ending}", timestamp="at")
    assert types_of(source)["at"] == "timestamp[us, tz=UTC]"
    assert len(rows_of(source, DAY)) == sum(MOMENTS.values())
    assert len(rows_of(source)) == len(MOMENTS) + (ending == "parquet")


def test_a_text_that_is_no_moment_is_shown() -> None:
    write("at.parquet", {"at": ["2013-02-08", "08/02/2013"]})
    with pytest.raises(
        DataError, match="'at' holds '08/02/2013', which is not an ISO 8601 moment.*2013-02-08T06:00:00Z"
    ):
        rows_of(Files("at.parquet", timestamp="at"), DAY)
    assert len(rows_of(Files("at.parquet", timestamp="at", where="\"at\" NOT LIKE '%/%'"), DAY)) == 1


def test_a_timestamp_that_is_no_moment_is_a_mistake_in_the_recipe(flights: str) -> None:
    with pytest.raises(
        ConfigurationError, match="'delay' is int64; it must hold timestamps, dates or ISO 8601 texts"
    ):
        opened(Files(flights, timestamp="delay"))


@settings(deadline=None, max_examples=40)
@given(
    seconds=st.lists(st.none() | st.integers(-100, 100), max_size=30),
    start=st.integers(-60, 60),
    length=st.integers(1, 60),
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
    zone=st.sampled_from([None, "UTC", "America/New_York"]),
    text=st.booleans(),
)
def test_windows_that_follow_each_other_share_out_every_row_that_has_a_moment(
    seconds: list[int | None], start: int, length: int, unit: str, zone: str | None, *, text: bool
) -> None:
    first = dt.datetime(2013, 2, 8, tzinfo=dt.UTC)
    moments = pa.array(
        [None if s is None else int(first.timestamp()) + s for s in seconds], pa.timestamp("s", zone)
    )
    column = (
        moments.cast(pa.timestamp("s")).cast(pa.string()) if text else moments.cast(pa.timestamp(unit, zone))
    )
    write("x.parquet", {"at": column, "s": pa.array(seconds, pa.int64())})
    begin, middle = first + dt.timedelta(seconds=start), first + dt.timedelta(seconds=start + length)
    source = Files("x.parquet", timestamp="at")
    window = Window(begin, middle)
    inside = [s for s in seconds if s is not None and start <= s < start + length]
    assert [row["s"] for row in rows_of(source, window)] == inside


# Private columns


def test_notes_on_private_columns_show_none_of_their_values() -> None:
    Path("x.csv").write_text("id,name\n1,a\nN104UW,b\n")
    assert "N104UW" in opened(Files("x.csv")).notes["id"]
    assert opened(Files("x.csv", private=("id",))).notes == {
        "id": "mixes numbers with texts such as ...; read as text"
    }


# Object stores


@pytest.fixture
def store() -> Any:
    memory = fsspec.filesystem("memory")
    yield memory
    memory.store.clear()


def test_urls_are_read_through_fsspec(store: Any) -> None:
    for day in ("07", "08"):
        with store.open(f"/bucket/{day}.parquet", "wb") as file:
            pq.write_table(pa.table({"day": [day] * 1000, "n": range(1000)}), file, row_group_size=100)
    with store.open("/bucket/09.csv", "wb") as file:
        file.write(b"day,n\n9,1\n")
    assert table_of(Files("memory://bucket/*.parquet")).num_rows == 2000
    assert rows_of(Files("memory://bucket/08.parquet", where="n = 7")) == [{"day": "08", "n": 7}]
    assert rows_of(Files("memory://bucket/09.csv")) == [{"day": 9, "n": 1}]


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    write("x.parquet", {"a": [1]})
    assert rows_of(Files(f"file://{tmp_path}/x.parquet")) == [{"a": 1}]


def test_the_connection_gives_the_file_system(store: Any) -> None:
    asked: list[tuple[str, str | None]] = []

    class Recording(NamedConnections):
        def filesystem(self, url: str, conn_id: str | None) -> Any:
            asked.append((url, conn_id))
            return store

    store.pipe_file("/bucket/x.csv", b"a\n1\n")
    assert rows_of(Files("memory://bucket/x.csv", conn_id="lake"), connections=Recording({})) == [{"a": 1}]
    assert asked[0] == ("memory://bucket/x.csv", "lake")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("memory://bucket/nope.csv", "memory://bucket/nope.csv does not exist; correct the URL"),
        ("memory://bucket/*.nope", r"No file matches memory://bucket/\*\.nope"),
        ("memory://bucket", "memory://bucket is a folder"),
    ],
)
def test_a_url_that_leads_nowhere_is_named(store: Any, url: str, said: str) -> None:
    store.pipe_file("/bucket/x.csv", b"a\n1\n")
    with pytest.raises(DataError, match=said):
        opened(Files(url))


def test_an_unknown_kind_of_store_is_a_mistake_in_the_recipe() -> None:
    with pytest.raises(ConfigurationError, match="Files at nowhere:// cannot be opened"):
        opened(Files("nowhere://bucket/x.csv"))


def test_a_store_that_does_not_answer_may_be_tried_again(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionResetError("connection reset by peer")

    store.pipe_file("/bucket/x.csv", b"a\n1\n")
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "open", refuse)
        with pytest.raises(SourceUnavailable, match="x.csv cannot be reached: connection reset by peer"):
            opened(Files("memory://bucket/x.csv"))
    monkeypatch.setattr(type(store), "isfile", refuse)
    with pytest.raises(SourceUnavailable, match="memory://bucket/x.csv cannot be reached"):
        opened(Files("memory://bucket/x.csv"))


def test_csv_and_json_need_no_pandas_either() -> None:
    Path("1.csv").write_text("a,t,n\nx,2013-02-08,1\n")
    Path("2.jsonl").write_text('{"a": "x", "t": "2013-02-08", "n": 2}\n')
    code = (
        "import json, sys\n"
        "from airflow_mlmonitor.data import Files, Window\n"
        "rows = Files(['1.csv', '2.jsonl'], timestamp='t', where=\"a = 'x'\").open(Window.parse('2013-02-08'), None)\n"
        "count = sum(batch.num_rows for part in rows.parts for batch in part())\n"
        "print(json.dumps([count, 'pandas' in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [2, False]
