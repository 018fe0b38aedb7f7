"""The benchmark of the metrics store, on a small one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.store import __main__ as benchmark


def test_it_fills_a_store_asks_it_and_says_how_long_that_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "store.json"
    benchmark.main(["--rows", "30000", "--backend", "sqlite", "--runs", "2", "--json", str(out)])
    said = json.loads(out.read_text())
    assert (said["metrics"], said["runs"]) == (30_000, 60)
    found = said["backends"]["sqlite"]
    assert all(len(seconds) == 2 for seconds in found["seconds"].values())
    assert {"history: last 180 runs x 500", "save a new run of 1,000 metrics"} <= found["seconds"].keys()
    assert not any(found["scanned"].values())
    shown = capsys.readouterr().out
    assert "30,000 metrics of 60 runs" in shown
    assert "SEARCH mlmonitor_metric USING PRIMARY KEY" in shown


def test_a_backend_it_does_not_know_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmark.parse(["--backend", "sqlite,oracle"])
    assert "oracle: not one of sqlite, postgres, mysql" in capsys.readouterr().err
