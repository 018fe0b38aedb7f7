"""Profiles as bytes: they come back as they were, or are refused in words."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.data.encoding import MAGIC, VERSION
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.errors import EncodingError
from tests.data.test_profile import observed
from tests.rows import held, profiled

GOLDEN = Path(__file__).parents[1] / "golden" / "profile_v1.bin"
quick = settings(deadline=None, max_examples=150)


def everything() -> Profile:
    """A profile with every kind of column, a slice, a remark and a sampled column."""
    from dataclasses import replace

    table = pa.table(
        {
            "real": [1.5, None, float("nan"), float("inf"), -2.0, 0.0],
            "whole": [1, 2, 3, None, 5, 2**60],
            "name": ["a", "b", None, "a", "", 'ü"\\\n'],
            "who": ["Ada", "Ben", "Ada", None, "Cleo", "Dan"],
            "when": pa.array([0, 1, None, 3, 4, 5], pa.timestamp("s", "UTC")),
            "list": [[1], None, [], [2], [3], [4]],
            "nothing": pa.nulls(6),
        }
    )
    source = held(table, slices=("name",), private=("who",), timestamp="when")
    from airflow_mlmonitor.data.reading import read

    return read(replace(source, notes={"": "two lines were cut short", "real": "was text"}))


def many(rows: int, seed: int) -> dict[str, Any]:
    """Columns with more values than are stored."""
    random = np.random.default_rng(seed)
    names = pa.array([f"category number {number}" for number in range(3_000)])
    return {
        "real": random.normal(size=rows),
        "name": pa.DictionaryArray.from_arrays(pa.array(random.integers(0, 3_000, rows)), names),
    }


def stored(profile: Profile) -> dict[str, Any]:
    """What is kept of a profile: all but the rows' hashes."""
    return observed(profile.compact())


def resealed(content: bytes, change: Any) -> bytes:
    """The bytes with another document inside, and checksums to match."""
    plain = zlib.decompress(content[5:])
    size = struct.unpack_from("<I", plain)[0]
    document = change(plain[4 : 4 + size])
    return content[:5] + zlib.compress(struct.pack("<I", len(document)) + document + plain[4 + size :])


@pytest.mark.parametrize(
    "profile",
    [
        everything(),
        Profile(),
        profiled(many(150_000, 1)),
        profiled({"x": [1.0, 2.0]}),
        profiled({"x": pa.array([], pa.string())}),
    ],
    ids=["everything", "nothing", "more than is stored", "small", "no rows"],
)
def test_a_profile_comes_back_as_it_was(profile: Profile) -> None:
    back = Profile.decode(profile.encode())
    assert observed(back) == stored(profile)
    assert back.duplicates == profile.duplicates
    assert (back.remarks, back.unsliced, back.timestamp) == (
        profile.remarks,
        profile.unsliced,
        profile.timestamp,
    )
    assert back.encode() == profile.encode()
    for name, column in profile.columns.items():
        other = back[name]
        if isinstance(column, NumberColumn):
            assert isinstance(other, NumberColumn)
            assert (other.mean, other.m2, other.sd, other.is_time) == (
                column.mean,
                column.m2,
                column.sd,
                column.is_time,
            )
            assert other.sketch.atoms.tolist() == column.compact().sketch.atoms.tolist()
        if isinstance(column, CategoryColumn):
            assert isinstance(other, CategoryColumn)
            assert (list(other.counts), other.private) == (list(column.compact().counts), column.private)


def test_what_came_back_adds_up_and_is_stored_again() -> None:
    parts = [Profile.decode(profiled(many(150_000, seed)).encode()) for seed in (1, 2)]
    total = Profile.decode((parts[0] + parts[1]).encode())
    assert total.rows == 300_000
    assert total["real"].distinct == pytest.approx(300_000, rel=0.15)
    assert total["name"].distinct == pytest.approx(3_000, rel=0.15)
    assert total["real"].quantile(0.5) == pytest.approx(0, abs=0.01)


def test_twenty_columns_of_a_million_rows_take_less_than_700_kb() -> None:
    columns = {
        f"{name}{seed}": column for seed in range(10) for name, column in many(1_000_000, seed).items()
    }
    encoded = profiled(columns).encode()
    assert 100_000 < len(encoded) < 700_000


def test_every_flipped_bit_is_noticed_or_changes_nothing() -> None:
    profile = everything()
    encoded, kept = profile.encode(), stored(profile)
    noticed = 0
    for position in range(len(encoded)):
        for bit in range(8):
            damaged = bytearray(encoded)
            damaged[position] ^= 1 << bit
            try:
                assert observed(Profile.decode(bytes(damaged))) == kept
            except EncodingError as error:
                noticed += "read it again from its source" in str(
                    error
                ) or "use the version that wrote it" in str(error)
    assert noticed > 7.9 * len(encoded)


