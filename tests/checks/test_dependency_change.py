"""Changed dependencies, from run to run."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from airflow_mlmonitor.checks import DependencyChange, Inspected, Inspection, Metric, Scene
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.dependencies import Artifact, Dependency, FileContent, Fingerprint, Stated
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Status
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.significance import Significance
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.announcing import Announcement, announce
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 3, 1, tzinfo=UTC)

JUDGES = [Significance(), Learned()]


def day(number: int) -> Window:
    return Window(FIRST + timedelta(days=number - 1), FIRST + timedelta(days=number))


def run(store: MemoryStore, number: int, *dependencies: Dependency, **options: Any) -> Report:
    judge: Judge = options.pop("judge", Significance())
    name = options.pop("monitor", "flights/upstream")
    checks = [DependencyChange(dependencies=dependencies, prefix=options.pop("prefix", ""))]
    checks += options.pop("more", [])
    monitor = Monitor(name=name, model="flights", checks=checks, judge=judge)
    return monitor.evaluate(
        Profile(), window=day(number), store=store, connections=EnvironmentConnections(), **options
    )


def rates(version: str, **options: Any) -> Stated:
    return Stated({"version of rates": version, "currency": "USD"}, name="rates", **options)


def whys(report: Report) -> list[str]:
    return [verdict.why for verdict in report.findings]


@pytest.mark.parametrize("judge", JUDGES, ids=["significance", "learned"])
def test_a_change_is_told_with_what_it_was_and_since_when(judge: Judge) -> None:
    store = MemoryStore()
    assert [run(store, number, rates("1"), judge=judge).status for number in (1, 2)] == [Status.OK] * 2
    report = run(store, 3, rates("2"), judge=judge)
    assert report.status is Status.WARN
    assert whys(report) == [
        "version of rates was 1, is 2; last as it was in the run of 2013-03-02, unchanged since 2013-03-01"
    ]
    assert [verdict.metric.key for verdict in report.findings] == [("dependency_changed", "rates", "")]
    values = {verdict.metric.name: verdict.metric.value for verdict in report.verdicts}
    assert values == {"dependency_changed": 1, "parts_changed": 1}


def test_a_change_stands_until_it_is_undone_or_accepted() -> None:
    store = MemoryStore()
    found = [run(store, number, rates(version)).status for number, version in enumerate("12213", 1)]
    assert found == [Status.OK, Status.WARN, Status.WARN, Status.OK, Status.WARN]
    store.mark("flights/upstream", day(5), State.ACCEPTED, who="ana")
    assert run(store, 6, rates("3")).status is Status.OK


@pytest.mark.parametrize("judge", JUDGES, ids=["significance", "learned"])
@pytest.mark.parametrize(
    ("policy", "status"), [("info", Status.OK), ("warn", Status.WARN), ("fail", Status.FAIL)]
)
def test_the_policy_says_how_grave_a_change_is(policy: Any, status: Status, judge: Judge) -> None:
    store = MemoryStore()
    run(store, 1, rates("1", policy=policy), judge=judge)
    report = run(store, 2, rates("2", policy=policy), judge=judge)
    assert report.status is status
    # What nobody is told of is remembered nevertheless.
    assert json.loads(report.facts["dependency changes"]) == {"rates": ["version of rates was 1, is 2"]}


@pytest.mark.parametrize("expected", ["2", {"version of rates": "2"}])
def test_an_expected_change_is_remembered_and_not_told(expected: Any) -> None:
    store = MemoryStore()
    run(store, 1, rates("1", expected=expected))
    report = run(store, 2, rates("2", expected=expected))
    assert report.status is Status.OK
    assert report.verdicts[0].metric.why == (
        "version of rates was 1, is 2; last as it was in the run of 2013-03-01; expected"
    )
    assert run(store, 3, rates("2")).status is Status.OK
    assert run(store, 4, rates("3", expected=expected)).status is Status.WARN


def test_what_was_not_expected_beside_what_was_is_told() -> None:
    store = MemoryStore()
    run(store, 1, rates("1"))
    other = Stated({"version of rates": "2", "currency": "EUR"}, name="rates", expected="2")
    assert whys(run(store, 2, other))[0].startswith("currency was USD, is EUR; last as it was")


def test_an_announced_change_is_no_finding_while_the_announcement_holds() -> None:
    store = MemoryStore()
    run(store, 1, rates("1"))
    until = Window(day(1).start, day(3).end)
    announce(store, "flights", Announcement(dependency="rates", window=until, who="ana", note="new feed"))
    announce(store, "flights", Announcement(dependency="other", window=until, who="ben", note=""))
    report = run(store, 2, rates("2"))
    assert report.status is Status.OK
    assert (report.verdicts[0].metric.why or "").endswith(
        "; announced by ana until 2013-03-04 00:00 UTC: new feed"
    )
    assert run(store, 4, rates("3")).status is Status.WARN


def test_what_cannot_be_looked_at_takes_no_other_down_and_is_compared_when_it_is_back(tmp_path: Path) -> None:
    store, path = MemoryStore(), tmp_path / "labels.csv"
    both = (FileContent(str(path), name="labels"), rates("1"))
    path.write_text("a")
    run(store, 1, *both)
    path.unlink()
    report = run(store, 2, *both)
    assert [verdict.metric.name for verdict in report.findings] == ["dependency_unreadable"]
    assert whys(report)[0].startswith("it cannot be looked at: ")
    assert {verdict.metric.column for verdict in report.verdicts} == {"labels", "rates"}
    path.write_text("b")
    assert "labels.csv was sha256:" in whys(run(store, 3, *both))[0]


def test_several_changes_are_counted_and_the_first_ones_named() -> None:
    store = MemoryStore()
    run(store, 1, Stated({str(n): "a" for n in range(9)}, name="flags"))
    (said,) = whys(run(store, 2, Stated({str(n): "b" for n in range(9)}, name="flags")))
    assert said.startswith("9 changes: 0 was a, is b; 1 was a, is b; ")
    assert "; and 4 more; last as it was in the run of 2013-03-01" in said


def test_the_wrong_model_in_production_fails_and_the_earlier_version_is_named(tmp_path: Path) -> None:
    store, path = MemoryStore(), tmp_path / "model.bin"

    def deployed(content: bytes, promoted: bytes, version: str) -> Artifact:
        path.write_bytes(content)
        digest = hashlib.sha256(promoted).hexdigest()
        return Artifact(str(path), name="model", digest=digest, version=version, policy="info")

    for number, version in enumerate(["v1", "v2", "v2", "v3"], 1):
        report = run(store, number, deployed(version.encode(), version.encode(), version))
        assert report.status is Status.OK
    report = run(store, 5, deployed(b"v2", b"v4", "v4"))
    assert report.status is Status.FAIL
    first = hashlib.sha256(b"v4").hexdigest()[:12], hashlib.sha256(b"v2").hexdigest()[:12]
    (said,) = whys(report)
    assert said == (
        f"the wrong model is in production: version v4 has sha256 {first[0]}…, the file has {first[1]}…; "
        "it is version v2, here from 2013-03-02 to 2013-03-03"
    )
    # A run that alerts is nothing to compare with: what was right before is still what was right.
    assert run(store, 6, deployed(b"v4", b"v4", "v4")).status is Status.OK


@pytest.mark.parametrize("judge", JUDGES, ids=["significance", "learned"])
def test_numbers_of_a_dependency_are_judged_by_their_own_past(judge: Judge) -> None:
    store = MemoryStore()
    usual = [run(store, number, Upstream(rows=1000 + number % 5), judge=judge) for number in range(1, 61)]
    assert not any(report.status.is_finding for report in usual[20:])
    report = run(store, 61, Upstream(rows=10), judge=judge)
    assert report.status.is_finding
    assert report.findings[0].metric.key == ("upstream_rows", "weather", "")


class Upstream(Stated):
    """A dependency that has a number and nothing else."""

    def __init__(self, rows: int) -> None:
        super().__init__({}, name="weather")
        object.__setattr__(self, "rows", rows)

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        return Fingerprint(measures=(Measure("upstream_rows", float(self.rows), scale="log", worse="both"),))  # type: ignore[attr-defined]


class Quality(Inspection):
    """Something else of the same run that is over its line."""

    @property
    def limits(self) -> dict[str, dict[str, Any]]:
        return {"delay.psi": {"max": 0.2, "severity": "warn"}}

    def inspect(self, scene: Scene) -> Inspected:
        return Inspected(metrics=[Metric(name="psi", value=0.4, column="delay", scale="distance")])


def test_what_moved_in_the_same_run_or_window_is_told_with_the_change() -> None:
    store = MemoryStore()
    run(store, 1, rates("1"))
    Monitor(name="flights/quality", model="flights", checks=[Quality()]).evaluate(
        Profile(), window=day(2), store=store
    )
    report = run(store, 2, rates("2"), more=[Quality()])
    (changed,) = [verdict for verdict in report.findings if verdict.metric.name == "dependency_changed"]
    assert changed.why.endswith(
        "; in the same run: psi of delay is over its line; "
        "in the run of flights/quality over the same window: psi of delay is over its line"
    )
    assert whys(run(store, 3, rates("2")))[0].endswith("in the run of 2013-03-01")


def test_a_prefix_keeps_two_checks_apart() -> None:
    store = MemoryStore()
    run(store, 1, rates("1"), prefix="second")
    report = run(store, 2, rates("2"), prefix="second")
    assert [(one.status, one.metric.name) for one in report.findings] == [
        (Status.WARN, "second.dependency_changed")
    ]


def test_names_that_bounds_would_read_as_patterns_are_told_apart() -> None:
    store = MemoryStore()
    named = [Stated("1", name=name) for name in ("labels/*.csv", "labels/a.csv", "image@v2", "a[1]")]
    run(store, 1, *named)
    changed = [*named[:2], *(Stated("2", name=one.name, policy="fail") for one in named[2:])]
    report = run(store, 2, *changed)
    assert {one.metric.column for one in report.findings} == {"image at v2", "a[1]"}
    assert report.status is Status.FAIL


def test_two_dependencies_need_two_names() -> None:
    with pytest.raises(ConfigurationError, match="Two dependencies are called 'rates'"):
        DependencyChange(dependencies=(rates("1"), rates("2")))


def test_strings_of_dependencies_are_templates() -> None:
    check = DependencyChange(dependencies=(rates("{{ v }}", expected={"version of rates": "{{ v }}"}),))
    rendered = check.rendered(lambda text: text.replace("{{ v }}", "7"))
    (dependency,) = rendered.dependencies
    assert dependency == rates("7", expected={"version of rates": "7"})
