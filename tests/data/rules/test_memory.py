"""What earlier runs have shown: in any order, in any parts, and as bytes."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.data.distinct import Hashes, hash_strings, mix
from airflow_mlmonitor.data.rules.memory import Memory, Novelty, Range
from airflow_mlmonitor.data.rules.seen import Seen, below
from airflow_mlmonitor.errors import EncodingError

SMALL = 8


def hashes_of(numbers: list[int]) -> Hashes:
    return mix(np.array(numbers, dtype=np.uint64))


def parts(memory: Novelty) -> tuple[object, ...]:
    """Everything that it holds, as plain values."""
    return (
        {key: (seen.size, seen.level, seen.hashes.tolist()) for key, seen in memory.seen.items()},
        {key: (seen.size, seen.level, seen.hashes.tolist()) for key, seen in memory.latest.items()},
        dict(memory.ranges),
    )


def seen(numbers: list[int]) -> Seen:
    return Seen.of(hashes_of(numbers), size=SMALL)


numbers = st.lists(st.integers(0, 200), max_size=60)
ranges = st.builds(Range, *[st.floats(-1e9, 1e9)] * 3)
keys = st.sampled_from(["value:a", "pair:a+b", "mask:"])
novelties = st.builds(
    Novelty,
    seen=st.dictionaries(keys, numbers.map(seen)),
    latest=st.dictionaries(keys, numbers.map(seen)),
    ranges=st.dictionaries(st.sampled_from("ab"), ranges),
)


@given(numbers, numbers)
def test_the_set_of_parts_is_the_set_of_the_whole(left: list[int], right: list[int]) -> None:
    whole = Seen.of(hashes_of(left + right), size=SMALL)
    added = seen(left) + seen(right)
    assert (added.level, added.hashes.tolist()) == (whole.level, whole.hashes.tolist())
    assert len(whole) <= SMALL


@given(numbers)
def test_a_set_knows_what_came_below_its_line_and_nothing_above(items: list[int]) -> None:
    known, hashes = seen(items), hashes_of(items)
    assert (
        known.knows(hashes).tolist() == known.samples(hashes).tolist() == below(hashes, known.level).tolist()
    )


@given(novelties, novelties, novelties)
def test_in_which_order_runs_are_added_makes_no_difference(a: Novelty, b: Novelty, c: Novelty) -> None:
    assert parts(Memory() + a + b + c) == parts(Memory() + (a + b + c)) == parts(Memory() + (a + (b + c)))
    forth, back = parts(Memory() + a + b), parts(Memory() + b + a)
    assert (forth[0], forth[2]) == (back[0], back[2])


@given(novelties)
def test_adding_twice_adds_nothing(novelty: Novelty) -> None:
    once = Memory() + novelty
    assert parts(once + novelty) == parts(once)


@given(novelties)
def test_bytes_give_back_what_was_written(novelty: Novelty) -> None:
    memory = Memory() + novelty
    assert parts(Novelty.decode(novelty.encode())) == parts(novelty)
    assert parts(Memory.decode(memory.encode())) == parts(memory)
    assert type(Memory.decode(memory.encode())) is Memory


@given(numbers, numbers)
def test_what_is_new_is_what_the_memory_does_not_know(before: list[int], now: list[int]) -> None:
    memory = Memory() + Novelty(seen={"key": seen(before)})
    fresh = memory.unseen("key", hashes_of(now))
    after = memory + Novelty(seen={} if fresh is None else {"key": fresh})
    assert parts(after) == parts(Memory() + Novelty(seen={"key": seen(before + now)}))
    assert after.unseen("key", hashes_of(now)) is None


def test_a_key_that_was_never_asked_is_not_known_even_if_nothing_came() -> None:
    memory = Memory()
    nothing = memory.unseen("key", hashes_of([]))
    assert "key" not in memory
    assert nothing is not None
    assert "key" in memory + Novelty(seen={"key": nothing})


def test_ranges_widen() -> None:
    memory = Memory() + Novelty(ranges={"fare": Range(0, 10, 4)}) + Novelty(ranges={"fare": Range(5, 12, 3)})
    assert memory.range("fare") == (0, 12, 4)
    assert memory.range("tip") is None


def test_the_latest_run_is_the_one_added_last_and_a_baseline_has_none() -> None:
    monday, tuesday = (Novelty(latest={"triple": seen([day])}) for day in (1, 2))
    memory = Memory() + monday + tuesday
    assert memory.latest["triple"].knows(hashes_of([1, 2])).tolist() == [False, True]
    assert not memory.aged()


def test_few_new_items_take_few_bytes_and_many_less_than_four_each() -> None:
    few = Novelty(seen={"pair:carrier+tailnum": Seen.of(hashes_of(list(range(20))))})
    many = Novelty(seen={"pair:carrier+tailnum": Seen.of(hashes_of(list(range(4_000))))})
    assert len(few.encode()) < 200
    assert len(many.encode()) < 3.1 * 4_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MLMN",
        b"MLMP\x01",
        b"MLMN\x02abc",
        b"MLMN\x01abc",
        b"MLMN\x01" + zlib.compress(b"\x02\x00\x00\x00{}"),
        b"MLMN\x01"
        + zlib.compress(b'\x31\x00\x00\x00{"seen":{"key":[8,0,3]},"latest":{},"ranges":{}} ' + bytes(8)),
        Novelty(seen={"key": Seen.of(hash_strings(["a"]))}).encode()[:-3],
        Memory().encode(),
    ],
)
def test_damaged_bytes_are_said_to_be(content: bytes) -> None:
    with pytest.raises(EncodingError, match="novelty"):
        Novelty.decode(content)


@given(st.integers(5, 80), st.integers(1, 255))
def test_a_changed_byte_is_never_read_as_something_else(place: int, change: int) -> None:
    novelty = Novelty(seen={"key": Seen.of(hash_strings(list("abcdefgh")))}, ranges={"fare": Range(0, 1, 1)})
    content = bytearray(novelty.encode())
    content[place % (len(content) - 5) + 5] ^= change
    try:
        read = Novelty.decode(bytes(content))
    except EncodingError:
        return
    assert parts(read) == parts(novelty)  # zlib's own header has bits that change nothing
