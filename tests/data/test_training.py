"""Training data becomes a baseline: with rules, with a memory, and with days that were settled one after the other."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa

from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.training import read_training
from tests.data.rules.test_every_rule import DAYS, learned

DAY = timedelta(days=1)


def test_a_baseline_remembers_what_its_rows_have_shown() -> None:
    rules, table = learned()
    whole, parts = read_training(Frame(table), rules=rules)
    assert parts == {}
    assert whole.rules is not None
    assert (whole.rules.rules, whole.novelty, whole.tallies) == (rules.rules, None, None)
    assert whole.rules.memory
    assert not rules.memory
    back = Profile.decode(whole.encode())
    assert back.measures == whole.measures
    assert back.rules is not None
    assert back.rules.memory.encode() == whole.rules.memory.encode()


def test_days_remember_the_days_before_them_and_the_baseline_all() -> None:
    rules, table = learned()
    whole, days = read_training(Frame(table, timestamp="at"), rules=rules, span=DAY)
    undated, _ = read_training(Frame(table), rules=rules)
    assert (len(days), whole.rows) == (DAYS, table.num_rows)
    assert whole.rules is not None
    assert undated.rules is not None
    assert {key: len(seen) for key, seen in whole.rules.memory.seen.items()} == {
        key: len(seen) for key, seen in undated.rules.memory.seen.items()
    }
    shares = [
        one.value
        for day in days.values()
        for one in day.measures
        if (one.name, one.column) == ("unseen_pair_share", "tail+carrier")
    ]
    assert shares[0] is None
    assert shares[-1] == 0.0


def test_days_are_settled_as_if_each_had_been_a_run() -> None:
    rules, table = learned()
    _, days = read_training(Frame(table, timestamp="at"), rules=rules, span=DAY)
    memory = Memory()
    for day in days.values():
        assert day.tallies is None
        assert day.rules is None
        assert day.measures
        assert day.novelty is not None
        memory = memory + day.novelty
    assert memory.seen


def test_no_rows_are_no_baseline_but_no_mistake_either() -> None:
    rules, table = learned()
    nothing = table.slice(0, 0)
    whole, days = read_training(Frame(nothing, timestamp="at"), rules=rules, span=DAY)
    assert (whole.rows, days) == (0, {})
    assert read_training(Frame(pa.table({"x": pa.nulls(0)})), rules=rules)[0].rows == 0
