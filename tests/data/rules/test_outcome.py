"""Outcomes: what scikit-learn says of the same rows, batch after batch."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as oracle

from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.outcome import LEAST, MOST, Outcome
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.scores import auc
from airflow_mlmonitor.data.rules.view import BatchView
from airflow_mlmonitor.data.sketch import Sketch

Columns = dict[str, Any]

NUMBERS = ["labelled_share", "bias", "mae", "rmse", "correlation"]
CHANCES = ["labelled_share", "bias", "log_loss", "brier", "auc"]


def measured(
    columns: Columns, *cuts: int, segments: tuple[str, ...] = (), **how: Any
) -> dict[tuple[str, str], Measure]:
    """What is measured of some columns that come in batches; by name and slice."""
    table, rule = pa.table(columns), Outcome(prediction="p", label="y", segments=segments)
    (batch,) = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    ends = pairwise([0, *cuts, batch.num_rows])
    tallies = [rule.tally(BatchView(batch.slice(start, end - start), **how)) for start, end in ends]
    total = tallies[0]
    for tally in tallies[1:]:
        total += tally
    return {(found.name, found.slice): found for found in total.measures(Memory())}


def values(columns: Columns, *cuts: int) -> dict[str, float | None]:
    return {name: found.value for (name, _), found in measured(columns, *cuts).items()}


def chances(n: int = 900) -> Columns:
    random = np.random.default_rng(4)
    y = random.random(n) < 0.3
    return {"p": np.round(np.clip(0.3 + 0.3 * y + random.normal(0, 0.2, n), 0, 1), 2), "y": y}


@pytest.mark.parametrize("cuts", [(), (1,), (300, 301, 700)])
def test_chances_are_scored_as_scikit_learn_scores_them(cuts: tuple[int, ...]) -> None:
    columns = chances()
    p, y = columns["p"], columns["y"]
    found = values(columns, *cuts)
    assert list(found) == CHANCES
    assert found["auc"] == pytest.approx(oracle.roc_auc_score(y, p), abs=1e-12)
    assert found["log_loss"] == pytest.approx(oracle.log_loss(y, p))
    assert found["brier"] == pytest.approx(oracle.brier_score_loss(y, p))
    assert found["bias"] == pytest.approx(p.mean() - y.mean())


@pytest.mark.parametrize("cuts", [(), (1,), (300, 301, 700)])
def test_numbers_are_scored_as_scikit_learn_scores_them(cuts: tuple[int, ...]) -> None:
    p, y = np.random.default_rng(2).normal([[5], [4]], 3, (2, 900))
    found = values({"p": p, "y": y + p}, *cuts)
    assert list(found) == NUMBERS
    assert found["bias"] == pytest.approx(-y.mean())
    assert found["mae"] == pytest.approx(oracle.mean_absolute_error(y + p, p))
    assert found["rmse"] == pytest.approx(oracle.root_mean_squared_error(y + p, p))
    assert found["correlation"] == pytest.approx(np.corrcoef(p, y + p)[0, 1])


def test_names_are_right_or_wrong() -> None:
    columns = {"p": ["cat", "dog", "cat", None, "cow"], "y": ["cat", "cat", None, "cat", "cow"]}
    found = measured(columns, 2)
    assert {name: measure.value for (name, _), measure in found.items()} == {
        "labelled_share": 0.75,
        "wrong_share": pytest.approx(1 / 3),
    }
    assert [measure.n for measure in found.values()] == [4, 3]


@pytest.mark.parametrize(
    "label",
    [[True, False, None], ["true", "false", None], ["1", "0", "perhaps"], [1, 0, None], [1.0, 0.0, math.nan]],
)
def test_labels_of_a_chance_may_be_true_and_false_or_1_and_0(label: list[Any]) -> None:
    found = values({"p": [0.9, 0.2, 0.6], "y": label})
    assert list(found) == CHANCES
    assert (found["labelled_share"], found["auc"]) == (pytest.approx(2 / 3), 1.0)


def test_one_batch_that_shows_numbers_makes_numbers_of_all() -> None:
    p, y = [0.5, 0.1, 3.0], [1.0, 0.0, 2.0]
    assert list(values({"p": p, "y": y}, 2)) == NUMBERS
    assert values({"p": p, "y": y}, 2) == pytest.approx(values({"p": p, "y": y}))
    assert list(values({"p": [0.5, 0.1], "y": [1.0, 2.0]})) == NUMBERS


def test_before_labels_come_everything_is_undefined_and_says_so() -> None:
    found = measured({"p": [0.5, 0.1], "y": pa.nulls(2, pa.float64())})
    assert found["labelled_share", ""].value == 0.0
    assert {measure.why for (name, _), measure in found.items() if name != "labelled_share"} == {
        "there are no labels yet"
    }
    assert [name for name, _ in found] == CHANCES
    assert values({"p": ["a", "b"], "y": pa.nulls(2)})["labelled_share"] == 0.0
    assert values({"p": pa.nulls(2, pa.float64()), "y": [1, 0]})["labelled_share"] is None


def test_a_class_alone_has_no_auc_and_a_certain_error_is_no_infinite_loss() -> None:
    found = measured({"p": [1.0, 0.4], "y": [0, 0]})
    assert (found["auc", ""].value, found["auc", ""].why) == (None, "it is not defined here")
    assert found["log_loss", ""].value == pytest.approx(oracle.log_loss([0, 0], [1.0, 0.4], labels=[0, 1]))


def test_the_bad_direction_of_every_score_is_known() -> None:
    worse = {name: measure.worse for (name, _), measure in measured(chances()).items()}
    worse |= {name: measure.worse for (name, _), measure in measured({"p": [3.0], "y": [2.0]}).items()}
    assert {name for name in worse if worse[name] == "down"} == {"labelled_share", "auc", "correlation"}
    assert {name for name in worse if worse[name] == "up"} == {"log_loss", "brier", "mae", "rmse"}
    assert worse["bias"] == "both"


def segmented() -> Columns:
    columns = chances()
    return {**columns, "origin": np.resize(["EWR", "EWR", "JFK"], 900), "hour": np.arange(900) % 45 // 9}


def test_segments_are_scored_apart() -> None:
    columns = segmented()
    found = measured(columns, 100, 450, segments=("origin", "hour"))
    assert {part for _, part in found} == {
        "",
        "origin=EWR",
        "origin=JFK",
        *(f"hour={hour}" for hour in range(5)),
    }
    for name, part in (("origin", "JFK"), ("hour", 3)):
        rows = columns[name] == part
        measure = found["auc", f"{name}={part}"]
        assert measure.value == pytest.approx(oracle.roc_auc_score(columns["y"][rows], columns["p"][rows]))
        assert (measure.n, measure.column) == (rows.sum(), "p+y")
    assert found["brier", ""].value == pytest.approx(oracle.brier_score_loss(columns["y"], columns["p"]))


def test_segments_of_few_labels_and_columns_of_many_segments_say_nothing() -> None:
    columns = {"p": [0.5] * (LEAST + 1), "y": [1] * LEAST + [None], "z": ["a"] * LEAST + ["b"]}
    assert {part for _, part in measured(columns, segments=("z",))} == {"", "z=a"}
    many = {"p": [0.5] * 2_000, "y": [1] * 2_000, "z": np.arange(2_000) % (MOST + 1)}
    assert {part for _, part in measured(many, segments=("z",))} == {""}
    assert {part for _, part in measured(many, 30, 60, segments=("z",))} == {""}
    assert (
        len({part for _, part in measured({**many, "z": np.arange(2_000) % MOST}, segments=("z",))})
        == MOST + 1
    )


def test_private_segments_are_hashes() -> None:
    columns = {**chances(), "who": np.resize(["Ada", "Ben"], 900)}
    parts = {part for _, part in measured(columns, segments=("who",), private=frozenset({"who"}))}
    assert len(parts) == 3
    assert not any("Ada" in part or "Ben" in part for part in parts)


def test_no_rows_are_no_mistake() -> None:
    assert values({"p": pa.array([], pa.float64()), "y": pa.array([], pa.bool_())})["labelled_share"] is None


def test_of_a_million_rows_the_auc_is_as_near_as_the_docstring_says() -> None:
    random = np.random.default_rng(0)
    y = random.random(1_000_000) < 0.2
    p = 1 / (1 + np.exp(-(random.normal(size=y.size) + y)))
    parts = [Sketch.of(p[rows]) for rows in np.array_split(np.flatnonzero(y), 8)]
    ones = parts[0]
    for part in parts[1:]:
        ones += part
    zeros = Sketch.of(p[~y][:131_072])
    for start in range(131_072, int((~y).sum()), 131_072):
        zeros += Sketch.of(p[~y][start : start + 131_072])
    assert not zeros.exact
    assert auc(ones, zeros) == pytest.approx(oracle.roc_auc_score(y, p), abs=3e-6)


def test_a_rule_is_what_its_document_says() -> None:
    rule = Outcome(prediction="p", label="y", segments=("z",))
    assert Outcome.read(rule.document()) == rule
    assert (rule.words(), rule.key) == ("p predicts y", "outcome:p+y+z")
