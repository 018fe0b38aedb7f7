"""Every rule about what shows for the first time: parts add up, nothing known says nothing, and what was seen is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.distinct import HashSample
from airflow_mlmonitor.data.rules import known, mask, pair, triple, written
from airflow_mlmonitor.data.rules.fresh import LOOKED_AT, first_rows
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.rules import rule_kinds
from airflow_mlmonitor.data.rules.seen import Seen
from airflow_mlmonitor.data.rules.view import BatchView

RULES: list[Rule] = [
    pair.Pair(left="town", right="zip"),
    known.Known(column="zip"),
    known.Known(column="town"),
    written.Format(column="town"),
    written.Format(column="town", patterns=False),
    mask.NullMask(table=("town", "zip", "fare")),
    triple.Triple(first="town", second="zip", third="fare"),
]

Row = tuple[str | None, int | None, float | None]

TOWNS = ["Ulm", "Bonn", " Ulm", "B0nn", "Köln", "bonn  am Rhein", ""]
rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from(TOWNS),
        st.none() | st.integers(0, 5),
        st.none() | st.sampled_from([0.0, 1.5, float("nan")]),
    ),
    max_size=30,
)


def view(rows: list[Row]) -> BatchView:
    towns, zips, fares = zip(*rows, strict=True) if rows else ((), (), ())
    schema = pa.schema([("town", pa.string()), ("zip", pa.int64()), ("fare", pa.float64())])
    arrays = [
        pa.array(values, field.type) for values, field in zip((towns, zips, fares), schema, strict=True)
    ]
    return BatchView(pa.RecordBatch.from_arrays(arrays, schema=schema))


def plain(found: Any) -> Any:
    """A tally as plain values."""
    if isinstance(found, HashSample):
        return found.level, found.hashes.tolist(), found.counts.tolist()
    if isinstance(found, np.ndarray):
        return found.tolist()
    return {name: plain(part) for name, part in vars(found).items()} if isinstance(found, Tally) else found


def values(tally: Tally, memory: Memory) -> list[float | None]:
    return [measure.value for measure in tally.measures(memory)]


every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words())


@every_rule
@given(left=rows, right=rows)
@settings(max_examples=20)
def test_the_tally_of_parts_is_the_tally_of_the_whole(rule: Rule, left: list[Row], right: list[Row]) -> None:
    assert plain(rule.tally(view(left)) + rule.tally(view(right))) == plain(rule.tally(view(left + right)))


@every_rule
@given(rows)
@settings(max_examples=20)
def test_an_empty_memory_measures_nothing(rule: Rule, rows: list[Row]) -> None:
    measures = list(rule.tally(view(rows)).measures(Memory()))
    assert measures
    assert [(measure.value, bool(measure.why)) for measure in measures] == [(None, True)] * len(measures)


@every_rule
@given(rows, rows)
@settings(max_examples=20)
def test_rows_that_were_remembered_are_nothing_new(rule: Rule, before: list[Row], now: list[Row]) -> None:
    memory = Memory() + (rule.tally(view(before)).novelty(Memory()) or Novelty())
    tally = rule.tally(view(now))
    after = memory + Novelty.decode((tally.novelty(memory) or Novelty()).encode())
    again = {0.0, None} if not isinstance(rule, triple.Triple) else {1.0, None}
    assert {*values(tally, after)} <= again
    assert not (tally.novelty(after) or Novelty()).seen
    if not isinstance(rule, triple.Triple):
        assert {*values(rule.tally(view(before)), after)} <= {0.0, None}


@every_rule
def test_a_rule_comes_back_from_its_document(rule: Rule) -> None:
    assert rule_kinds()[rule.kind].read(rule.document()) == rule


@every_rule
def test_a_memory_that_has_a_sample_only_judges_what_it_has(rule: Rule) -> None:
    tally = rule.tally(view([(f"town {n}", n, n / 2) for n in range(400)]))
    novelty = tally.novelty(Memory()) or Novelty()
    memory = Memory(seen={key: Seen(4) + seen for key, seen in novelty.seen.items()}, latest=novelty.latest)
    again = {1.0} if isinstance(rule, triple.Triple) else {0.0, None}
    assert {*values(tally, memory)} <= again
    assert not (tally.novelty(memory) or Novelty()).seen


def found(rule: Rule, before: list[Row], now: list[Row]) -> list[Measure]:
    memory = Memory() + (rule.tally(view(before)).novelty(Memory()) or Novelty())
    return list(rule.tally(view(now)).measures(memory))


def test_a_pair_is_unseen_only_if_both_values_are_known() -> None:
    before: list[Row] = [("Ulm", 1, None), ("Bonn", 2, None)]
    now: list[Row] = [
        ("Ulm", 1, None),
        ("Ulm", 2, None),
        ("Ulm", 3, None),
        ("Ulm", None, None),
        ("Kiel", 1, None),
    ]
    (measure,) = found(RULES[0], before, now)
    assert (measure.name, measure.column, measure.value, measure.n) == (
        "unseen_pair_share",
        "town+zip",
        1 / 4,
        4,
    )


def test_of_a_large_batch_some_rows_are_looked_at() -> None:
    town, zips = np.arange(200_000) % 7, np.arange(200_000) % 7
    before = BatchView(pa.RecordBatch.from_pydict({"town": town, "zip": zips}))
    zips = np.where(np.random.default_rng(2).random(zips.size) < 0.01, (zips + 1) % 7, zips)
    memory = Memory() + (RULES[0].tally(before).novelty(Memory()) or Novelty())
    now = BatchView(pa.RecordBatch.from_pydict({"town": town, "zip": zips}))
    (measure,) = RULES[0].tally(now).measures(memory)
    assert measure.n == pytest.approx(LOOKED_AT, rel=0.02)
    assert measure.value == pytest.approx(0.01, abs=0.0018)


def test_a_value_is_new_once() -> None:
    before: list[Row] = [("Ulm", 1, None)]
    (measure,) = found(RULES[1], before, [("Ulm", 1, None), ("Ulm", 7, None), ("Ulm", None, None)])
    assert (measure.value, measure.n, measure.why) == (1 / 2, 2, None)


@pytest.mark.parametrize(
    ("town", "pattern", "stray"),
    [
        ("Kiel", 0, 0),
        ("KIEL", 1, 0),
        ("Kie1", 1, 0),
        ("Kiel ", 1, 1),
        ("\tKiel", 1, 1),
        ("Bad Ems", 0, 0),
        ("Bad  Ems", 0, 1),
        ("Köln", 1, 0),
        ("", 1, 0),
    ],
)
def test_ways_of_writing(town: str, pattern: int, stray: int) -> None:
    before: list[Row] = [("Ulm", 1, None), ("Bad Tölz", 1, None), ("Bad Aibling", 1, None)]
    assert [measure.value for measure in found(RULES[3], before, [(town, 1, None)])] == [pattern, stray]


def test_texts_with_stray_blanks_that_were_always_there_are_nothing_new() -> None:
    measures = found(RULES[3], [("Ulm ", 1, None)], [("Ulm ", 1, None), ("Bonn ", 1, None)])
    assert [(measure.name, measure.value) for measure in measures] == [
        ("new_pattern_share", 0),
        ("stray_blank_share", 1 / 2),
    ]


def test_a_null_mask_is_told_by_its_columns_and_nan_is_no_value() -> None:
    before: list[Row] = [("Ulm", None, 1.0), ("Ulm", 1, None)]
    now: list[Row] = [("Ulm", None, float("nan")), ("Ulm", None, 1.0), ("Ulm", 1, float("nan"))]
    (measure,) = found(RULES[5], before, now)
    assert (measure.value, measure.n) == (1 / 3, 3)
    assert measure.why == "zip, fare, and no others, in 1 of them"


def test_a_full_row_may_be_a_new_null_mask_too() -> None:
    (measure,) = found(RULES[5], [("Ulm", 1, None)], [("Ulm", 1, 1.0)])
    assert (measure.value, measure.why) == (1.0, "nothing in 1 of them")


def test_triples_are_compared_with_the_latest_run_only() -> None:
    days: list[list[Row]] = [[("Ulm", day, None), ("Ulm", day, 1.5)] for day in (1, 2)]
    rule, memory = RULES[6], Memory()
    for day in days:
        memory = memory + (rule.tally(view(day)).novelty(memory) or Novelty())
    assert [values(rule.tally(view(day)), memory) for day in days] == [[0.0], [1.0]]
    assert values(rule.tally(view(days[1])), memory.aged()) == [None]


def test_of_many_triples_a_sample_is_kept_and_today_is_sampled_alike() -> None:
    rule = RULES[6]
    yesterday: list[Row] = [("Ulm", n, 1.5) for n in range(5_000)]
    today: list[Row] = [*yesterday[:2_500], *(("Bonn", n, 1.5) for n in range(2_500))]
    novelty = rule.tally(view(yesterday)).novelty(Memory())
    assert novelty is not None
    assert len(novelty.latest[rule.key]) <= triple.KEPT
    (measure,) = rule.tally(view(today)).measures(Memory() + novelty)
    assert measure.value == pytest.approx(0.5, abs=0.06)
    assert measure.n < 1_000


@given(st.lists(st.integers(0, 20)))
def test_each_distinct_hash_has_a_row(items: list[int]) -> None:
    hashes = np.array(items, dtype=np.uint64) << np.uint64(40)
    places, counts = first_rows(hashes)
    expected = np.unique(hashes, return_counts=True)
    assert hashes[places].tolist() == expected[0].tolist()
    assert counts.tolist() == expected[1].tolist()


Learn = Callable[[BatchView, np.ndarray[Any, Any]], list[Any]]


def batch(**columns: Any) -> BatchView:
    return BatchView(pa.RecordBatch.from_pydict({name: pa.array(part) for name, part in columns.items()}))


DAYS = np.repeat(np.arange(20), 100)
RANDOM = np.random.default_rng(4)
PLANE = RANDOM.integers(0, 30, DAYS.size)
FREE = RANDOM.integers(0, 5, DAYS.size)


def test_pairs_that_go_together_are_found_and_others_are_not() -> None:
    rows = batch(plane=PLANE, airline=[f"airline {plane % 7}" for plane in PLANE], free=FREE, day=DAYS)
    assert [rule.columns for rule in pair.learn(rows, DAYS)] == [("plane", "airline")]


def test_at_most_five_pairs_have_one_column_and_each_has_its_best_first() -> None:
    rows = batch(**{f"c{n}": (PLANE * (2 * n + 1)) % 37 for n in range(9)}, seats=PLANE % 9, free=FREE)
    rules = pair.learn(rows, DAYS)
    columns = [column for rule in rules for column in rule.columns]
    assert {*columns} == {*(f"c{n}" for n in range(9)), "seats"}
    assert max(columns.count(column) for column in columns) == pair.PAIRS_OF_ONE_COLUMN


def test_columns_of_few_values_are_found_except_those_that_name_the_day() -> None:
    rows = batch(month=DAYS // 19, fare=RANDOM.random(DAYS.size), free=FREE, town=["Ulm"] * DAYS.size)
    assert [rule.column for rule in known.learn(rows, DAYS)] == ["free", "town"]


def test_free_text_has_no_patterns_and_where_blanks_stray_by_nature_there_is_no_rule() -> None:
    words = ["".join(RANDOM.choice(list("aA9-.!?"), 8)) for _ in DAYS]
    rows = batch(free=words, sloppy=[f"{word} " for word in words], town=["Ulm", "Bonn"] * (DAYS.size // 2))
    rules = written.learn(rows, DAYS)
    assert [(rule.column, rule.patterns) for rule in rules] == [("free", False), ("town", True)]


def test_null_masks_that_repeat_are_a_rule_and_others_are_not() -> None:
    holes = {f"c{n}": [None if RANDOM.random() < 0.5 else 1 for _ in DAYS] for n in range(14)}
    assert mask.learn(batch(**holes), DAYS) == []
    few = dict(list(holes.items())[:3])
    assert [rule.columns for rule in mask.learn(batch(**few), DAYS)] == [("c0", "c1", "c2")]


def test_triples_that_do_not_come_again_the_next_day_are_found() -> None:
    weather = {name: RANDOM.integers(0, 40, DAYS.size) for name in ("temp", "wind", "rain")}
    rows = batch(free=FREE, other=FREE % 3, **weather, plane=PLANE, seats=PLANE % 9)
    assert [rule.columns for rule in triple.learn(rows, DAYS)] == [("temp", "wind", "rain")]


def test_of_no_rows_only_what_needs_no_learning_is_a_rule() -> None:
    fields = {"town": pa.array([], pa.string()), "n": pa.array([], pa.int8())}
    nothing, days = BatchView(pa.RecordBatch.from_pydict(fields)), np.empty(0, dtype=np.int64)
    assert written.learn(nothing, days) == [written.Format(column="town")]
    assert mask.learn(nothing, days) == [mask.NullMask(table=("town", "n"))]
    assert [*pair.learn(nothing, days), *known.learn(nothing, days), *triple.learn(nothing, days)] == []


@pytest.mark.parametrize("learn", [pair.learn, known.learn, written.learn, mask.learn, triple.learn])
def test_columns_that_no_rule_can_read_and_unknown_days_are_no_trouble(learn: Learn) -> None:
    odd = batch(
        lists=[[1], [2]] * 50,
        nothing=[None] * 100,
        empty=["", None] * 50,
        wide=[1e308, -1e308] * 50,
        odd=[float("nan"), float("inf")] * 50,
    )
    for days in (np.full(100, -1), np.zeros(100, dtype=np.int64), np.arange(100), np.array([-1, 5] * 50)):
        for rule in learn(odd, days):
            assert rule.words()
            assert list(rule.tally(odd).measures(Memory() + (rule.tally(odd).novelty(Memory()) or Novelty())))


def test_what_a_private_column_says_stays_a_hash() -> None:
    person = "Ada Lovelace"
    rows: list[Row] = [(person, 1, 1.0), (f"{person} ", 2, 1.0)]
    for rule in RULES:
        novelty = rule.tally(view(rows)).novelty(Memory()) or Novelty()
        assert person.encode() not in novelty.encode()
        assert all(person not in (measure.why or "") for measure in found(rule, [("Ulm", 1, 1.0)], rows))
