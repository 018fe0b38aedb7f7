"""``python -m benchmarks.speed``: install the peers, write the files, run everybody in turn, show what came out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.speed import report, work
from benchmarks.speed.contest import Entrant, Standing, contest, entrant_of, ours, store_reference
from benchmarks.speed.environments import NotInstalledError, prepare
from benchmarks.speed.peers import PEERS
from benchmarks.speed.process import RunFailedError

CACHE = Path(__file__).parents[2] / "build" / "benchmarks"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 when this project itself did not finish."""
    options = parse(arguments)
    with Console(stderr=True).status("") as status:
        peers, absent = install(options.peers, options.cache / "venvs", status.update)
        standings = {
            name: measure(name, ours() | peers, options, status.update) | absent for name in options.work
        }
    show(standings, options)
    return int(
        any(one.failed for entrants in standings.values() for name, one in entrants.items() if name in ours())
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description="How long a drift comparison of two parquet files takes, ours beside others'.",
    )
    parser.add_argument(
        "--work", type=_chosen(work.WORKS), default=["W1", "W2"], help="W1,W2 unless told; also W3"
    )
    parser.add_argument(
        "--peers", type=_chosen(PEERS), default=list(PEERS), help=f"{','.join(PEERS)} unless told"
    )
    parser.add_argument("--runs", type=int, default=3, help="repetitions, 3 unless told")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every figure to this file")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where files and environments are kept")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error(f"--runs {options.runs}: everybody has to run at least once")
    return options


def _chosen(choices: Collection[str]) -> Callable[[str], list[str]]:
    def chosen(text: str) -> list[str]:
        names = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in names if name not in choices]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(choices)}")
        return names

    return chosen


def install(
    names: Sequence[str], venvs: Path, tell: Callable[[str], None]
) -> tuple[dict[str, Entrant], dict[str, Standing]]:
    """The peers that could be installed, and those that could not with the reason."""
    ready: dict[str, Entrant] = {}
    absent: dict[str, Standing] = {}
    for name in names:
        tell(f"installing {name}")
        try:
            ready[name] = entrant_of(PEERS[name], prepare(PEERS[name], venvs / name))
        except NotInstalledError as error:
            absent[name] = Standing(title=PEERS[name].title, failed=f"did not install: {error}")
    return ready, absent


def measure(
    name: str, entrants: Mapping[str, Entrant], options: argparse.Namespace, tell: Callable[[str], None]
) -> dict[str, Standing]:
    """All repetitions of one piece of work."""
    tell(f"{name}: writing files")
    try:
        files = work.prepare(name, options.cache / "speed")
    except RunFailedError as error:
        return {one: Standing(title=entrant.title, failed=str(error)) for one, entrant in entrants.items()}
    absent: dict[str, Standing] = {}
    try:
        store_reference(files)
    except RunFailedError as error:
        absent["ours_stored"] = Standing(title=entrants["ours_stored"].title, failed=str(error))
    ready = {one: entrant for one, entrant in entrants.items() if one not in absent}
    return contest(ready, files, runs=options.runs, tell=lambda what: tell(f"{name}: {what}")) | absent


def show(standings: Mapping[str, Mapping[str, Standing]], options: argparse.Namespace) -> None:
    console = Console()
    console.print(report.as_table(standings))
    for failure in report.failures(standings):
        console.print(failure, style="yellow", highlight=False)
    for target in report.all_targets(standings):
        console.print(str(target), style="" if target.met else "bold red", highlight=False)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report.as_json(standings, runs=options.runs), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