def test_every_cut_is_noticed() -> None:
    encoded = everything().encode()
    for length in range(len(encoded)):
        with pytest.raises(EncodingError):
            Profile.decode(encoded[:length])


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    for start in (b"", MAGIC, MAGIC + bytes([VERSION])):
        with pytest.raises(
            EncodingError, match="read it again from its source|use the version that wrote it"
        ):
            Profile.decode(start + content)


@quick
@given(st.data())
def test_a_document_that_makes_no_sense_is_refused_or_read(data: st.DataObject) -> None:
    encoded = profiled({"x": [1.0, 2.0], "name": ["a", "b"]}).encode()

    def change(document: bytes) -> bytes:
        begin = data.draw(st.integers(0, len(document)))
        end = data.draw(st.integers(begin, min(len(document), begin + 12)))
        return (
            document[:begin]
            + data.draw(st.sampled_from([b"", b"-", b"9e999", b"null", b"[", b"{}", b'"x"', b"<f8"]))
            + document[end:]
        )

    with suppress(EncodingError):
        assert isinstance(Profile.decode(resealed(encoded, change)), Profile)


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "1",
        "{}",
        "[" * 100_000,
        '{"rows": 1, "timestamp": null, "remarks": {}, "unsliced": [], "columns": [], "slices": {}}',
    ],
    ids=["list", "number", "empty", "deep", "no mapping"],
)
def test_another_document_is_refused(document: str) -> None:
    content = resealed(profiled({"x": [1.0]}).encode(), lambda _: document.encode())
    with pytest.raises(EncodingError, match="This profile is damaged"):
        Profile.decode(content)


def test_arrays_beyond_the_bytes_are_refused() -> None:
    encoded = profiled({"x": [1.0]}).encode()
    for old, new in (
        (b'"<f8",0,1', b'"<f8",0,99999999999'),
        (b'"<f8",0,1', b'"<f8",-8,1'),
        (b'"<f8",0,1', b'"|O8",0,1'),
    ):
        assert old in zlib.decompress(encoded[5:])
        with pytest.raises(EncodingError, match="This profile is damaged"):
            Profile.decode(resealed(encoded, lambda document, old=old, new=new: document.replace(old, new)))


def test_a_later_format_is_refused_with_both_numbers() -> None:
    encoded = profiled({"x": [1.0]}).encode()
    with pytest.raises(
        EncodingError, match="has format 9, and this version of airflow_mlmonitor reads format 1; use the"
    ):
        Profile.decode(encoded[:4] + bytes([9]) + encoded[5:])


def test_no_raw_value_of_a_private_column_is_in_the_bytes() -> None:
    plain = zlib.decompress(everything().encode()[5:])
    for name in (b"Ada", b"Ben", b"Cleo", b"Dan"):
        assert name not in plain


def test_a_profile_written_by_the_first_version_is_read_for_ever() -> None:
    profile = Profile.decode(GOLDEN.read_bytes())
    assert (profile.rows, profile.timestamp, profile.unsliced, profile.duplicates) == (1_200, "when", (), 0.0)
    assert profile.notes == {
        "": "two lines were cut short",
        "tags": "list<item: int64> is not evaluated; spread it into columns of its own",
    }
    assert profile.schema == {
        "fare": "double", "town": "string", "who": "string", "when": "timestamp[us, tz=UTC]", "tags": "list<item: int64>"
    }  # fmt: skip
    fare, town, who = profile["fare"], profile["town"], profile["who"]
    assert isinstance(fare, NumberColumn)
    assert (fare.nulls, fare.nans, fare.infinite, fare.zeros, fare.integers) == (120, 1, 1, 1, 1_078)
    assert (fare.min, fare.max, fare.mean) == (0.0, 1_199.0, pytest.approx(600.7764378))
    assert fare.sd == pytest.approx(345.9322784)
    assert (len(fare.sketch), fare.sketch.total, fare.sketch.exact) == (1_024, 1_078, False)
    assert (fare.quantile(0.5), fare.distinct) == (600.0, 1_086)
    assert isinstance(town, CategoryColumn)
    assert (town.counts, town.mean_length) == ({"Ulm": 600, "Bonn": 300, "Köln": 300}, 3.5)
    assert isinstance(who, CategoryColumn)
    assert (who.private, len(who.counts), who.others, who.error, who.distinct) == (True, 1_024, 176, 1, 1_188)
    assert (profile.first, profile.last) == (
        datetime(2013, 1, 1, tzinfo=UTC),
        datetime(2013, 1, 1, 19, 59, tzinfo=UTC),
    )
    assert {label: part.rows for label, part in profile.slices.items()} == {
        "town=Bonn": 300,
        "town=Köln": 300,
        "town=Ulm": 600,
    }
    assert profile.slices["town=Ulm"]["fare"].max == 1_198.0
