"""Distinct items and repeats from a sample chosen by hash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.distinct import ROW_SAMPLE, Hashes, HashSample, fold, hash_texts, mix

quick = settings(deadline=None, max_examples=60)


def hashed(numbers: object) -> Hashes:
    return mix(np.asarray(numbers, dtype=np.float64).view(np.uint64))


def seen(sample: HashSample) -> dict[int, int]:
    return dict(zip(sample.hashes.tolist(), sample.counts.tolist(), strict=True))


def of_texts(texts: list[str]) -> list[int]:
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return hash_texts(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets).tolist()


def row_hashes(*columns: object) -> Hashes:
    rows = np.full(np.size(columns[0]), 1, dtype=np.uint64)
    for column in columns:
        fold(rows, np.asarray(column, dtype=np.float64).view(np.uint64))
    return mix(rows)


@quick
@given(st.lists(st.integers(0, 60)), st.lists(st.integers(0, 60)), st.integers(4, 40))
def test_samples_of_parts_add_up_to_that_of_the_whole(left: list[int], right: list[int], size: int) -> None:
    whole = HashSample(size).add(hashed(left + right))
    for parts in ((left, right), (right, left)):
        one, other = (HashSample(size).add(hashed(part)) for part in parts)
        for together in (one + other, one.add(hashed(parts[1]))):
            assert (seen(together), together.level) == (seen(whole), whole.level)


@quick
@given(st.lists(st.integers(0, 1_000), max_size=900))
def test_exact_while_few(numbers: list[int]) -> None:
    sample = HashSample().add(hashed(numbers))
    assert sample.exact
    assert sample.distinct == len(set(numbers))
    assert sample.repeated(len(numbers)) == (
        pytest.approx(1 - len(set(numbers)) / len(numbers)) if numbers else None
    )


@pytest.mark.parametrize("distinct", [1_500, 20_000, 300_000])
def test_many_are_counted_within_the_stated_error(distinct: int) -> None:
    errors = []
    for begin in range(0, 20 * distinct, distinct):
        sample = HashSample().add(hashed(np.arange(begin, begin + distinct)))
        assert sample.hashes.size <= sample.size
        errors.append(sample.distinct / distinct - 1)
    assert np.sqrt(np.mean(np.square(errors))) < 1.35 * 1.2 / np.sqrt(
        1_024
    )  # 20 draws: at most a third above
    assert np.abs(errors).max() < 4 * 1.2 / np.sqrt(1_024)


@pytest.mark.parametrize(
    ("fresh", "again"),
    [(500_000, 0), (450_000, 50_000), (100_000, 400_000)],
)
def test_repeats_spread_over_many_rows_are_estimated(fresh: int, again: int) -> None:
    numbers = np.concatenate([np.arange(fresh), np.arange(again) % fresh])
    share = HashSample(ROW_SAMPLE).add(hashed(numbers)).repeated(numbers.size)
    assert share == pytest.approx(again / numbers.size, abs=0.0 if not again else 0.015)


@pytest.mark.parametrize("row", [-1, -2, -3, -4, -5])
def test_repeats_of_one_row_are_estimated_whether_or_not_it_is_in_the_sample(row: int) -> None:
    numbers = np.concatenate([np.full(300_000, row), np.arange(300_000)])
    share = HashSample(ROW_SAMPLE).add(hashed(numbers)).repeated(numbers.size)
    assert share == pytest.approx(0.5, abs=0.015)


def test_rows_of_a_grid_are_all_different() -> None:
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(250.0), np.arange(250.0)))
    assert HashSample(ROW_SAMPLE).add(row_hashes(x, y)).repeated(x.size) == 0
    bits = [(np.arange(60_000) >> place) & 1 for place in range(16)]
    assert HashSample(ROW_SAMPLE).add(row_hashes(*bits)).repeated(60_000) == 0
    powers = 2.0 ** np.arange(-120, 120)
    x, y = (axis.ravel() for axis in np.meshgrid(powers, powers))
    assert HashSample(ROW_SAMPLE).add(row_hashes(x, y)).repeated(x.size) == 0


def test_the_order_of_columns_matters_to_a_row() -> None:
    assert row_hashes([1.0], [2.0]) != row_hashes([2.0], [1.0])


@quick
@given(st.lists(st.text(max_size=12), max_size=30))
def test_a_text_hashes_alike_wherever_it_stands(texts: list[str]) -> None:
    alone = {text: of_texts([text])[0] for text in texts}
    assert of_texts(texts) == [alone[text] for text in texts]
    assert len(set(alone.values())) == len(alone)


def test_long_texts_hash_as_short_ones_do() -> None:
    # Texts are hashed a megabyte at a time; these lie across, on and beyond the cuts.
    texts = ["", "a" * (1 << 20), "b" * 1_500_000, "", "", "c" * ((1 << 20) + 1), "d", ""]
    assert of_texts(texts) == [of_texts([text])[0] for text in texts]
    assert of_texts(["", ""]) == of_texts([""]) * 2
    assert of_texts([]) == []


def test_texts_that_differ_little_hash_differently() -> None:
    texts = [f"{number:05d}" for number in range(50_000)] + ["a\0", "a", "\0a", "\0\0a", "\0\0"]
    assert len(set(of_texts(texts))) == len(texts)


def test_a_hash_is_the_same_in_every_process() -> None:
    assert of_texts(["", "Ulm", "Bonn am Rhein"]) == [0, 8329705595073905317, 15167635543431497619]
