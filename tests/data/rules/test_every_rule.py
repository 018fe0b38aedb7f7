"""What holds for every kind of rule, whichever there are."""

from __future__ import annotations

import json
import math
import zlib
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data import rules as room
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read_days
from airflow_mlmonitor.data.rules.learning import learn_rules, schema_rules
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure, Rule
from airflow_mlmonitor.data.rules.rules import Rules, rule_kinds
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.training import read_training
from tests.rows import held
from tests.ugly import NOWHERE, PLAIN, SECRETS

DAYS, ROWS = 30, 100
SECOND = 1_000_000


def flights(days: int = DAYS, seed: int = 1) -> pa.Table:
    """Some flights a day, in the order of their times, with something in them for every kind of rule."""
    random = np.random.default_rng(seed)
    size = days * ROWS
    minutes = np.sort(random.integers(300, 1_380, (days, ROWS)), axis=1)
    plane, fare = random.integers(0, 60, size), np.round(random.gamma(3, 40, size), 2)
    weather = np.round(random.normal(10, 5, (days, 24)), 1)
    temp = np.take_along_axis(weather, minutes // 60, axis=1).ravel()
    late = random.random(size)
    hours = minutes.ravel() // 60
    return pa.table(
        {
            "at": pa.array(((np.arange(days)[:, None] * 1_440 + minutes) * 60 * SECOND).ravel(), pa.timestamp("us")),
            "clock": hours * 100 + minutes.ravel() % 60,
            "hour": hours,
            "minute": minutes.ravel() % 60,
            "tail": [f"N{number:03}UA" for number in plane],
            "carrier": [f"C{number % 7}" for number in plane],
            "origin": random.choice(["EWR", "JFK", "LGA"], size),
            "fare": fare,
            "tax": np.round(fare * 0.25, 2),
            "total": fare + np.round(fare * 0.25, 2),
            "temp": pa.array(temp, mask=random.random(size) < 0.02),
            "prediction": np.clip(late + random.normal(0, 0.1, size), 0, 1),
            "label": (late > 0.5).astype(np.int64),
        }
    )  # fmt: skip


@cache
def learned() -> tuple[Rules, pa.Table]:
    table = flights()
    return learn_rules(Frame(table, timestamp="at")), table


def one_of_each() -> list[Rule]:
    """The last of each kind: the first column of the table is a moment, the last ones have the fewest values."""
    return list({rule.kind: rule for rule in learned()[0].rules}.values())


def view(table: pa.Table) -> BatchView:
    return BatchView(table.combine_chunks().to_batches()[0] if table.num_rows else empty(table))


def empty(table: pa.Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.nulls(0, field.type) for field in table.schema], schema=table.schema
    )


@cache
def memory() -> Memory:
    rules, table = learned()
    novelty = read(Frame(table), rules=rules).settled(Memory()).novelty
    assert novelty
    return Memory() + novelty


def numbers(measures: Any) -> list[tuple[Any, ...]]:
    """Measures without words, rounded as sums in another order are."""
    return [
        (
            one.name,
            one.column,
            one.slice,
            None if one.value is None else pytest.approx(one.value, abs=1e-9),
            one.n,
        )
        for one in measures
    ]


every_rule = pytest.mark.parametrize("rule", one_of_each(), ids=lambda rule: rule.key)


def test_every_kind_is_learned_from_rows_that_have_something_of_each() -> None:
    rules, _ = learned()
    assert set(rules.words()) == set(rule_kinds()) - {
        "outcome",
        "joined",
    }  # the one is asked for, the other needs a join
    assert rules.unlearned == {}
    assert len({rule.key for rule in rules.rules}) == len(rules.rules)


def test_every_module_of_the_room_has_a_kind_of_its_own() -> None:
    modules = {found.__module__.rpartition(".")[2] for found in rule_kinds().values()}
    assert modules == set(room.__all__)


@every_rule
def test_a_rule_comes_back_from_json_as_it_was(rule: Rule) -> None:
    document = json.loads(json.dumps(rule.document(), allow_nan=False))
    assert type(rule).read(document) == rule
    assert rule.words().strip()


@every_rule
@given(cut=st.integers(0, ROWS * 2))
@settings(max_examples=8, deadline=None)
def test_the_tallies_of_parts_come_to_what_the_tally_of_the_whole_does(rule: Rule, cut: int) -> None:
    table = flights(3, seed=2).slice(50, ROWS * 2)
    parts = rule.tally(view(table.slice(0, cut))) + rule.tally(view(table.slice(cut)))
    whole = rule.tally(view(table))
    for known in (Memory(), memory()):
        assert numbers(parts.measures(known)) == numbers(whole.measures(known))


@every_rule
def test_no_rows_tell_nothing(rule: Rule) -> None:
    tally = rule.tally(BatchView(empty(learned()[1])))
    for known in (Memory(), memory()):
        for measure in tally.measures(known):
            assert measure.n == 0
            assert measure.value in {None, 0.0}


@every_rule
def test_a_column_of_nothing_but_nulls_breaks_nothing(rule: Rule) -> None:
    table = flights(1)
    for name in rule.columns:
        position = table.schema.get_field_index(name)
        nulls = table.set_column(position, name, pa.nulls(table.num_rows))
        assert list(rule.tally(view(nulls)).measures(memory()))


