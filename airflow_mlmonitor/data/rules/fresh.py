"""How many of a batch's rows show something that no earlier run has shown."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes, HashSample, fold, mix
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.seen import below

TALLIED = 16_384
"""Distinct items of a run that are counted; of more, a sample."""

LOOKED_AT = 32_768
"""Rows of a large batch that are looked at, about, where several columns are held together."""

UNKNOWN = "no earlier run is remembered"
EMPTY = "no row has a value"


def counted(hashes: Hashes) -> HashSample:
    """How often each of some items came."""
    return HashSample(TALLIED).add(hashes)


def share_of_new(memory: Memory, key: str, items: HashSample, measure: Measure) -> Measure:
    """Fill in a measure with the share of rows that show something new, among those the memory can judge."""
    if key not in memory:
        return measure._replace(value=None, why=UNKNOWN)
    sampled = memory.samples(key, items.hashes)
    rows = int(items.counts[sampled].sum())
    if not rows:
        return measure._replace(value=None, why=EMPTY)
    new = int(items.counts[sampled & ~memory.knows(key, items.hashes)].sum())
    return measure._replace(value=new / rows, n=rows)


def thinned(hashes: Hashes) -> Hashes:
    """Those of some rows, if there are many: a share of 1 % then has a standard error of .06 % in one batch."""
    return hashes if hashes.size <= LOOKED_AT else hashes[_places(hashes.size)]


@lru_cache(maxsize=8)
def _places(rows: int) -> NDArray[np.int64]:
    """The places of some rows, at no equal distance, since rows may come in a rhythm."""
    line = np.uint64(LOOKED_AT * 2**64 // rows)
    return np.flatnonzero(mix(np.arange(rows, dtype=np.uint64)) < line)


def together(*columns: Hashes) -> Hashes:
    """One hash a row of several columns; which value stands in which column matters."""
    rows = np.ones_like(columns[0])
    for hashes in columns:
        fold(rows, hashes)
    return rows


def first_rows(hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each distinct hash, in ascending order, a row that has it and how many do.

    The row's number takes the place of the lowest bits, so that one sort without an index does; that of 131,072 rows
    takes 2 ms so, and 5 ms with an index.
    """
    if not hashes.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    bits = np.uint64(int(hashes.size - 1).bit_length())
    numbered = np.sort((hashes >> bits << bits) | np.arange(hashes.size, dtype=np.uint64))
    items = numbered >> bits
    starts = np.flatnonzero(np.concatenate(([True], items[1:] != items[:-1])))
    rows = (numbered[starts] & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    return rows, np.diff(np.append(starts, hashes.size))


def summed(hashes: Hashes, counts: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64], NDArray[np.int64]]:
    """Each distinct hash, ascending, the place where it first stands, and the sum of its counts."""
    if not hashes.size:
        return hashes, np.empty(0, dtype=np.int64), counts
    order = np.argsort(hashes, kind="stable")
    ranked = hashes[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    return ranked[starts], order[starts], np.add.reduceat(counts[order], starts)


def bounded(hashes: Hashes, level: int) -> tuple[int, NDArray[np.bool_]]:
    """The first level, from one on, of which at most :data:`TALLIED` hashes are in, and which those are."""
    while np.count_nonzero(inside := below(hashes, level)) > TALLIED:
        level += 1
    return level, inside
