"""The three pieces of work, and their files: written once, kept, the same for every tool."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from benchmarks.speed.process import run


@dataclass(frozen=True, kw_only=True)
class Files:
    """The two sides of one piece of work."""

    reference: Path
    current: Path


@dataclass(frozen=True, kw_only=True)
class Work:
    """One pair of files to compare.

    Parameters
    ----------
    title
        What the rows are and how many.
    module
        The module of this folder whose ``write(folder, **options)`` makes the files.
    options
        How many rows, where the module leaves it open.
    """

    title: str
    module: str
    options: Mapping[str, int] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Changes with the rows, so that files of an older recipe are not taken for these."""
        recipe = Path(__file__).with_name(f"{self.module}.py").read_bytes()
        return sha256(recipe + repr(sorted(self.options.items())).encode()).hexdigest()[:10]


WORKS: dict[str, Work] = {
    "W1": Work(title="flights, 81 k against 29 k rows, 13 columns", module="flights"),
    "W2": Work(
        title="made, 1 M against 1 M rows, 20 columns",
        module="synthetic",
        options={"reference_rows": 1_000_000, "current_rows": 1_000_000},
    ),
    "W3": Work(
        title="made, 1 M against 10 M rows, 20 columns",
        module="synthetic",
        options={"reference_rows": 1_000_000, "current_rows": 10_000_000},
    ),
}


def prepare(name: str, cache: Path) -> Files:
    """The files of a piece of work under ``cache``, written by a process of their own when they are not there."""
    folder = cache / f"{name}-{WORKS[name].fingerprint()}"
    if not folder.exists():
        unfinished = cache / f"{folder.name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        run([sys.executable, "-m", "benchmarks.speed.work", name, str(unfinished)])
        unfinished.rename(folder)
    return Files(reference=folder / "reference.parquet", current=folder / "current.parquet")


def main(name: str, folder: str) -> None:
    work = WORKS[name]
    import_module(f"benchmarks.speed.{work.module}").write(Path(folder), **work.options)


if __name__ == "__main__":
    main(*sys.argv[1:])
