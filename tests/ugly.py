"""Pairs of profiles as they should never be and sometimes are: what a run is compared with, and the run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from airflow_mlmonitor.data.profile import Profile
from tests.rows import profiled

LARGEST = sys.float_info.max
NAN, INF = float("nan"), float("inf")
SECRETS = ("Ada Lovelace", "Ben Bitdiddle", "Cleo", "31415926535")

Columns = dict[str, Any]
NUMBERS: Columns = {"x": [1.0, 2.0, 3.0, 4.0]}
NAMES: Columns = {"x": ["a", "b", "b", "c"]}
NOWHERE: Columns = {"x": pa.array([], pa.float64())}
NULLS: Columns = {"x": pa.nulls(4, pa.float64())}
UNTYPED: Columns = {"x": pa.nulls(4)}
NAIVE: Columns = {"x": [datetime(2013, 1, 1), datetime(2013, 1, 2)]}
ZONED: Columns = {"x": [datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 1, 2, tzinfo=UTC)]}
STRANGE = ["", "{}", "{x}", "%s", "a.b", "[0]", "x=y", "café\n", "'", '"', "null", "*"]


def levels(begin: int) -> Columns:
    return {"x": [f"level {number}" for number in range(begin, begin + 10_000)]}


def many(mean: float) -> Columns:
    random = np.random.default_rng(9)
    return {
        "x": random.normal(mean, 1, 150_000),
        "name": pa.array([f"n{value}" for value in random.zipf(1.2, 150_000) % 5_000]),
    }


def secret(*names: str) -> Profile:
    table = {"who": list(names), "x": [float(len(name)) for name in names]}
    return profiled(table, private=("who",), slices=("who",))


PLAIN: dict[str, tuple[Columns, Columns]] = {
    "rows vanish": (NUMBERS, NOWHERE),
    "rows appear": (NOWHERE, NUMBERS),
    "never any rows": (NOWHERE, NOWHERE),
    "one row": ({"x": [1.0], "y": ["a"]}, {"x": [2.0], "y": ["b"]}),
    "one row against many": (NUMBERS, {"x": [9.0]}),
    "numbers become null": (NUMBERS, NULLS),
    "nulls become numbers": (NULLS, NUMBERS),
    "always null": (NULLS, UNTYPED),
    "names become null": (NAMES, UNTYPED),
    "untyped nulls become names": (UNTYPED, NAMES),
    "constant": ({"x": [7.0] * 50}, {"x": [7.0] * 60}),
    "another constant": ({"x": [7.0] * 50}, {"x": [7.0000001] * 60}),
    "becomes constant": (NUMBERS, {"x": [2.0] * 4}),
    "one name only": ({"x": ["a"] * 9}, {"x": ["a"] * 9}),
    "NaN and infinite": ({"x": [1.0, NAN, INF, -INF]}, {"x": [NAN, NAN, INF, 1.0]}),
    "nothing finite": ({"x": [NAN, INF]}, {"x": [-INF, NAN, None]}),
    "numbers become text": (NUMBERS, NAMES),
    "text becomes numbers": (NAMES, NUMBERS),
    "numbers become moments": (NUMBERS, NAIVE),
    "numbers become lists": (NUMBERS, {"x": [[1], [2]]}),
    "lists stay lists": ({"x": [[1], [2]]}, {"x": [[1], None]}),
    "flags become text": ({"x": [True, False]}, {"x": ["yes", "no"]}),
    "whole numbers become real": ({"x": [1, 2, 3]}, {"x": [1.5, 2.0]}),
    "unseen names": (NAMES, {"x": ["d", "e", "f", "g", "a"]}),
    "ten thousand levels": (levels(0), levels(5_000)),
    "ten thousand other levels": (levels(0), levels(10_000)),
    "few names against ten thousand": (NAMES, levels(0)),
    "column gone": ({**NUMBERS, "y": [1, 2, 3, 4]}, NUMBERS),
    "column new": (NUMBERS, {**NUMBERS, "y": [1, 2, 3, 4]}),
    "no column in common": ({"a": [1]}, {"b": ["1"]}),
    "zone gained": (NAIVE, ZONED),
    "zone lost": (ZONED, NAIVE),
    "dates": ({"x": [date(2013, 1, 1)]}, {"x": [date(9999, 12, 31), date(1, 1, 1)]}),
    "decimals": ({"x": [Decimal("1.10"), Decimal(-3)]}, {"x": [Decimal("9" * 30), None]}),
    "huge whole numbers": ({"x": pa.array([2**64 - 1, 0], pa.uint64())}, {"x": [-(2**63), 2**63 - 1]}),
    "denormal": ({"x": [5e-324, 1e-310, 0.0]}, {"x": [-5e-324, 2e-310, 0.0, 0.0]}),
    "minus zero": ({"x": [0.0, -0.0]}, {"x": [-0.0, -0.0, 0.0]}),
    "ends of the float range": ({"x": [LARGEST, -LARGEST, 0.0]}, {"x": [LARGEST, LARGEST, -LARGEST]}),
    "one end of the float range": ({"x": [LARGEST] * 5}, {"x": [-LARGEST] * 5}),
    "empty text": ({"x": ["", "", None]}, {"x": ["", "a"]}),
    "strange names": (
        {name: [float(position)] * 3 for position, name in enumerate(STRANGE)},
        {name: [NAN, 1.0, None, None] for name in reversed(STRANGE)},
    ),
    "strange values": ({"x": STRANGE}, {"x": [f"{name}{name}!" for name in STRANGE]}),
    "endless text": ({"x": ["a" * 100_000, "b"]}, {"x": ["a" * 99_999 + "c"] * 3}),
    "the same row over and over": (
        {"x": [1.0] * 500, "y": ["a"] * 500},
        {"x": [1.0] * 900, "y": ["b"] * 900},
    ),
    "no columns": ({}, {}),
    "more values than are kept": (many(0), many(0.3)),
}
"""Name to the columns before and now."""

OTHERS: dict[str, Callable[[], tuple[Profile | None, Profile]]] = {
    "no baseline": lambda: (None, profiled({**NUMBERS, "y": ["a"] * 4})),
    "no baseline and no rows": lambda: (None, profiled(NOWHERE)),
    "nothing at all": lambda: (Profile(), Profile()),
    "nothing against something": lambda: (Profile(), profiled(NUMBERS)),
    "something against nothing": lambda: (profiled(NUMBERS), Profile()),
    "stored against read": lambda: (profiled(many(0)).compact(), profiled(many(0))),
    "both stored": lambda: (
        Profile.decode(profiled(many(0)).encode()),
        Profile.decode(profiled(many(2)).encode()),
    ),
    "parts that do not add up": lambda: (profiled(NUMBERS) + profiled(NAMES), profiled(NAMES)),
    "slices without counterpart": lambda: (
        profiled({**NUMBERS, "origin": ["EWR", "EWR", "JFK", None]}, slices=("origin",)),
        profiled({**NUMBERS, "origin": ["LGA", "EWR", "null", "="]}, slices=("origin",)),
    ),
    "slices of other columns": lambda: (
        profiled({**NUMBERS, "origin": ["a", "b", "c", "d"]}, slices=("origin",)),
        profiled({**NAMES, "origin": [1, 2, None, 4]}, slices=("x",)),
    ),
    "private": lambda: (secret(*SECRETS[:2], SECRETS[0]), secret(*SECRETS)),
    "private from now on": lambda: (profiled({"who": ["x", "y"]}), secret(*SECRETS)),
}

PAIRS = [*PLAIN, *OTHERS]


@cache
def pair(name: str) -> tuple[Profile | None, Profile]:
    """The baseline's profile and that of the run."""
    if name in OTHERS:
        return OTHERS[name]()
    before, now = PLAIN[name]
    return profiled(before), profiled(now)
