"""``python -m benchmarks.store``: fill a store on each backend, ask it, show how long it took."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Engine, NullPool, create_engine, text

from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url
from benchmarks.store import filling
from benchmarks.store.measuring import Figure, measure
from tests.starting import MYSQL, POSTGRES, NoServerError, fresh_database

SERVERS = {"postgres": POSTGRES, "mysql": MYSQL}
BACKENDS = ("sqlite", *SERVERS)
MONITORS = 20
SERIES = 500
SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
    "mysql": "SELECT sum(data_length + index_length) FROM information_schema.tables WHERE table_schema = database()",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What came out for one backend."""

    filled: float
    size: int
    figures: list[Figure]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and show what came out."""
    options = parse(arguments)
    days = max(1, options.rows // (MONITORS * SERIES))
    size = filling.Size(monitors=MONITORS, days=days, series=SERIES)
    console = Console()
    standings: dict[str, Standing] = {}
    for backend in options.backend:
        try:
            with database(backend) as url:
                standings[backend] = run(url, backend, size, options.runs)
        except NoServerError as missing:
            console.print(str(missing), style="yellow")
    console.print(as_table(standings, size))
    for line in plans(standings):
        console.print(line, highlight=False, soft_wrap=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(as_json(standings, size), indent=2) + "\n")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.store",
        description="How long the metrics store takes to answer when it holds many metrics.",
    )
    parser.add_argument("--rows", type=int, default=10_000_000, help="metrics, 10,000,000 unless told")
    parser.add_argument(
        "--backend", type=_backends, default=list(BACKENDS), help=f"{','.join(BACKENDS)} unless told"
    )
    parser.add_argument("--runs", type=int, default=7, help="repetitions of each question, 7 unless told")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every figure to this file")
    return parser.parse_args(arguments)


def _backends(given: str) -> list[str]:
    names = [name.strip() for name in given.split(",")]
    if unknown := set(names) - set(BACKENDS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: not one of {', '.join(BACKENDS)}")
    return names


@contextmanager
def database(backend: str) -> Iterator[str]:
    """An empty database, gone afterwards."""
    if backend == "sqlite":
        with tempfile.TemporaryDirectory(prefix="mlmonitor-bench-") as folder:
            yield f"sqlite:///{folder}/mlmonitor.db"
    else:
        with SERVERS[backend].server() as server, fresh_database(server) as url:
            yield url


def run(url: str, backend: str, size: filling.Size, repetitions: int) -> Standing:
    """Fill one database and measure it."""
    store = open_store(url)
    store.upgrade()
    engine = create_engine(read_url(url), poolclass=NullPool)
    filled = _fill(engine, backend, size)
    figures = measure(store, engine, size, repetitions)
    with engine.connect() as connection:
        bytes_used = int(connection.scalar(text(SIZES[engine.dialect.name])) or 0)
    store.dispose()
    return Standing(filled=filled, size=bytes_used, figures=figures)


def _fill(engine: Engine, backend: str, size: filling.Size) -> float:
    began = time.perf_counter()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(f"filling {backend}", total=size.metrics)
        with engine.begin() as connection:
            filling.fill(connection, size, lambda written: progress.update(task, completed=written))
    filled = time.perf_counter() - began
    with engine.begin() as connection:
        filling.settle(connection)
    return filled


def as_table(standings: Mapping[str, Standing], size: filling.Size) -> Table:
    """A row a question, a column a backend."""
    table = Table(title=f"{size.metrics:,} metrics of {size.monitors * size.days:,} runs; median ms")
    table.add_column("")
    for backend in standings:
        table.add_column(backend, justify="right")
    found = list(standings.values())
    for rows in zip(*(standing.figures for standing in found), strict=True):
        table.add_row(rows[0].name, *(f"{figure.median * 1e3:,.1f}" for figure in rows))
    table.add_section()
    table.add_row("filled in bulk, s", *(f"{standing.filled:,.0f}" for standing in found))
    table.add_row("size, MB", *(f"{standing.size / 1e6:,.0f}" for standing in found))
    return table


def plans(standings: Mapping[str, Standing]) -> Iterator[str]:
    """How each backend reads the last runs, and what any question reads as a whole."""
    for backend, standing in standings.items():
        yield f"\n{backend}, {standing.figures[0].name}:"
        yield from (f"  {line}" for plan in standing.figures[0].plans for line in plan.lines)
        for figure in standing.figures:
            if figure.scanned:
                yield f"  {figure.name} READS ALL OF {', '.join(figure.scanned)}"


def as_json(standings: Mapping[str, Standing], size: filling.Size) -> dict[str, Any]:
    """Every figure."""
    return {
        "metrics": size.metrics,
        "runs": size.monitors * size.days,
        "backends": {
            backend: {
                "filled_s": standing.filled,
                "bytes": standing.size,
                "seconds": {figure.name: figure.seconds for figure in standing.figures},
                "scanned": {figure.name: figure.scanned for figure in standing.figures},
                "plans": {figure.name: [plan.lines for plan in figure.plans] for figure in standing.figures},
            }
            for backend, standing in standings.items()
        },
    }


if __name__ == "__main__":
    main()
