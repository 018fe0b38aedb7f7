"""``mlmonitor report``: what a run found, in words or as a page to send."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from airflow_mlmonitor.cli.location import declare_store, opened_store
from airflow_mlmonitor.cli.output import width, write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.pages.documents import TaskPage
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

EXAMPLES = """\
  mlmonitor report flight_delay/skew
  mlmonitor report flight_delay --window 2013-03-14 --out report.html
  mlmonitor report flight_delay/skew --out s3://reports/flight_delay.html
  mlmonitor report flight_delay/skew --json"""

DETAILS = """\
The latest run, or that of --window: what is unusual, since when, why probably, and what to do.
--out writes it as one HTML file with charts, which needs no script and no network: it can be
mailed, kept and opened anywhere."""

LOOKED_AT = 200
"""Latest runs of a model in which its monitors are looked for."""

GRAVITY = ("fail", "broken", "warn")


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "name", metavar="NAME", help="a monitor, such as flight_delay/skew, or a model: all its monitors"
    )
    parser.add_argument(
        "--window", metavar="DAY", help="the run of this day, or of start/end (UTC; default: the latest)"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="write one HTML file: a path, or a URL such as s3://..."
    )
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    window = Window.parse(arguments.window) if arguments.window else None
    with opened_store(arguments.store) as store:
        pages = [page for run in _runs(store, arguments.name, window) if (page := _page(store, run))]
    pages.sort(key=_gravity)
    if arguments.out:
        _write(pages, arguments)
    if arguments.json:
        write_json({"reports": pages})
    elif not arguments.out:
        for number, page in enumerate(pages):
            write([*([""] if number else []), *_lines(page)])
    return Exit.FINDINGS if pages[0]["verdict"]["status"] in GRAVITY else Exit.QUIET


def _runs(store: MetricsStore, name: str, window: Window | None) -> list[Run]:
    """Find the run of a monitor, or those of a model's monitors; of a window, or the latest."""
    of: dict[str, Any] = {"since": window and window.start, "asof": window and window.end, "last": LOOKED_AT}
    runs = store.runs(monitor=name, **of) or store.runs(model=name, **of)
    wanted = [run for run in runs if window in (None, run.window)]
    if not wanted:
        raise ConfigurationError(_missing(store, name, window))
    return list({run.monitor: run for run in reversed(wanted)}.values())


def _missing(store: MetricsStore, name: str, window: Window | None) -> str:
    known = [*store.runs(monitor=name, last=1), *store.runs(model=name, last=1)]
    if known and window:
        return f"{name} has no run of {window}; its latest is of {known[0].window}."
    return f"No run of a monitor or model {name!r} is stored; `mlmonitor runs` lists what there is."


def _page(store: MetricsStore, run: Run) -> TaskPage | None:
    from airflow_mlmonitor.pages.task_page import run_page

    return run_page(store, monitor=run.monitor, window=run.window)


def _gravity(page: TaskPage) -> int:
    status = page["verdict"]["status"]
    return GRAVITY.index(status) if status in GRAVITY else len(GRAVITY)


def _lines(page: TaskPage) -> list[str]:
    from airflow_mlmonitor.report.page_text import page_lines

    return page_lines(page, width=width())


def _write(pages: Sequence[TaskPage], arguments: Namespace) -> None:
    from airflow_mlmonitor.data.connections import EnvironmentConnections
    from airflow_mlmonitor.report.html import tasks_html
    from airflow_mlmonitor.report.writing import write_page

    page = tasks_html(pages, title=arguments.name)
    where = write_page(page, arguments.out, EnvironmentConnections())
    if not arguments.json:
        write([f"Wrote {where} ({len(page.encode()) / 1000:,.0f} kB)."])


REPORT = Verb(
    name="report",
    help="show what a run found, in words or as a page to send",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
