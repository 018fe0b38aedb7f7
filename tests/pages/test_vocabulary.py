"""Every metric that a check can give has plain words and a sentence that explains it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from airflow_mlmonitor import checks
from airflow_mlmonitor.data.model_records import ModelFile
from airflow_mlmonitor.pages.vocabulary import OWN, TERMS, metric_words, slice_words, term, unit_of
from tests.checks.test_every_check import CHECKS, asked
from tests.ugly import PAIRS, pair

PACKAGE = Path(checks.__file__).parents[1]
MAKERS = {"Metric", "Measure", "_metric", "measured", "_share", "_counted", "_recorded", "_score", "_measure"}
"""Functions of the package whose arguments name a metric."""

COPIERS = {"replace", "_replace"}
"""Functions that may give a metric another name."""

NAME = re.compile(
    r"[a-z]+\d*(_[a-z0-9]+)+|rows|ks|mean|sd|min|max|constant|largest|beyond|distinct|entropy|auc|bias"
)


def test_every_metric_of_every_check_of_rows_is_explained() -> None:
    unknown = {
        metric.name
        for check in CHECKS
        for name in PAIRS
        for metric in asked(check, *reversed(pair(name)))
        if term(metric.name).help == OWN
    }
    assert unknown == set()


@pytest.mark.parametrize("room", ["checks", "data/rules", "data/dependencies"])
def test_every_name_that_a_check_or_a_rule_writes_down_is_explained(room: str) -> None:
    files = sorted((PACKAGE / room).glob("*.py"))
    written = {(path.name, name) for path in files for name in names(path)}
    assert len(written) > 5
    assert {(file, name) for file, name in written if term(name).help == OWN} == set()


def test_every_limit_that_a_check_sets_by_itself_is_about_something_explained() -> None:
    day = timedelta(days=1)
    old = checks.ModelStaleness(
        record=ModelFile("flights.json"),
        max_age=day,
        max_training_data_age=day,
        max_since_attempt=day,
        quality=checks.Series(monitor="m", metric="auc"),
        tolerated_loss=0.1,
    )
    stable = checks.NumericalStability(probabilities=("late",), classes=("late", "on_time"))
    names = {name.rpartition(".")[2] for name in [*old.limits, *stable.limits]}
    assert len(names) >= 10
    assert [name for name in names if term(name).help == OWN] == []


def names(path: Path) -> Iterator[str]:
    """The names of metrics that a file gives to what makes them, as literals."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        kept = [given["name"]] if "name" in given and called in MAKERS | COPIERS else []
        if called in MAKERS and "name" not in given:
            kept += node.args[:2]
        for value in kept:
            if (
                isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and NAME.fullmatch(value.value)
            ):
                yield value.value


@pytest.mark.parametrize("name", sorted(TERMS))
def test_plain_words_are_few_and_help_is_a_sentence(name: str) -> None:
    known = TERMS[name]
    assert 0 < len(known.plain) <= 60
    assert known.help.endswith(".")
    assert known.help[0].isupper() or known.help[0].isdigit()
    assert "!" not in known.plain + known.help
    assert metric_words(name, "temp")


def test_statistics_are_named_in_the_explorer_only_by_their_term() -> None:
    assert "PSI" in term("psi").plain
    assert "stability index" in term("skew.psi").help


@pytest.mark.parametrize("name", ["", ".", "a.b", "share:", "_gap", "unjoined_by_", "share:😀\n\x1b[31m"])
def test_any_name_has_words(name: str) -> None:
    assert term(name).help
    assert metric_words(name, "x", "y=z").isprintable()


def test_values_of_private_columns_are_in_no_words() -> None:
    hidden = "#3f4afb45d1631e50"
    said = metric_words(f"share:{hidden}", "who", f"who={hidden}") + term(f"share:{hidden}").plain
    assert hidden not in said
    assert "private" in said


def test_a_slice_reads_as_a_condition() -> None:
    assert slice_words("origin=EWR") == "origin = EWR"
    assert slice_words("a=b=c") == "a = b=c"
    assert slice_words("rows") == "rows"


@pytest.mark.parametrize(("scale", "unit"), [("share", "share"), ("count", "count"), ("log", "number")])
def test_scales_say_how_ticks_are_written(scale: str, unit: str) -> None:
    assert unit_of(scale) == unit
