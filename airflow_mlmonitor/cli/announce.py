"""``mlmonitor announce``: say beforehand that a dependency will change."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from airflow_mlmonitor.cli.decision import declare_decision, who
from airflow_mlmonitor.cli.location import opened_store
from airflow_mlmonitor.cli.output import write, write_json
from airflow_mlmonitor.cli.snooze import moment
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import ConfigurationError, StoreError
from airflow_mlmonitor.report.table import printable

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import Run
    from airflow_mlmonitor.store.sql import SqlStore

EXAMPLES = """\
  mlmonitor announce flight_delay labels.yaml --until 2013-03-15
  mlmonitor announce flight_delay "installed packages" --until 2013-03-15T12:00 --note "numpy 2.1\""""

DETAILS = """\
The dependency is named as findings name it. Time is that of the data: the announcement holds for
runs from the latest one on, which may run again, to those whose window ends by the end given."""

LOOKED_AT = 200
"""Latest runs of the model among which one is looked for that knows the dependency."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model that depends on it")
    parser.add_argument("dependency", metavar="DEPENDENCY", help="what will change, as findings name it")
    parser.add_argument(
        "--until",
        metavar="TIME",
        type=moment,
        required=True,
        help="until a UTC day begins, or until a moment",
    )
    declare_decision(parser)


def _run(arguments: Namespace) -> Exit:
    from airflow_mlmonitor.checks.dependency_change import column_of
    from airflow_mlmonitor.data.window import Window
    from airflow_mlmonitor.store.announcing import Announcement, announce

    name = column_of(arguments.dependency)
    with opened_store(arguments.store) as store:
        start = _latest(store, arguments.model, name).window.start
        if arguments.until <= start:
            raise ConfigurationError(f"The latest run is of {start:%Y-%m-%d %H:%M}; give a later --until.")
        window = Window(start, arguments.until)
        said = Announcement(dependency=name, window=window, who=who(arguments), note=arguments.note)
        announce(store, arguments.model, said)
    if arguments.json:
        write_json(
            {
                "model": arguments.model,
                "dependency": name,
                "start": window.start,
                "end": window.end,
                "who": said.who,
                "note": said.note,
            }
        )
    else:
        write([printable(f"{name} may change: {said.words}.")])
    return Exit.QUIET


def _latest(store: SqlStore, model: str, dependency: str) -> Run:
    """The latest run of the model that remembers the dependency."""
    from airflow_mlmonitor.checks.dependency_change import FACT

    known: set[str] = set()
    monitors: set[str] = set()
    for run in store.runs(model=model, last=LOOKED_AT):
        if run.monitor not in monitors:
            monitors.add(run.monitor)
            facts = store.facts(run.monitor, run.window)
            found = {name.partition(FACT)[2] for name in facts if FACT in name}
            if dependency in found:
                return run
            known |= found
    listed = f"it has {', '.join(sorted(known))}" if known else "no run of it has looked at any yet"
    raise StoreError(f"{model} has no dependency called {dependency}; {listed}.")


ANNOUNCE = Verb(
    name="announce",
    help="say beforehand that a dependency will change",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
