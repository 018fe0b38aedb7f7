"""Consistency: what the read measured becomes metrics, and nothing else does."""

from __future__ import annotations

from airflow_mlmonitor.checks import Consistency, Metric
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import read
from airflow_mlmonitor.data.rules.memory import Memory, Range
from airflow_mlmonitor.data.rules.ordered import Ordered
from airflow_mlmonitor.data.rules.outcome import Outcome
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.rules.segment import Segment
from airflow_mlmonitor.data.rules.within import Within
from tests.rows import held

MEMORY = Memory(ranges={"fare": Range(3.0, 20.0, 15.0)})
RULES = Rules(
    rules=(
        Within(column="fare", low=3.0, high=20.0, spread=15.0),
        Ordered(low="opened", high="closed"),
        Segment(column="town", values=("Ulm", "Bonn")),
        Outcome(prediction="fare", label="opened"),
    ),
    usual_n={"fare": 2},
    memory=MEMORY,
)
ROWS = {
    "fare": [4.0, 8.0, 12.0, 99.0],
    "opened": [1, 2, 3, 4],
    "closed": [2, 3, 4, 0],
    "town": ["Ulm", "Ulm", None, "Bonn"],
}


def kept(rules: Rules | None = RULES) -> Profile:
    return read(held(ROWS), rules=rules).settled(MEMORY)


def found(now: Profile) -> dict[tuple[str, str, str], Metric]:
    return {metric.key: metric for metric in Consistency().measure(now, None)}


def test_what_the_read_measured_becomes_metrics() -> None:
    metrics = found(kept())
    beyond = metrics["beyond", "fare", ""]
    assert (beyond.value, beyond.n, beyond.worse, beyond.family) == (0.25, 2, "up", "beyond")
    assert metrics["ordered", "opened+closed", ""].value == 0.25
    assert metrics["segment_rows", "town", "town=Ulm"].value == 2 * 2**0.5
    assert metrics["nulls_by_segment", "fare", "town=*"].value == 0.0
    assert all(metric.value is not None or metric.why for metric in metrics.values())


def test_quality_is_asked_of_another_check() -> None:
    assert {metric.family for metric in found(kept()).values()} == {
        "beyond",
        "ordered",
        "segment_rows",
        "nulls_by_segment",
    }


def test_a_stored_profile_answers_the_same() -> None:
    assert found(Profile.decode(kept().encode())) == found(kept())


def test_rows_read_without_rules_give_nothing() -> None:
    assert found(kept(None)) == {}
