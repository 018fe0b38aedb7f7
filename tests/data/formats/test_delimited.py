"""CSV files: no row lost in silence, types that hold for the whole file, and messages that say where to look."""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.data.formats import delimited
from airflow_mlmonitor.errors import DataError
from tests.sources import opened, rows_of, types_of


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=[1 << 22, 128], ids=["one block", "many blocks"])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", request.param)


def write(text: str | bytes, name: str = "x.csv") -> Files:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Files(name)


def column(*texts: str) -> Files:
    return write("x,n\n" + "".join(f"{text},1\n" for text in texts))


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(
    ("texts", "type_", "values"),
    [
        (["1", "-2", ""], "int64", [1, -2, None]),
        (["1", "2.5", " 3 "], "double", [1.0, 2.5, 3.0]),
        (["9" * 20, "1"], "double", [1e20, 1.0]),
        (["inf", "-inf", "1e5"], "double", [float("inf"), float("-inf"), 1e5]),
        (["true", "False", "NA"], "bool", [True, False, None]),
        (["2013-02-08", "nan"], "date32[day]", [dt.date(2013, 2, 8), None]),
        (
            ["2013-02-08 06:00", "2013-02-08"],
            "timestamp[us]",
            [dt.datetime(2013, 2, 8, 6), dt.datetime(2013, 2, 8)],
        ),
        (["2013-02-08T06:00:00.123456789"], "timestamp[us]", [dt.datetime(2013, 2, 8, 6, 0, 0, 123456)]),
        (["2013-02-08T06:00:00+02:00"], "timestamp[us, tz=UTC]", [dt.datetime(2013, 2, 8, 4, tzinfo=dt.UTC)]),
        (["0x1F", "1"], "string", ["0x1F", "1"]),
        (["null", "None", r"\N", "<NA>", "NaT", "n/a"], "null", [None] * 6),
        (["a", "", '""', "NA"], "string", ["a", None, None, None]),
    ],
)
def test_a_type_is_the_narrowest_that_holds_every_value(
    texts: list[str], type_: str, values: list[Any]
) -> None:
    assert types_of(column(*texts))["x"] == type_
    assert [row["x"] for row in rows_of(column(*texts))] == values


LATE = [
    ("7", "2.5", "double", ""),
    ("7", "x7", "string", "holds 'x7' among values of type int64; read as text"),
    ("", "3", "int64", ""),
    ("true", "yes", "string", "holds 'yes' among values of type bool; read as text"),
    ("2013-02-08", "2013-02-08 06:00", "timestamp[us]", ""),
    ("2013-02-08 06:00", "2013-02-08T06:00Z", "timestamp[us, tz=UTC]", ""),
    ("2013-02-08", "never", "string", "holds 'never' among values of type date32[day]; read as text"),
]


@pytest.mark.parametrize(("first", "later", "type_", "note"), LATE)
def test_a_type_that_changes_far_down_the_file_loses_no_row(
    monkeypatch: pytest.MonkeyPatch, first: str, later: str, type_: str, note: str
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 128)
    source = column(*[first] * 500, later)
    assert types_of(source)["x"] == type_
    assert opened(source).notes.get("x", "") == note
    assert opened(source).expected == len(rows_of(source)) == 501
    assert rows_of(source)[-1]["x"] is not None


def test_numbers_mixed_with_text_in_the_first_lines_are_noted_too() -> None:
    assert opened(column("1", "2", "three")).notes == {
        "x": "mixes numbers with texts such as 'three'; read as text"
    }
    assert opened(column("one", "two", "3")).notes == {}


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.tuples(
            *[
                st.sampled_from(
                    [
                        "1",
                        "2.5",
                        "-7",
                        "",
                        "NA",
                        "true",
                        "x",
                        "2013-02-08",
                        "2013-02-08T01:00Z",
                        "a,b",
                        'q"q',
                        "l\nl",
                    ]
                )
            ]
            * 3
        ),
        max_size=40,
    ),
    block=st.sampled_from([64, 256, 1 << 20]),
)
def test_as_many_rows_come_out_as_python_reads(rows: list[tuple[str, ...]], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK_BYTES", block)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([("a", "b", "c"), *rows])
        found = rows_of(write(text.getvalue()))
    assert len(found) == len(rows)
    for given_row, row in zip(rows, found, strict=True):
        for written, value in zip(given_row, row.values(), strict=True):
            assert (value is None) == (written in ("", "NA"))
            assert not isinstance(value, str) or value == written


@pytest.mark.usefixtures("_blocks")
def test_line_breaks_in_quotes_belong_to_the_value() -> None:
    source = write('a,b\n1,"two\nlines"\n' * 1 + '2,"x ""quoted"" y"\n' * 20)
    assert rows_of(source)[:2] == [{"a": 1, "b": "two\nlines"}, {"a": 2, "b": 'x "quoted" y'}]


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("row", ["3", "3,4,5"])
def test_a_ragged_row_is_named_by_its_number(row: str) -> None:
    source = write("a,b\n" + "1,2\n" * 40 + f"{row}\n" + "5,6\n")
    with pytest.raises(DataError) as caught:
        opened(source)
    assert str(caught.value) == (
        f"Row 42 of x.csv (the header is row 1) has {row.count(',') + 1} fields where the header has 2. Put quotes "
        "around fields that hold the delimiter ',' or a line break, or take the row out."
    )


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quote_that_is_never_closed_swallows_nothing(end: str) -> None:
    with pytest.raises(
        DataError, match="opens a quote in its last column that it never closes, .* before its end"
    ):
        opened(write('a,b\n1,2\n3,"x\n4,5\n6,7' + end))
    assert rows_of(write('a,b\n1,2\n3,"x\n4,5"' + end))[-1] == {"a": 3, "b": "x\n4,5"}


def test_a_quote_that_swallows_whole_blocks_is_suspected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1 << 20)
    with pytest.raises(DataError, match="has a row of more than 1 MB; is there a quote that is never closed"):
        opened(write('a,b\n1,"x\n' + "2,3\n" * 1_000_000))


