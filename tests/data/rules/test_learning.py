"""Learning: from which rows, of which days, and what becomes of a kind that cannot be learned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.rules import grid, learning
from airflow_mlmonitor.data.rules.effective import effective_n
from airflow_mlmonitor.data.rules.learning import learn_rules, schema_rules
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.row_sample import RowSample
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.window import Window
from tests.data.rules.test_every_rule import DAYS, ROWS, flights, learned
from tests.rows import held


def sampled(size: int, rows: int, batch_rows: int) -> list[int]:
    """The numbers of the rows that a sample of a table of so many keeps."""
    sample, batch = RowSample(size), pa.record_batch({"x": range(rows)})
    for offset in range(0, rows, batch_rows):
        sample.add(batch.slice(offset, batch_rows), part=0, offset=offset)
    return sample.rows(batch.schema).column("x").to_pylist()  # type: ignore[no-any-return]


def test_a_sample_has_so_many_rows_in_their_order_whatever_the_batches() -> None:
    found = sampled(100, 5_000, 5_000)
    assert len(found) == 100
    assert found == sorted(set(found))
    assert sampled(100, 5_000, 7) == found
    assert sampled(100, 80, 7) == list(range(80))


def test_a_sample_is_even() -> None:
    found = np.array(sampled(2_000, 50_000, 1_024))
    assert found.mean() == pytest.approx(25_000, rel=0.05)
    assert np.histogram(found, bins=5)[0] == pytest.approx(400, rel=0.2)


def test_samples_of_parts_add_up_to_one_of_all_in_their_order() -> None:
    schema = pa.schema([("x", pa.int64())])
    first, second = RowSample(50), RowSample(50)
    for part, sample in enumerate((first, second)):
        for offset in range(0, 1_000, 100):
            sample.add(
                pa.record_batch({"x": np.arange(100) + offset + 1_000 * part}), part=part, offset=offset
            )
    first += second
    found = first.rows(schema).column("x").to_pylist()
    assert len(found) == 50
    assert found == sorted(found)
    assert found[0] < 1_000 <= found[-1]


def test_dictionaries_of_several_batches_are_one_in_a_sample() -> None:
    sample, kinds = RowSample(9), pa.dictionary(pa.int32(), pa.string())
    batches = [
        pa.record_batch({"x": pa.array(names, kinds)}) for names in (["a", "b"], ["c", None], ["b", "c"])
    ]
    for number, batch in enumerate(batches):
        sample.add(batch, part=0, offset=2 * number)
    assert sample.rows(batches[0].schema).column("x").to_pylist() == ["a", "b", "c", None, "b", "c"]


def test_how_the_rows_come_makes_no_difference() -> None:
    rules, table = learned()
    apart = learn_rules(held(table, parts=3, batch_rows=70, timestamp="at"))
    assert apart.document() == rules.document()


def test_more_rows_than_are_sampled_teach_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, table = learned()
    monkeypatch.setattr(learning, "RowSample", lambda: RowSample(1_500))
    few = learn_rules(Frame(table, timestamp="at"))
    assert few.words()["identity"] == rules.words()["identity"]
    assert few.words()["grid"] == rules.words()["grid"]


def test_a_kind_that_cannot_be_learned_is_named_and_the_others_are_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(view: BatchView, days: Any) -> list[Any]:
        raise KeyError("Ada")

    monkeypatch.setattr(grid, "learn", broken)
    rules = learn_rules(Frame(learned()[1], timestamp="at"))
    assert rules.unlearned == {"grid": "KeyError"}
    assert set(rules.words()) == set(learned()[0].words()) - {"grid"}


def test_without_a_timestamp_less_is_learned() -> None:
    rules = learn_rules(Frame(learned()[1]))
    assert rules.usual_n == {}
    assert rules.words()["identity"] == learned()[0].words()["identity"]


def test_only_the_rows_of_the_window_teach() -> None:
    day = datetime(1970, 1, 3, tzinfo=UTC)
    window = Window(day, day + timedelta(days=1))
    told: list[tuple[int, int | None]] = []
    learn_rules(Frame(flights(), timestamp="at"), window, progress=lambda *seen: told.append(seen))
    assert told[-1] == (ROWS, None)


def test_what_needs_no_learning_is_measured_without_a_baseline() -> None:
    table = flights(1)
    profile = read(Frame(table), rules=schema_rules).settled(Memory())
    assert profile.tallies is None
    assert {one.family for one in profile.measures} >= {"format", "null_pattern"}


def view(**columns: Any) -> BatchView:
    return BatchView(pa.record_batch(columns))


def test_the_weather_of_an_hour_is_one_value_however_many_rows_it_stands_in() -> None:
    random = np.random.default_rng(4)
    day = np.repeat(np.arange(DAYS), 500)
    hour = random.integers(0, 24, day.size)
    weather = random.normal(size=(3, DAYS, 24))
    found = effective_n(
        view(
            temp=weather[0, day, hour],
            wind=weather[1, day, hour],
            rain=weather[2, day, hour],
            holiday=day % 7 == 0,
            fare=random.normal(size=day.size),
            seats=random.integers(1, 300, day.size),
        ),
        day,
    )
    assert found == {"holiday": 1, "temp": 24, "wind": 24, "rain": 24}


def test_rows_of_unknown_days_tell_nothing_of_a_usual_one() -> None:
    assert effective_n(view(x=[1] * 100), np.full(100, -1)) == {}
    assert effective_n(view(x=[1] * 20), np.zeros(20, np.int64)) == {}
    assert effective_n(view(x=pa.nulls(0, pa.int64())), np.empty(0, np.int64)) == {}
