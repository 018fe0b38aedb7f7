"""Runs the smoke tests on every supported Airflow, Python and pandas (``make matrix``).

The wheel is built once and installed, with what is newest of everything else, into a venv of its own for each
combination; the tests run from a copy, away from the source tree, so what is tested is what users install. Every two
values of the three axes meet at least once. The last combination installs the oldest direct requirements that
pyproject.toml claims to work with.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.speed.environments import NotInstalledError, find_python

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "matrix"
UV = (sys.executable, "-m", "uv")
EXTRAS = "mysql,postgres"

ALSO = {"3.2": ["fastapi<0.137", "svcs<26"]}
"""What an Airflow needs and does not say: 3.2 runs no task with later ones of these (3.3 limits FastAPI itself)."""


@dataclass(frozen=True, kw_only=True)
class Combination:
    """What is pinned; the rest of the requirements resolve freely to the newest, or else to the oldest."""

    python: str
    airflow: str
    pandas: str
    oldest: bool = False

    @property
    def name(self) -> str:
        """Its folder."""
        return f"python{self.python}-airflow{self.airflow}-pandas{self.pandas}" + "-oldest" * self.oldest

    @property
    def packages(self) -> list[str]:
        """What is asked for beside the wheel."""
        return [f"apache-airflow=={self.airflow}.*", f"pandas=={self.pandas}.*", *ALSO.get(self.airflow, ())]


COMBINATIONS = (
    Combination(python="3.11", airflow="3.2", pandas="2.3"),
    Combination(python="3.11", airflow="3.3", pandas="3.1"),
    Combination(python="3.12", airflow="3.2", pandas="3.1"),
    Combination(python="3.12", airflow="3.3", pandas="2.3"),
    Combination(python="3.13", airflow="3.2", pandas="2.3"),
    Combination(python="3.13", airflow="3.3", pandas="3.1"),
    Combination(python="3.11", airflow="3.2", pandas="2.3", oldest=True),
)


class StepFailedError(Exception):
    """A step of a combination failed; the message says where its output is."""


def main(wanted: list[str]) -> int:
    """Run all combinations, or those whose name contains one of the words, and print a table of them."""
    chosen = [one for one in COMBINATIONS if not wanted or any(word in one.name for word in wanted)]
    wheel = build()
    outcomes = {}
    for number, one in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {one.name} ...", end=" ", flush=True)
        began = time.monotonic()
        outcomes[one] = (outcome(one, wheel), time.monotonic() - began)
        print(f"{outcomes[one][0]}, {outcomes[one][1]:.0f} s", flush=True)
    show(outcomes)
    return int(any(words.startswith("failed") for words, _ in outcomes.values()))


def build() -> Path:
    """Build the wheel and lay the smoke tests beside it."""
    shutil.rmtree(BUILD / "tree", ignore_errors=True)
    shutil.rmtree(BUILD / "wheel", ignore_errors=True)
    for part in ("tests/smoke", "dags/examples"):
        shutil.copytree(ROOT / part, BUILD / "tree" / part, ignore=shutil.ignore_patterns("__pycache__"))
    step([*UV, "build", "--wheel", "--out-dir", str(BUILD / "wheel")], BUILD / "wheel.log", ROOT)
    return next((BUILD / "wheel").glob("*.whl"))


def outcome(one: Combination, wheel: Path) -> str:
    """Install and test one combination, and say in words how it went."""
    folder, log = BUILD / one.name, BUILD / f"{one.name}.log"
    log.unlink(missing_ok=True)
    try:
        version = tuple(map(int, one.python.split(".")))
        base = find_python((version[0], version[1]), (version[0], version[1]))
        step([*UV, "venv", "--clear", "--python", base, str(folder)], log, ROOT)
        install(one, folder / "bin" / "python", wheel, log)
        step([str(folder / "bin" / "python"), "-m", "pytest", "-q", "tests/smoke"], log, BUILD / "tree")
    except NotInstalledError:
        return "skipped: no such Python here"
    except StepFailedError as error:
        return f"failed: {error}"
    return "passed"


def install(one: Combination, python: Path, wheel: Path, log: Path) -> None:
    """Install the wheel with its pins, and what the tests need."""
    command = [*UV, "pip", "install", "--compile-bytecode", "--python", str(python)]
    resolution = ["--resolution", "lowest-direct"] if one.oldest else []
    step([*command, *resolution, f"{wheel}[{EXTRAS}]", *one.packages], log, ROOT)
    step([*command, "--group", "test", f"{wheel}[{EXTRAS}]", *one.packages], log, ROOT)


def step(command: list[str], log: Path, folder: Path) -> None:
    """Run a command to its end, its output going to a log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as out:
        print("$", *command, file=out, flush=True)
        if subprocess.run(
            command, cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False
        ).returncode:
            raise StepFailedError(f"see {log.relative_to(ROOT)}")


def show(outcomes: dict[Combination, tuple[str, float]]) -> None:
    """Print how each combination went."""
    table = Table("Python", "Airflow", "pandas", "requirements", "outcome", "s")
    for one, (words, seconds) in outcomes.items():
        row = (
            one.python,
            one.airflow,
            one.pandas,
            "oldest" if one.oldest else "newest",
            words,
            f"{seconds:.0f}",
        )
        table.add_row(
            *row, style="" if words == "passed" else "yellow" if words.startswith("skipped") else "red"
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
