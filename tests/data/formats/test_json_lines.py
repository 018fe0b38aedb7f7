"""JSON lines: the columns of all lines, and fields of more than one type read as text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.data.formats import json_lines
from airflow_mlmonitor.errors import DataError
from tests.sources import opened, rows_of, types_of


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=[1 << 22, 64], ids=["one block", "many blocks"])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "BLOCK_BYTES", request.param)


def write(*rows: Any, name: str = "x.jsonl") -> Files:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    Path(name).write_bytes(b"\n".join(lines))
    return Files(name)


@pytest.mark.usefixtures("_blocks")
def test_a_field_may_be_missing_null_or_new() -> None:
    source = write(*[{"a": 1, "b": None}] * 20, {"b": 0.5, "a": 2}, b"", {"c": "new"})
    assert types_of(source) == {"a": "int64", "b": "double", "c": "string"}
    assert rows_of(source)[-2:] == [{"a": 2, "b": 0.5, "c": None}, {"a": None, "b": None, "c": "new"}]
    assert opened(source).expected == 22
    assert opened(source).notes == {}


@pytest.mark.usefixtures("_blocks")
def test_a_field_of_two_types_is_read_as_text() -> None:
    source = write(
        *[{"a": 1, "b": 2}] * 20, {"a": "x", "b": 3}, {"a": {"deep": [1]}, "b": 4}, {"a": 1.5, "b": 5}
    )
    assert types_of(source) == {"a": "string", "b": "int64"}
    assert [row["a"] for row in rows_of(source)[-4:]] == ["1", "x", '{"deep": [1]}', "1.5"]
    assert opened(source).notes["a"].endswith("read as text")


@pytest.mark.usefixtures("_blocks")
def test_types_that_differ_deep_inside_are_text_as_a_whole() -> None:
    source = write(*[{"a": {"b": 1}}] * 20, {"a": {"b": "x"}})
    assert [row["a"] for row in rows_of(source)[-2:]] == ['{"b": 1}', '{"b": "x"}']


@pytest.mark.usefixtures("_blocks")
def test_a_field_named_twice_in_a_line_has_its_last_value() -> None:
    source = write(*[{"a": 1}] * 20, b'{"a": 1, "a": 2}')
    assert rows_of(source)[-1] == {"a": "2"}
    assert opened(source).notes == {"a": "was specified twice; read as text"}


BROKEN = [
    (b'{"a": 1', r"Line 41 of x\.jsonl is not JSON"),
    (b'{"a": }', r"Line 41 of x\.jsonl is not JSON"),
    (b"5", r"Line 41 of x\.jsonl is not an object but int. Write one JSON object a line"),
    (b"a,b", r"Line 41 of x\.jsonl is not JSON"),
]


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(("line", "said"), BROKEN)
def test_a_broken_line_is_named_by_its_number(line: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        opened(write(*[{"a": 1}] * 40, line))


def test_an_array_is_refused_with_what_to_do() -> None:
    Path("x.json").write_text('[{"a": 1},\n {"a": 2}]\n')
    with pytest.raises(
        DataError, match=r"Line 1 of x\.json is not JSON.*Write one JSON object a line; `jq -c"
    ):
        opened(Files("x.json"))


def test_a_line_without_end_is_not_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "BLOCK_BYTES", 1 << 20)
    monkeypatch.setattr(json_lines, "LINE_BYTES", 1 << 21)
    with pytest.raises(
        DataError, match=r"x\.jsonl has a line of more than 2 MB. Write one JSON object a line"
    ):
        opened(write(b"[" + b'{"a": 1},' * 500_000))


def test_a_file_without_lines_has_no_columns_of_its_own() -> None:
    with pytest.raises(DataError, match=r"x\.jsonl has no columns; check what writes it"):
        opened(write())
    write(name="1.jsonl")
    write({"a": 1}, name="2.jsonl")
    assert rows_of(Files(["1.jsonl", "2.jsonl"])) == [{"a": 1}]


@pytest.mark.usefixtures("_blocks")
def test_an_object_without_fields_is_a_row_of_nulls() -> None:
    source = write(*[{"a": 1}] * 20, *[{}] * 60, {"a": 2})
    assert [row["a"] for row in rows_of(source)] == [1] * 20 + [None] * 60 + [2]


def test_objects_without_fields_are_refused() -> None:
    with pytest.raises(DataError, match="has 2 objects without any field"):
        opened(write({}, {}))


@pytest.mark.usefixtures("_blocks")
def test_bytes_that_are_not_utf_8_are_read_as_latin_1_and_the_first_is_named() -> None:
    source = write(*[{"a": "x"}] * 20, b'{"a": "caf\xe9"}')
    assert rows_of(source)[-1] == {"a": "café"}
    assert opened(source).notes == {"": "byte 230 of x.jsonl is not UTF-8; it was read as Latin-1"}


def test_packed_files_are_unpacked_while_they_are_read() -> None:
    Path("x.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}\n' * 1000))
    assert len(rows_of(Files("x.jsonl.gz"))) == 1000


def test_nested_fields_stay_nested() -> None:
    assert rows_of(write({"a": [1, 2], "b": {"c": 1}})) == [{"a": [1, 2], "b": {"c": 1}}]


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from("abc"),
            st.none()
            | st.booleans()
            | st.integers(-9, 9)
            | st.floats(-9, 9)
            | st.sampled_from(["x", "y\n", "2013-02-08"]),
            min_size=1,
        ),
        min_size=1,
        max_size=30,
    ),
    block=st.sampled_from([16, 64, 1 << 20]),
)
def test_as_many_rows_come_out_as_lines_go_in(rows: list[dict[str, Any]], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "BLOCK_BYTES", block)
        found = rows_of(write(*rows))
    assert len(found) == len(rows)
    for written, row in zip(rows, found, strict=True):
        assert {name for name, value in row.items() if value is not None} == {
            name for name, value in written.items() if value is not None
        }
