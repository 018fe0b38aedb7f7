"""What released versions wrote, this one reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.tables import REVISION
from tests.golden import make
from tests.store.making import day, report

GOLDEN = sorted(make.FOLDER.glob("store_*.db"))


def test_every_revision_has_its_golden_store() -> None:
    revisions = [f"{number:04d}" for number in range(1, int(REVISION) + 1)]
    assert [path.stem for path in GOLDEN] == [f"store_{revision}" for revision in revisions]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_store_is_upgraded_and_says_what_it_said(golden: Path, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{shutil.copy(golden, tmp_path)}")
    assert store.current() == golden.stem.removeprefix("store_")
    store.upgrade()
    assert store.current() == REVISION
    said = json.loads(golden.with_suffix(".json").read_text("utf-8"))
    assert as_known_then(make.content(store), said) == said


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_the_runs_of_a_golden_store_are_found_by_their_dag(golden: Path, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{shutil.copy(golden, tmp_path)}", auto_upgrade=True)
    runs = store.runs(last=99)
    assert {run.tags.dag_id for run in runs} == {"flights", "hourly"}
    for tags in {run.tags for run in runs}:
        assert store.runs(dag_id=tags.dag_id) == [run for run in runs if run.tags.dag_id == tags.dag_id]
        assert store.runs(dag_id=tags.dag_id, run_id=tags.run_id) == [run for run in runs if run.tags == tags]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_store_goes_on_after_its_upgrade(golden: Path, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{shutil.copy(golden, tmp_path)}", auto_upgrade=True)
    store.save(report(0, rows=7))
    store.save(report(5))
    assert [run.rows for run in store.runs(monitor=make.MONITOR) if run.window == day(0)] == [7]
    assert len(store.runs(monitor=make.MONITOR)) == 4


def test_a_store_filled_today_says_the_same(tmp_path: Path) -> None:
    """Apart from the moments at which it was filled."""
    store = open_store(f"sqlite:///{tmp_path / 'mlmonitor.db'}")
    make.fill(store)
    now, then = make.content(store), json.loads(GOLDEN[-1].with_suffix(".json").read_text("utf-8"))
    for said in (now, then):
        said["pin"].pop("pinned_at")
        said["annotations"][0].pop("made_at")
        for event in said["incidents"][0]["events"]:
            event.pop("made_at")
    assert as_known_then(now, then) == then


def as_known_then(now: Any, then: Any) -> Any:
    """Leave out what is said of something today, and was not when a golden store was made."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {key: as_known_then(found, then[key]) for key, found in now.items() if key in then}
    if isinstance(now, list | tuple) and isinstance(then, list) and len(now) == len(then):
        return [as_known_then(one, other) for one, other in zip(now, then, strict=True)]
    return now
