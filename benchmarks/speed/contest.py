"""Who runs, and the repetitions: everybody once, then everybody again, so that a busy minute hits all alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.speed.peers.peer import Peer
from benchmarks.speed.process import Cost, RunFailedError, run
from benchmarks.speed.work import Files


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """One program that gets the two files.

    Parameters
    ----------
    title
        What the table calls it.
    command
        The files to a command line.
    environment
        Variables for its process.
    timed_inside
        It prints its own ``wall`` and ``cpu``, which leave out its start.
    """

    title: str
    command: Callable[[Files], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    timed_inside: bool = False

    def enter(self, files: Files) -> tuple[Cost, Mapping[str, object]]:
        """Run once; what it cost, and what it said of itself."""
        cost, output = run(self.command(files), environment=self.environment)
        said = json.loads(output.splitlines()[-1])
        if self.timed_inside:
            cost = Cost(wall=said["wall"], cpu=said["cpu"], peak_mb=cost.peak_mb)
        return cost, said


@dataclass(kw_only=True)
class Standing:
    """What one entrant took in all repetitions of one piece of work, or why it did not finish."""

    title: str
    costs: list[Cost] = field(default_factory=list)
    compared: int | None = None
    version: str | None = None
    failed: str | None = None

    @property
    def finished(self) -> bool:
        return self.failed is None and bool(self.costs)

    def median(self, what: str) -> float:
        return median(self.all(what))

    def all(self, what: str) -> list[float]:
        return [getattr(cost, what) for cost in self.costs]


def ours() -> dict[str, Entrant]:
    """The yardstick, and this project with its reference read and with its reference from the store."""

    def command(module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", f"benchmarks.speed.{module}", *arguments]

    return {
        "reading": Entrant(
            title="merely reading",
            command=lambda files: command("reading", str(files.current)),
            timed_inside=True,
        ),
        "ours": Entrant(
            title="ours, both sides",
            command=lambda files: command("ours", "compare", str(files.reference), str(files.current)),
        ),
        "ours_stored": Entrant(
            title="ours, stored reference",
            command=lambda files: command("ours", "compare", str(stored(files)), str(files.current)),
        ),
    }


def store_reference(files: Files) -> None:
    """Write the reference's stored profile, by today's code, beside the files."""
    run([sys.executable, "-m", "benchmarks.speed.ours", "store", str(files.reference), str(stored(files))])


def stored(files: Files) -> Path:
    return files.reference.with_suffix(".profile")


def entrant_of(peer: Peer, python: Path) -> Entrant:
    """A peer's script in its environment, shielded from this process's paths."""
    return Entrant(
        title=peer.title,
        command=lambda files: [str(python), "-I", str(peer.path), str(files.reference), str(files.current)],
        environment=peer.environment,
    )


def contest(
    entrants: Mapping[str, Entrant],
    files: Files,
    *,
    runs: int,
    tell: Callable[[str], None] = lambda _what: None,
) -> dict[str, Standing]:
    """Let every entrant run ``runs`` times, in turn. One that fails is out and says why; the others go on."""
    standings = {name: Standing(title=entrant.title) for name, entrant in entrants.items()}
    for repetition in range(1, runs + 1):
        for name, entrant in entrants.items():
            standing = standings[name]
            if standing.failed is None:
                tell(f"{entrant.title}, run {repetition} of {runs}")
                _enter(entrant, standing, files)
    return standings


def _enter(entrant: Entrant, standing: Standing, files: Files) -> None:
    try:
        cost, said = entrant.enter(files)
    except RunFailedError as error:
        standing.failed = str(error)
        return
    except (json.JSONDecodeError, IndexError, KeyError):
        standing.failed = "ended without the JSON line that says what it compared"
        return
    standing.costs.append(cost)
    standing.compared, standing.version = int(str(said["compared"])), str(said["version"])
