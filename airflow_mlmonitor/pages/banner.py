"""The worst open incident that nobody has acknowledged, in one line."""

from __future__ import annotations

from collections.abc import Collection

from airflow_mlmonitor.judging.incident import UNRESOLVED, IncidentState
from airflow_mlmonitor.pages.incident_line import incident_document, open_first, title_of
from airflow_mlmonitor.pages.overview_documents import Banner
from airflow_mlmonitor.pages.whereabouts import dags_of, is_readable
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import plural
from airflow_mlmonitor.store.store import MetricsStore

MOST = 500
"""Open incidents that are looked at, those that opened last."""


def banner(store: MetricsStore, *, readable: Collection[str] | None) -> Banner:
    """Build the line above everything else; ``open`` is 0 where there is nothing to say.

    Parameters
    ----------
    store
        Where the incidents are.
    readable
        DAGs that the user may read; None for all, and for what the command line ran.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    incidents = store.incidents(state=UNRESOLVED, last=MOST)
    dags = dags_of(store, incidents)
    shown = open_first(one for one in incidents if is_readable(dags[one.id], readable))
    fresh = [one for one in shown if one.state is IncidentState.OPEN]
    models = list(dict.fromkeys(one.model for one in fresh))
    document: Banner = {
        "open": len(shown),
        "headline": "",
        "model": "",
        "status": shown[0].status.value if shown else "ok",
        "incident_id": None,
        "opened_at": None,
        "acknowledged": len(shown) - len(fresh),
        "others": [],
    }
    if fresh:
        worst = fresh[0]
        document["headline"] = f"{printable(worst.model)}: {title_of(worst)}"
        document["model"] = worst.model
        document["incident_id"] = worst.id
        document["opened_at"] = incident_document(worst)["recorded_at"]
        document["others"] = models[1:]
    elif shown:
        verb = "is" if len(shown) == 1 else "are"
        document["headline"] = (
            f"{plural(len(shown), 'incident')} {verb} open; somebody knows of {_all(len(shown))}"
        )
    return document


def _all(count: int) -> str:
    return "it" if count == 1 else "all of them"
