"""What a suite of expectations becomes: metrics, limits and words."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from airflow_mlmonitor.checks import FeatureInvariants, Metric, Scene
from airflow_mlmonitor.data import Frame, Profile, Source, Window
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.errors import ConfigurationError, DataError
from airflow_mlmonitor.judging.bounds import Bounds
from airflow_mlmonitor.judging.verdict import Status, Verdict

ROWS = {"fare": [8.5, -1.0, None, 12.0, -3.0], "carrier": ["UA", "AA", "ZZ", "UA", "UA"]}
BETWEEN = "expect_column_values_to_be_between"


def expectation(type_: str, severity: str = "critical", **arguments: Any) -> dict[str, Any]:
    return {"type": type_, "kwargs": arguments, "severity": severity}


def check(*expectations: dict[str, Any], rows: Any = ROWS, **more: Any) -> FeatureInvariants:
    source = rows if isinstance(rows, Source) else Frame(rows)
    return FeatureInvariants(suite={"expectations": list(expectations)}, source=source, **more)


def measured(asked: FeatureInvariants) -> list[Metric]:
    window = Window(datetime(2013, 2, 8), datetime(2013, 2, 9))
    scene = Scene(window=window, now=Profile(), connections=NamedConnections({}))
    return list(asked.inspect(scene).metrics)


def judged(asked: FeatureInvariants) -> list[Verdict]:
    verdicts = [Verdict(metric=metric, status=Status.OK) for metric in measured(asked)]
    return Bounds(asked.limits).tighten(verdicts)


def test_rows_that_break_an_expectation_are_a_share_of_those_with_a_value_and_have_examples() -> None:
    (metric,) = measured(check(expectation(BETWEEN, column="fare", min_value=0)))
    assert (metric.name.rpartition(".")[2], metric.column, metric.value, metric.n) == (
        "unexpected_share",
        "fare",
        0.5,
        4,
    )
    assert metric.why == "2 of 4 rows break 'column values to be at least 0', such as -3 and -1"


def test_without_mostly_there_is_no_limit_and_with_it_the_severity_says_what_breaking_it_means() -> None:
    names = "carrier.column_values_to_be_in_set.", ".unexpected_share"
    expected = {"critical": Status.FAIL, "warning": Status.WARN, "info": Status.OK}
    for severity, status in expected.items():
        limited = expectation(
            "expect_column_values_to_be_in_set",
            severity,
            column="carrier",
            value_set=["UA", "AA"],
            mostly=0.9,
        )
        (verdict,) = judged(check(limited))
        assert (verdict.status, verdict.metric.value) == (status, 0.2)
        del limited["kwargs"]["mostly"]
        assert not [
            name for name in check(limited).limits if name.startswith(names[0]) and name.endswith(names[1])
        ]


def test_mostly_is_met_where_exactly_as_many_rows_keep_it() -> None:
    asked = expectation(
        "expect_column_values_to_be_in_set", column="carrier", value_set=["UA", "AA"], mostly=0.8
    )
    assert [verdict.status for verdict in judged(check(asked))] == [Status.OK]


def test_of_a_whole_column_or_table_nothing_may_be_broken() -> None:
    verdicts = judged(
        check(
            expectation("expect_column_mean_to_be_between", column="fare", min_value=5),
            expectation("expect_table_row_count_to_equal", "warning", value=4),
            expectation("expect_column_to_exist", column="fare"),
        )
    )
    found = {
        verdict.metric.name.partition(".")[0]: verdict
        for verdict in verdicts
        if "share" in verdict.metric.name
    }
    assert [verdict.status for verdict in found.values()] == [Status.FAIL, Status.WARN, Status.OK]
    assert found["column_mean_to_be_between"].why == "'column mean to be at least 5' is broken; it is 4.125"
    assert [verdict.metric.value for verdict in verdicts if verdict.metric.name.endswith("observed")] == [
        4.125,
        5,
    ]


def test_private_values_are_named_by_their_hashes_only() -> None:
    asked = expectation("expect_column_values_to_be_in_set", column="carrier", value_set=["UA", "AA"])
    (metric,) = measured(check(asked, rows=Frame(ROWS, private=("carrier",))))
    assert metric.value == 0.2
    assert "ZZ" not in f"{metric}"
    assert "such as #" in f"{metric.why}"


def test_a_column_that_is_gone_and_what_cannot_be_evaluated_are_said() -> None:
    gone, odd = judged(
        check(
            expectation(BETWEEN, column="price", min_value=0),
            expectation(
                "expect_column_values_to_be_in_type_list", column="carrier", type_list=["no_such_type"]
            ),
        )
    )
    assert gone.metric.name.endswith("column_gone")
    assert gone.metric.why == "there is no column 'price', which 'column values to be at least 0' is about"
    assert (odd.status, odd.metric.name.endswith(("unanswered", "unexpected_share"))) == (Status.FAIL, True)


def test_training_is_held_against_the_suite_too_and_gives_what_is_expected() -> None:
    training = Frame({"fare": [8.5, 9.0, -1.0, 12.0] * 50})
    serving, before = sorted(
        measured(check(expectation(BETWEEN, column="fare", min_value=0), training=training)),
        key=lambda one: one.slice,
    )
    assert (before.slice, before.value, before.n) == ("rows=training", 0.25, 200)
    assert (serving.value, serving.expected) == (0.5, 0.25)
    assert serving.p_value is not None


def test_files_of_json_and_yaml_objects_and_plain_values_are_one_suite(tmp_path: Path) -> None:
    plain = {"name": "fares", "expectations": [expectation(BETWEEN, column="fare", min_value=0)]}
    (tmp_path / "suite.json").write_text(json.dumps(plain, indent="\t"))
    (tmp_path / "suite.yaml").write_text(yaml.safe_dump(plain))
    suites = [plain, str(tmp_path / "suite.json"), str(tmp_path / "suite.yaml")]
    found = {tuple(measured(FeatureInvariants(suite=suite, source=Frame(ROWS)))) for suite in suites}
    assert len(found) == 1


def test_a_suite_object_of_great_expectations_keeps_what_was_said_of_mostly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "False")
    import great_expectations as gx
    import great_expectations.expectations as gxe

    said = gxe.ExpectColumnValuesToBeBetween(column="fare", min_value=0, mostly=1, severity="warning")
    suite = gx.ExpectationSuite(name="fares", expectations=[said])
    asked = FeatureInvariants(suite=suite, source=Frame(ROWS))
    (limit,) = [limit for name, limit in asked.limits.items() if name.endswith("unexpected_share")]
    assert limit == {"max": 0, "severity": "warn"}
    assert [verdict.status for verdict in judged(asked)] == [Status.WARN]


def test_a_suite_that_is_none_is_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match=r"nowhere.json is not there; `mlmonitor suggest` writes one"):
        measured(FeatureInvariants(suite="nowhere.json", source=Frame(ROWS)))
    with pytest.raises(ConfigurationError, match="has no expectations"):
        measured(check())
    with pytest.raises(ConfigurationError, match="write 'critical', 'warning', 'info'"):
        measured(check(expectation(BETWEEN, "grave", column="fare", min_value=0)))


def test_great_expectations_stays_away_until_it_is_needed_and_then_tells_nobody(tmp_path: Path) -> None:
    code = f"""
import os, sys
from airflow_mlmonitor.data import Frame
from airflow_mlmonitor.data.invariants import read_suite
from airflow_mlmonitor.data.invariants.answering import held_against
rows = Frame({ROWS!r})
ours = {{"type": {BETWEEN!r}, "kwargs": {{"column": "fare", "min_value": 0}}}}
held_against(read_suite([ours]), rows)
assert "great_expectations" not in sys.modules
theirs = {{"type": "expect_column_most_common_value_to_be_in_set", "kwargs": {{"column": "carrier", "value_set": ["UA"]}}}}
(kept,) = held_against(read_suite([theirs]), rows)
assert (kept.success, kept.by) == (True, "Great Expectations")
assert os.environ["GX_ANALYTICS_ENABLED"] == "False"
assert os.listdir(".") == [] and os.listdir(os.environ["TMPDIR"]) == []
"""
    (tmp_path / "here").mkdir()
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "here",
        env={
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TMPDIR": str(tmp_path / "tmp"),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
