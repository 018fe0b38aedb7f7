"""Where in Airflow's own UI a message leads."""

from __future__ import annotations

from airflow.sdk import conf

from airflow_mlmonitor.notifications.news import Link
from airflow_mlmonitor.report.links import Links
from airflow_mlmonitor.report.report import Tags


def links_from(place: Tags | None = None) -> Links:
    """Return the addresses of Airflow's UI as people reach it: ``base_url`` of the section ``api``."""
    base = conf.get("api", "base_url", fallback="http://localhost:8080").rstrip("/")
    return Links(base=base, dag_id=place.dag_id, run_id=place.run_id) if place else Links(base=base)


def links_of(
    place: Tags, incident: int | None, *, found: bool = True, over: bool = False
) -> tuple[Link, ...]:
    """Return the ways on from a message, the one to open first.

    :param place: the task instance that noticed, or the run where no task is known.
    :param incident: the number of the incident, if there is one.
    :param found: whether a monitor found something, so that its tab has something to show.
    :param over: whether the incident is over: then there is nothing to acknowledge, and its page is the one to read.
    """
    links, ways = links_from(place), []
    tab = links.task(place.task_id, place.map_index)
    if over and incident:
        return (
            Link(label="What happened", url=links.incident(incident)),
            *([Link(label="Open the run", url=tab)] if tab else []),
        )
    if tab and found:
        ways.append(Link(label="Open what broke", url=tab))
    if incident:
        ways.append(Link(label="Acknowledge", url=links.incident(incident)))
    if tab:
        ways.append(Link(label="Task log", url=tab.rpartition("/plugin/")[0]))
    elif links.run():
        ways.append(Link(label="Open the run", url=links.run().rpartition("/plugin/")[0]))
    return tuple(ways)
