"""``mlmonitor db``: the tables of the metrics store."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from airflow_mlmonitor.cli.location import declare_store, is_missing_file, opened_store, store_url
from airflow_mlmonitor.cli.output import write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb

EXAMPLES = """\
  mlmonitor db current
  mlmonitor db upgrade --store postgresql://mlmonitor@warehouse/metrics"""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("upgrade", "current"),
        help="create the tables or bring them up to date; or show whether they are (exit status 1 if not)",
    )
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    url = store_url(arguments.store)
    upgrades = arguments.action == "upgrade"
    missing = is_missing_file(url)
    with opened_store(arguments.store, create=True) as store:
        before = None if missing else store.current()
        if upgrades:
            store.upgrade()
        head = store.head()
    current = head if upgrades else before
    name = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    if arguments.json:
        write_json({"store": name, "before": before, "current": current, "needed": head})
    else:
        write([_said(name, before, current, head)])
    return Exit.QUIET if current == head else Exit.FINDINGS


def _said(name: str, before: str | None, current: str | None, head: str) -> str:
    had = f"revision {before}" if before else "no tables"
    if current != head:
        return f"{name} has {had}; this package needs revision {head}. Run `mlmonitor db upgrade`."
    if before == head:
        return f"{name} has revision {head}, the newest."
    return f"{name} had {had}, and has revision {head} now."


DB = Verb(
    name="db",
    help="create or upgrade the tables of the metrics store",
    examples=EXAMPLES,
    declare=_declare,
    run=_run,
)
