"""The demo, as `make demo` runs it: real flights, real Airflow, one broken morning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    home = tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=PROJECT,
        env={
            **environment,
            "MLMONITOR_DEMO_HOME": str(home),
            "COLUMNS": "120",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_it_ends_as_told(told: subprocess.CompletedProcess[str]) -> None:
    assert told.returncode == 0, told.stdout + told.stderr


def test_only_the_morning_without_weather_fails(told: subprocess.CompletedProcess[str]) -> None:
    mornings = [line.split() for line in told.stdout.splitlines() if " Mar  " in line]
    assert [line[0] for line in mornings] == ["✓", "✓", "✓", "✕", "✓", "✓", "✓"]
    assert mornings[3][2:4] == ["14", "Mar"]


def test_the_failure_callback_names_the_columns_of_the_weather(
    told: subprocess.CompletedProcess[str],
) -> None:
    page = told.stdout.partition("what the failure callback sent")[2].partition("╰")[0]
    assert "missing in all 356 rows with origin = EWR" in page
    for column in ("temp", "dewp", "humid", "wind_speed", "precip", "visib"):
        assert column in page
    assert "carrier" not in page


def test_the_history_shows_the_value_that_stood_out(told: subprocess.CompletedProcess[str]) -> None:
    history = told.stdout.partition("$ mlmonitor history")[2]
    (line,) = [line for line in history.splitlines() if line.startswith("2013-03-14")]
    assert line.split()[1] == "36.3%"
    assert "alert" in line


def test_it_says_how_to_open_the_ui(told: subprocess.CompletedProcess[str]) -> None:
    assert "make ui" in told.stdout


def test_its_output_is_the_story_and_not_airflows_log(told: subprocess.CompletedProcess[str]) -> None:
    assert "[info" not in told.stdout
    assert told.stderr == ""
