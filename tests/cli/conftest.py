from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from airflow_mlmonitor.cli import main

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; from airflow_mlmonitor.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return strict_json(self.out)


Command = Callable[..., Said]
Parquet = Callable[..., str]


def strict_json(text: str) -> Any:
    """Read one JSON document; NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a store in it, and a terminal of 100 characters."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLMONITOR_STORE", f"sqlite:///{tmp_path}/mlmonitor.db")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def mlmonitor(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return Said(status, out, err)

    return run


@pytest.fixture
def process(folder: Path) -> Command:
    """Run the command in a process of its own."""

    def run(*arguments: str, code: str = COMMAND) -> Said:
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def parquet(folder: Path) -> Parquet:
    """Write a table into a file and return its name."""

    def write(name: str, **columns: Any) -> str:
        pq.write_table(pa.table(columns), folder / name)
        return name

    return write