def test_measures_have_names_of_their_own_and_what_a_judge_needs() -> None:
    rules, table = learned()
    profile = read(Frame(table), rules=rules).settled(memory())
    keys = [(one.name, one.column, one.slice) for one in profile.measures]
    assert len(set(keys)) == len(keys)
    for one in profile.measures:
        assert one.value is None or math.isfinite(one.value)
        assert one.value is not None or one.why
        assert one.family != "custom"
        assert type(one.n) is int
    assert profile.notes == {}


@pytest.mark.parametrize("name", PLAIN)
def test_no_rows_are_too_ugly_for_any_rule(name: str) -> None:
    before, now = (held(columns) for columns in PLAIN[name])
    rules = learn_rules(before)
    assert rules.unlearned == {}
    for known in (rules, schema_rules):
        for source in (before, now):
            raw = read(source, rules=known)
            sound(raw.settled(Memory()), raw.settled(rules.memory))
    whole, _ = read_training(before, rules=rules)
    assert whole.rules is not None
    sound(Profile.decode(whole.encode()), read(now, rules=whole.rules).settled(whole.rules.memory))


@pytest.mark.parametrize("name", PLAIN)
def test_no_rows_are_too_ugly_to_be_private_or_categorical(name: str) -> None:
    before, now = (pa.table(dict(columns)) for columns in PLAIN[name])
    for option in ("private", "categorical"):
        source = held(before, **{option: tuple(before.schema.names)})
        rules = learn_rules(source)
        assert rules.unlearned == {}
        both = held(now, **{option: tuple(now.schema.names)})
        sound(read(source, rules=rules).settled(Memory()), read(both, rules=rules).settled(rules.memory))


def sound(*profiles: Profile) -> None:
    for profile in profiles:
        assert not any("broke" in note for note in profile.notes.values()), profile.notes
        values = [one.value for one in profile.measures if one.value is not None]
        assert all(map(math.isfinite, values))
        assert Profile.decode(profile.encode()).measures == profile.measures


def test_nothing_is_learned_of_nothing() -> None:
    rules = learn_rules(Frame(pa.table(NOWHERE)))
    assert rules.unlearned == {}
    assert read(Frame(pa.table(NOWHERE)), rules=rules).settled(Memory()).measures == ()


def test_of_a_private_column_no_value_is_kept_anywhere() -> None:
    random = np.random.default_rng(3)
    places = random.integers(0, len(SECRETS), DAYS * ROWS)
    table = flights().append_column("who", [[SECRETS[place] for place in places]])
    table = table.append_column("room", [[f"room {place}" for place in places]])
    table = table.append_column("number", pa.array(31_415_926_535 + places))
    source = Frame(table, timestamp="at", private=("who", "number"))
    rules = learn_rules(source)
    assert any("who" in rule.columns for rule in rules.rules)
    whole, days = read_training(source, rules=rules, span=None)
    broken = table.set_column(table.schema.get_field_index("who"), "who", [[*SECRETS, "Eva Lu Ator"] * 600])
    run = read(Frame(broken, private=("who", "number")), rules=rules).settled(whole.rules.memory)  # type: ignore[union-attr]
    assert days == {}
    said = [
        *rules.words().values(),
        rules.document(),
        [*run.measures, run.notes, run.novelty],
        zlib.decompress(whole.encode()[5:]),
        zlib.decompress(run.encode()[5:]),
        zlib.decompress(whole.rules.memory.encode()[5:]),  # type: ignore[union-attr]
    ]
    for secret in (*SECRETS, "Eva Lu Ator", "31415926536"):
        assert secret not in repr(said)


def test_a_rule_whose_column_is_gone_or_of_another_type_is_not_measured_and_no_other_suffers() -> None:
    rules, table = learned()
    whole = {measure_key(one) for one in read(Frame(table), rules=rules).settled(memory()).measures}
    less = table.drop_columns(["tail"]).set_column(7, "tax", pa.array(["a"] * table.num_rows))
    assert less.schema.names[7] == "tax"
    profile = read(Frame(less), rules=rules).settled(memory())
    found = {measure_key(one) for one in profile.measures}
    gone = {rule.key for rule in rules.rules if {"tail", "tax"} & set(rule.columns)}
    assert gone
    assert found < whole
    assert all({"tail", "tax"} & {*(column or "tail").split("+")} for _, column, _ in whole - found)
    assert "is not there: rules that need it are not measured" in profile.notes["tail"]
    assert "is a name, not a number: rules that need it are not measured" in profile.notes["tax"]


def measure_key(measure: Measure) -> tuple[str, str | None, str]:
    return measure.name, measure.column, measure.slice


@given(st.integers(1, 5), st.integers(20, 400))
@settings(max_examples=10, deadline=None)
def test_parts_and_batches_make_no_difference(parts: int, batch_rows: int) -> None:
    rules, _ = learned()
    table = flights(4, seed=5)
    whole = read(held(table), rules=rules)
    apart = read(held(table, parts=parts, batch_rows=batch_rows), rules=rules)
    assert numbers(apart.settled(memory()).measures) == numbers(whole.settled(memory()).measures)


def test_days_add_up_to_the_whole() -> None:
    rules, _ = learned()
    table = flights(5, seed=6)
    whole = read(Frame(table, timestamp="at"), rules=rules)
    days = read_days(Frame(table, timestamp="at"), rules=rules)
    total = sum(days.values(), Profile())
    assert len(days) == 5
    assert numbers(total.settled(memory()).measures) == numbers(whole.settled(memory()).measures)