def test_long_fields_are_read_and_a_header_without_end_is_not() -> None:
    assert rows_of(write(f"a,b\n1,{'x' * 200_000}\n"))[0]["b"] == "x" * 200_000
    with pytest.raises(DataError, match=r"The header of x\.csv cannot be read .*is it a CSV file"):
        opened(write("x" * 200_000 + "\n"))


def test_an_empty_file_is_an_error_and_a_header_alone_is_no_rows() -> None:
    for text in ("", "\n\n"):
        with pytest.raises(DataError, match=r"x\.csv is empty, without even a header; write the header"):
            opened(write(text))
    for text in ("a,b", "a,b\n", "\n\na,b\n\n"):
        rows = opened(write(text))
        assert (rows.schema.names, list(rows.parts), rows.expected) == (["a", "b"], [], 0)


def test_a_file_without_rows_takes_its_types_from_the_others() -> None:
    write("a,b\n", "1.csv")
    write("a,b\n1,x\n", "2.csv")
    assert types_of(Files("*.csv")) == {"a": "int64", "b": "string"}


def test_blank_lines_are_no_rows() -> None:
    assert rows_of(write("\n\na,b\n\n1,2\n\n\n3,4\n")) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_every_column_has_a_name_of_its_own() -> None:
    source = write("a,,a\n1,2,3\n")
    assert rows_of(source) == [{"a": 1, "column_2": 2, "a.1": 3}]
    assert opened(source).notes == {"a.1": "column 3 is called 'a', like one before it; here it is 'a.1'"}
    assert rows_of(Files("x.csv", columns=("a.1",))) == [{"a.1": 3}]


@pytest.mark.usefixtures("_blocks")
def test_bytes_that_are_not_utf_8_are_read_as_latin_1_and_the_first_is_named() -> None:
    source = write(b"name,n\n" + b"plain,1\n" * 40 + "café,2\n".encode("latin-1"))
    assert rows_of(source)[-1] == {"name": "café", "n": 2}
    assert opened(source).notes[""] == "byte 330 of x.csv is not UTF-8; it was read as Latin-1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    source = write("naïve,b\n1,é\n".encode(encoding))
    assert rows_of(source) == [{"naïve": 1, "b": "é"}]
    assert opened(source).notes == {}


@pytest.mark.parametrize(("name", "pack"), [("x.csv.gz", gzip.compress), ("x.csv.bz2", bz2.compress)])
def test_packed_files_are_unpacked_while_they_are_read(name: str, pack: Any) -> None:
    packed = pack(b"a,b\n" + b"1,2\n" * 10_000)
    assert len(rows_of(write(packed, name))) == 10_000
    with pytest.raises(DataError, match=rf"{name} cannot be read as CSV"):
        opened(write(packed[: len(packed) // 2], name))


def test_zstandard_files_are_unpacked_too() -> None:
    with pa.CompressedOutputStream("x.csv.zst", "zstd") as file:
        file.write(b"a\n1\n")
    assert rows_of(Files("x.csv.zst")) == [{"a": 1}]


def test_the_delimiter_may_be_given_and_its_lack_is_noticed() -> None:
    source = write("a;b\n1;2\n")
    assert opened(source).notes == {
        "": "the header is one column, 'a;b'; if it should be more, give delimiter=';'"
    }
    assert rows_of(Files("x.csv", delimiter=";")) == [{"a": 1, "b": 2}]
    assert rows_of(write("a\tb\n1\t2\n", "x.tsv")) == [{"a": 1, "b": 2}]
    assert opened(write("a\n1\n")).notes == {}


def test_a_file_that_vanishes_between_the_two_readings_is_named() -> None:
    rows = opened(write("a\n1\n"))
    Path("x.csv").unlink()
    with pytest.raises(DataError, match=r"x\.csv does not exist any more"):
        list(rows.parts[0]())


def test_a_file_that_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    source = write("a\n1\n")

    def refuse(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pa, "OSFile", refuse)
    with pytest.raises(DataError, match=r"x\.csv may not be read; give this process read permission"):
        opened(source)
