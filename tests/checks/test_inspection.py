"""Checks that look for themselves, and what they find remembered from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_mlmonitor.checks import Inspected, Inspection, Metric, Scene
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging import Status
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Digest(Inspection):
    """Is the file still the one it was?"""

    content: str

    @property
    def limits(self) -> dict[str, dict[str, Any]]:
        return {"changed": {"max": 0, "severity": "fail"}}

    def inspect(self, scene: Scene) -> Inspected:
        changed = scene.facts.get("digest", self.content) != self.content
        metric = Metric(name="changed", value=float(changed), scale="count", worse="up")
        return Inspected(metrics=[metric], facts={"digest": self.content})


@dataclass(frozen=True, kw_only=True)
class Lost(Inspection):
    """Is it there at all?"""

    def inspect(self, scene: Scene) -> Inspected:
        raise FileNotFoundError(f"model.bin is gone on {scene.window.label}")


def run(store: MemoryStore, number: int, *checks: Inspection) -> Report:
    window = Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))
    monitor = Monitor(name="flights/file", model="flights", checks=checks)
    return monitor.evaluate(Profile(), window=window, store=store, connections=EnvironmentConnections())


def test_an_inspection_gets_what_the_last_run_that_trains_remembered() -> None:
    store = MemoryStore()
    contents = ["a", "a", "b", "a", "b"]
    found = [run(store, number, Digest(content=text)).status for number, text in enumerate(contents)]
    # The alert of "b" does not train, so the next run is compared with the last good one.
    assert [status is Status.FAIL for status in found] == [False, False, True, False, True]
    assert store.facts("flights/file", Window.parse("2013-03-03"))["digest"] == "b"
    store.mark("flights/file", Window.parse("2013-03-05"), State.ACCEPTED, who="on call")
    assert run(store, 5, Digest(content="b")).status is not Status.FAIL


def test_an_inspection_that_raises_is_broken_and_takes_no_other_down() -> None:
    report = run(MemoryStore(), 0, Lost(), Digest(content="a"))
    broken = [verdict for verdict in report.verdicts if verdict.status is Status.BROKEN]
    assert [verdict.why for verdict in broken] == ["FileNotFoundError: model.bin is gone on 2013-03-01"]
    assert report.facts["digest"] == "a"


def test_metrics_of_rows_alone_it_has_none() -> None:
    assert list(Digest(content="a").measure(Profile(), None)) == []
    with pytest.raises(TypeError, match="abstract"):
        Inspection()  # type: ignore[abstract]
