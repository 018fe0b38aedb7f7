"""The rules of a baseline: what is measurable, how they are told, stored and read back."""

from __future__ import annotations

from typing import ClassVar

import pytest

from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.distinct import hash_strings
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.grid import Grid
from airflow_mlmonitor.data.rules.identity import Identity
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.ordered import Ordered
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.rules import Rules, distinct
from airflow_mlmonitor.data.rules.seen import Seen
from airflow_mlmonitor.data.rules.tallies import Tallies
from airflow_mlmonitor.data.rules.view import BatchView

GRID, ORDERED = Grid(column="fare", decimals=2), Ordered(low="opened", high="closed")
IDENTITY = Identity(target="total", sources=("fare", "tip"), weights=(1.0, 1.0))
RULES = Rules(
    rules=(GRID, ORDERED, IDENTITY),
    kinds={"fare": "number", "tip": "number", "total": "number", "opened": "time", "closed": "time", "odd": "other"},
    usual_n={"fare": 24},
    memory=Memory(seen={"value:town": Seen.of(hash_strings(["Ulm"]))}),
    unlearned={"pair": "ValueError"},
)  # fmt: skip


def test_rules_are_told_kind_by_kind() -> None:
    assert RULES.words() == {
        "grid": ["fare has at most 2 decimals"],
        "ordered": ["opened <= closed"],
        "identity": ["total = fare + tip"],
    }


def test_what_needs_a_column_that_is_gone_or_changed_is_not_measurable() -> None:
    now = {**RULES.kinds, "tip": "name", "closed": "number"}
    del now["opened"]
    assert RULES.measurable(now) == (GRID,)
    assert RULES.lacking(now) == {
        "tip": "is a name, not a number: rules that need it are not measured (1)",
        "opened": "is not there: rules that need it are not measured (1)",
        "closed": "is a number, not a moment: rules that need it are not measured (1)",
    }


def test_a_column_that_is_empty_now_or_was_empty_then_may_be_anything() -> None:
    now = {**RULES.kinds, "fare": "nothing"}
    assert RULES.measurable(now) == RULES.rules
    assert Rules(rules=(GRID,), kinds={"fare": "nothing"}).measurable({"fare": "number"}) == (GRID,)


def test_a_rule_that_a_check_asks_for_needs_its_columns_to_be_there() -> None:
    asked = Rules().joined([GRID])
    assert asked.measurable({"fare": "number"}) == (GRID,)
    assert asked.lacking({"tip": "number"}) == {
        "fare": "is not there: rules that need it are not measured (1)"
    }


def test_a_column_that_no_rule_needs_is_missed_by_nobody() -> None:
    now = {name: kind for name, kind in RULES.kinds.items() if name != "odd"}
    assert RULES.lacking(now) == {}


def test_of_two_rules_with_one_key_the_first_is_kept() -> None:
    assert distinct([GRID, Grid(column="fare", decimals=1), ORDERED]) == (GRID, ORDERED)


def test_rules_and_measures_come_back_with_the_profile() -> None:
    measures = (
        Measure("off_grid", 0.25, "fare", n=24, family="digits", why="ü"),
        Measure("ordered", None, "opened+closed", slice="town=Ulm", scale="distance", worse="both"),
    )
    back = Profile.decode(Profile(rows=3, rules=RULES, measures=measures).encode())
    assert back.measures == measures
    assert back.rules is not None
    assert (back.rules.rules, back.rules.kinds, back.rules.usual_n) == (
        RULES.rules,
        RULES.kinds,
        RULES.usual_n,
    )
    assert back.rules.unlearned == RULES.unlearned
    assert back.rules.memory.encode() == RULES.memory.encode()


def test_a_profile_without_rules_is_written_as_it_always_was() -> None:
    assert Profile.decode(Profile(rows=3).encode()).rules is None
    assert b"rules" not in Profile(rows=3).encode()


def test_a_rule_of_a_later_version_is_left_out_and_named() -> None:
    document = RULES.document()
    document["rules"] += [{"kind": "telepathy", "of": "x"}, {"kind": "grid", "column": "x", "base": 12}]
    back = Rules.read(document, Memory())
    assert back.rules == RULES.rules
    other = "written by another version"
    assert back.unlearned == {"pair": "ValueError", "telepathy": other, "grid": other}


def test_profiles_add_their_tallies_and_lose_what_does_not_add_up() -> None:
    raw = read(Frame({"fare": [1.25, 1.333]}), rules=RULES)
    settled = raw.settled(Memory())
    assert raw.tallies is not None
    assert settled.tallies is None
    assert ((raw + raw).settled(Memory()).measures)[0].value == 0.5
    for total in (settled + settled, settled + raw):
        assert (total.tallies, total.measures, total.novelty, total.rules) == (None, (), None, None)
    assert (Profile() + raw).tallies is not None
    assert settled.settled(Memory()) is settled


def test_independent_values_count_where_a_number_rests_on_them() -> None:
    rows = Frame({"fare": [1.25] * 100})
    found = {one.name: one.n for one in read(rows, rules=RULES).settled(Memory()).measures}
    assert found == {"off_grid": 24}


class Breaking(Rule):
    """Breaks where it is told to."""

    kind: ClassVar[str] = "breaking"
    where: str = ""

    def __init__(self, where: str) -> None:
        object.__setattr__(self, "where", where)

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def words(self) -> str:
        return "breaks"

    def tally(self, view: BatchView) -> Tally:
        return BreakingTally(self.where) if self.where != "tally" else 1 / 0  # type: ignore[return-value]

    def document(self) -> dict[str, str]:
        return {"where": self.where}


class BreakingTally(Tally):
    def __init__(self, where: str) -> None:
        self.where = where

    def __add__(self, other: BreakingTally) -> BreakingTally:
        return self if self.where != "add" else 1 / 0  # type: ignore[return-value]

    def measures(self, memory: Memory) -> list[Measure]:
        return [Measure("never", 1 / 0)]


@pytest.mark.parametrize("where", ["tally", "add", "measures"])
def test_a_rule_that_breaks_takes_no_other_down_and_is_told_of_by_name_only(where: str) -> None:
    rules = Rules(rules=(Breaking(where), GRID), kinds={"fare": "number"})
    raw = read(Frame({"fare": [1.25, 1.333]}), rules=rules)
    profile = (raw + raw + raw).settled(Memory())
    assert [one.name for one in profile.measures] == ["off_grid"]
    assert profile.notes == {"": "rules that broke: breaking:: ZeroDivisionError"}


def test_tallies_of_nothing_add_nothing() -> None:
    some = read(Frame({"fare": [1.25]}), rules=RULES).tallies
    assert some is not None
    none = Tallies(rules=RULES)
    for total in (some + none, none + some):
        assert [one.name for one in total.settled(Memory()).measures] == ["off_grid"]
