"""Which DAG an incident or a monitor belongs to: what a user may read hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

NEAR = 3
"""Last runs of a monitor among which that of an open incident usually is: two clean ones end it."""


def dags_of(
    store: MetricsStore,
    incidents: Iterable[Incident],
    known: Mapping[str, Sequence[Run]] | None = None,
) -> dict[int, str]:
    """Return of each incident, by its number, the DAG whose run it was seen in last; empty for the command line.

    ``known`` are last runs of some monitors that were read already, latest first.

    Raises
    ------
    StoreError
        The runs could not be read.
    """
    asked = list(incidents)
    unknown = {one.monitor for one in asked} - (known or {}).keys()
    latest = {**(known or {}), **(store.latest_runs(unknown, last=NEAR) if unknown else {})}
    found: dict[int, str] = {}
    for one in asked:
        run = _at(latest.get(one.monitor, ()), one.last) or store.run(one.monitor, one.last)
        found[one.id] = run.tags.dag_id if run else _latest_dag(latest.get(one.monitor, ()))
    return found


def is_readable(dag_id: str, readable: Collection[str] | None) -> bool:
    """Whether something of a DAG may be shown; None stands for all DAGs and for the command line."""
    return readable is None or dag_id in readable


def _at(runs: Iterable[Run], window: Window) -> Run | None:
    return next((run for run in runs if run.window == window), None)


def _latest_dag(runs: Iterable[Run]) -> str:
    return next((run.tags.dag_id for run in runs), "")
