"""What the metrics store knows of a run and of its incidents, for a message; and what to do when it is away."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.judging.incident import Happening, Incident
from airflow_mlmonitor.report.report import Tags

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.documents import TaskPage
    from airflow_mlmonitor.store.store import MetricsStore

LOG = logging.getLogger(__name__)

TOLD = frozenset({Happening.OPENED, Happening.ESCALATED, Happening.REMINDED, Happening.REOPENED})
"""What happens to an incident of which people were told."""

AWAY = "The metrics store could not be read, so this is what the task itself left."


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the store knows.

    Parameters
    ----------
    page
        The page of the run; None where there is none, or the store is away.
    incidents
        By their numbers.
    titles
        Number to what the first run of the incident was said to have found.
    told_as
        Number to the statuses that its runs had when people were told of it.
    note
        Why something is missing.
    """

    page: TaskPage | None = None
    incidents: Mapping[int, Incident] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)
    told_as: Mapping[int, frozenset[str]] = field(default_factory=dict)
    note: str = ""


def details_of(place: Tags, numbers: Collection[int], metrics_conn_id: str | None) -> Details:
    """Read what a message may say about a run and its incidents.

    A store that is away, or a page that cannot be made, takes only the details from a message, never the message.
    """
    try:
        with MetricsStoreHook(metrics_conn_id).opened() as store:
            return _read(store, place, numbers)
    except MLMonitorError as error:
        LOG.warning("A message goes out without details: %s", error)
    except Exception:
        LOG.exception("A message goes out without details.")
    return Details(note=AWAY)


def _read(store: MetricsStore, place: Tags, numbers: Collection[int]) -> Details:
    from airflow_mlmonitor.pages.task_page import task_page

    incidents = {number: store.incident(number) for number in numbers}
    return Details(
        page=task_page(
            store,
            dag_id=place.dag_id,
            run_id=place.run_id,
            task_id=place.task_id,
            map_index=place.map_index,
        ),
        incidents=incidents,
        titles={number: _title(store, incident) for number, incident in incidents.items()},
        told_as={number: _told_as(store, incident) for number, incident in incidents.items()},
    )


def _title(store: MetricsStore, incident: Incident) -> str:
    """What its first message said, if it is over: the last one says the same."""
    from airflow_mlmonitor.pages.task_page import run_page

    if incident.resolved is None:
        return ""
    page = run_page(store, monitor=incident.monitor, window=incident.opened)
    return page["findings"][0]["title"] if page and page["findings"] else ""


def _told_as(store: MetricsStore, incident: Incident) -> frozenset[str]:
    windows = {event.window for event in incident.events if event.what in TOLD}
    runs = [store.run(incident.monitor, window) for window in windows]
    return frozenset(run.status.value for run in runs if run is not None)
