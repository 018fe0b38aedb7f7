"""``python -m benchmarks.viewers``: fill a store, start Airflow's api-server on it, and let people look at it."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import NullPool, create_engine, func, select

from airflow_mlmonitor.store import open_store, tables
from airflow_mlmonitor.store.engines import read_url
from benchmarks.viewers import stocking
from benchmarks.viewers.crowd import Habits, Tally, watch
from benchmarks.viewers.names import SEED, Stock, Tell
from tests.e2e.cluster import Cluster, cluster
from tests.starting import POSTGRES, NoServerError

TARGET = 0.3
MONITORS = 20
SERIES = 413
"""Metrics of one run of the monitor that is copied."""

DAGS = """
from __future__ import annotations

import pendulum
from airflow.sdk import DAG

from airflow_mlmonitor.data import Files
from airflow_mlmonitor.operators import TrainServeSkewOperator

for dag_id, watched in {watched}.items():
    with DAG(dag_id, schedule=None, start_date=pendulum.datetime(2020, 1, 1)):
        for task_id, model in watched.items():
            TrainServeSkewOperator(task_id=task_id, model=model, source=Files("rows.parquet"))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 if every page kept its target for people who read what they open."""
    options = parse(arguments)
    console = Console()
    size = Stock(monitors=MONITORS, days=max(90, options.rows // (MONITORS * SERIES)))
    try:
        with POSTGRES.server() as server, tempfile.TemporaryDirectory(prefix="mlmonitor-viewers-") as folder:
            tallies = measured(server, Path(folder), size, options, console)
    except NoServerError as missing:
        console.print(str(missing), style="yellow")
        return 1
    for title, tally in tallies.items():
        console.print(as_table(title, tally, options.seconds))
        for said in tally.failed[:5]:
            console.print(f"  failed: {said}", style="red", markup=False)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({title: tally.seconds for title, tally in tallies.items()}) + "\n")
    reading = next(iter(tallies.values()))
    return int(
        bool(reading.failed) or any(quantile(found, 0.95) > TARGET for found in reading.seconds.values())
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.viewers",
        description="How long people wait for the pages in Airflow's UI, when the metrics store is large.",
    )
    parser.add_argument("--rows", type=int, default=10_000_000, help="metrics, 10,000,000 unless told")
    parser.add_argument("--viewers", type=int, default=50, help="people at once, 50 unless told")
    parser.add_argument("--seconds", type=float, default=60, help="how long each part lasts, 60 unless told")
    parser.add_argument("--workers", type=int, default=2, help="processes of the api-server, 2 unless told")
    parser.add_argument(
        "--store",
        metavar="URL",
        help="a PostgreSQL database to keep the metrics in, for further runs on them",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every time to this file")
    return parser.parse_args(arguments)


def measured(
    server: str, folder: Path, size: Stock, options: argparse.Namespace, console: Console
) -> dict[str, Tally]:
    """Fill, start and measure."""
    watched: dict[str, dict[str, str]] = {}
    for number in range(size.monitors):
        watched.setdefault(size.dag(number), {})[size.task(number)] = size.model(number)
    dags = folder / "models.py"
    dags.write_text(DAGS.replace("{watched}", repr(watched)))
    settings = {"AIRFLOW__API__WORKERS": str(options.workers), "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}
    if options.store:
        settings["AIRFLOW_CONN_MLMONITOR_DEFAULT"] = options.store
    home = folder / "airflow"
    with cluster(server, home, _Saying(console), dags=[dags], components=(), settings=settings) as airflow:
        airflow.run("airflow", "dags", "reserialize")
        incidents, series = _stocked(options.store or airflow.metrics, folder / "data", size, console)
        user = airflow.user("vic")
        login = {"username": user.name, "password": user.password}

        def let(thinking: bool) -> Tally:
            people = [Habits(number, size, incidents, series) for number in range(options.viewers)]
            before = _cpu(airflow)
            with _watched(console, options.seconds) as tell:
                how = {"seconds": options.seconds, "thinking": thinking, "tell": tell}
                tally = asyncio.run(watch(airflow.url, login, people, **how))
            tally.cpu = _cpu(airflow) - before
            return tally

        let(
            thinking=True
        )  # what an api-server loads when it is asked first is not what people wait for all day
        return {
            f"{options.viewers} people who read 2 to 6 s": let(thinking=True),
            f"{options.viewers} who never read": let(thinking=False),
        }


def _cpu(airflow: Cluster) -> float:
    """Seconds of CPU that the processes of an Airflow have taken."""
    return sum(sum(process.cpu_times()[:2]) for process in airflow.processes())


def _stocked(
    url: str, folder: Path, size: Stock, console: Console
) -> tuple[list[int], list[tuple[str, str]]]:
    """Fill a store, unless that was done before; return its incidents, and the series of one monitor."""
    store, engine = open_store(url), create_engine(read_url(url), poolclass=NullPool)
    try:
        store.upgrade()
        if not store.runs(last=1):
            with _bars() as tell:
                stocking.stock(engine, store, stocking.seeds(store, folder), size, tell)
        with engine.connect() as connection:
            rows, runs = (
                connection.scalar(select(func.count()).select_from(table))
                for table in (tables.metric, tables.run)
            )
        console.print(f"{rows:,} metrics of {runs:,} runs", highlight=False)
        incidents = [one.id for one in store.incidents(last=200) if one.model != SEED]
        return incidents, [(name, column) for name, column, *_ in store.series(size.monitor(0))]
    finally:
        store.dispose()


@contextmanager
def _bars() -> Iterator[Tell]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        known: dict[str, int] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = int(progress.add_task(what, total=total))
            progress.update(list(progress.task_ids)[list(known).index(what)], completed=done)

        yield tell


@contextmanager
def _watched(console: Console, seconds: float) -> Iterator[Callable[[int], None]]:
    with console.status("") as status:
        yield lambda pages: status.update(f"{pages:,} pages opened, for {seconds:.0f} s")


class _Saying:
    """Tells on the console what a cluster is at."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, words: str) -> None:
        self._console.print(words, highlight=False)


def quantile(found: Sequence[float], part: float) -> float:
    """Return the value below which a part of the values lies."""
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def as_table(title: str, tally: Tally, seconds: float) -> Table:
    """A row an endpoint, times in milliseconds."""
    asked = sum(len(times) for times in tally.seconds.values())
    cost = f"{tally.cpu / asked * 1e3:.0f} ms of CPU a request" if asked else ""
    table = Table(
        caption=cost,
        title=f"{title}: {tally.pages / seconds:.1f} pages a second; ms, target {TARGET * 1e3:.0f} at p95",
    )
    for name in ("", "requests", "p50", "p95", "slowest"):
        table.add_column(name, justify="left" if not name else "right")
    found: Mapping[str, list[float]] = {
        **tally.seconds,
        "all": [*chain.from_iterable(tally.seconds.values())],
    }
    for name, times in found.items():
        late = quantile(times, 0.95)
        style = "red" if late > TARGET else "green"
        cells = (median(times), late, max(times))
        table.add_row(name, f"{len(times):,}", *(f"{cell * 1e3:,.0f}" for cell in cells), style=style)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
