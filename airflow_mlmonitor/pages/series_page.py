"""One series over time, and what series there are to look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from airflow_mlmonitor.data.window import utc
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.pages.documents import ChartDocument, MetricNameDocument, SeriesNames
from airflow_mlmonitor.pages.findings_document import PointDocument, SeriesDocument
from airflow_mlmonitor.pages.incident_line import lane_document
from airflow_mlmonitor.pages.known_kinds import kind_of
from airflow_mlmonitor.pages.moment_words import FOREVER, iso
from airflow_mlmonitor.pages.version_events import version_events
from airflow_mlmonitor.pages.vocabulary import metric_words, term, unit_of
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.report.words import amount, expectation
from airflow_mlmonitor.store.history import KnownSeries, Point
from airflow_mlmonitor.store.store import MetricsStore

USUAL = 90
"""Runs that are shown where nobody says from when on."""

MOST = 2_400
"""Runs that are shown at most, the latest ones: a hundred days of hourly ones."""

MOST_INCIDENTS = 200

MOST_SERIES = 10_000
"""Series that are named at most."""

RUNS_OF_A_DAG = 200
"""Latest runs of a DAG that say which monitors it has."""

NO_SERIES = {"check", "bound"}
"""Families of verdicts that are no numbers over time: a check that broke, a limit that matched nothing."""


def series(
    store: MetricsStore,
    *,
    monitor: str,
    metric: str,
    column: str = "",
    slice: str = "",  # noqa: A002
    begin: datetime | None = None,
    end: datetime | None = None,
) -> ChartDocument:
    """Build the chart of one series; one that the monitor never had has no points.

    Parameters
    ----------
    store
        Where it is.
    monitor, metric, column, slice
        Which; the column is empty for the table, the slice for all rows.
    begin, end
        Span of data time; the last 90 runs where there is no begin.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    key = metric, column, slice
    kind = kind_of(store, monitor, key)
    scale = kind.scale if kind else "location"
    asof = utc(end) if end else FOREVER
    last = (
        USUAL if begin is None else len(store.runs(monitor=monitor, since=utc(begin), asof=asof, last=MOST))
    )
    history = store.history(monitor, asof=asof, last=last, series=[key])
    runs = [run for run in history.runs if begin is None or run.window.start >= utc(begin)]
    shown = {run.window for run in runs}
    points = [point for point in history.series(metric, column, slice) if point.run.window in shown]
    latest = points[-1] if points else None
    since = runs[0].window.start if runs else FOREVER
    incidents = store.incidents(monitor=monitor, since=since, last=MOST_INCIDENTS) if runs else []
    within = [one for one in incidents if one.opened.start < runs[-1].window.end]
    return {
        "series": {"monitor": monitor, "metric": metric, "column": column, "slice": slice},
        "metric_words": metric_words(metric, column, slice),
        "help": printable(term(metric).help),
        "unit": unit_of(scale),
        "value_words": amount(latest.value if latest else None, scale),
        "expected_words": expectation(latest.lower, latest.upper, latest.expected, scale) if latest else "—",
        "history": [point_document(point) for point in points],
        "incidents": [lane_document(one) for one in sorted(within, key=lambda one: (one.opened, one.id))],
        "events": version_events(runs),
    }


def point_document(point: Point) -> PointDocument:
    """Write one value of a series."""
    run = point.run
    return {
        "window_start": iso(run.window.start),
        "window_end": iso(run.window.end),
        "value": point.value,
        "lower": point.lower,
        "upper": point.upper,
        "status": point.status.value,
        "state": run.state.value,
        "run_id": run.tags.run_id,
    }


def series_names(
    store: MetricsStore, *, monitor: str | None = None, model: str | None = None, dag_id: str | None = None
) -> SeriesNames:
    """Say what there is to look at, of one monitor, of a model or of a DAG.

    Of more than 10,000 series each monitor names an equal part, those of all rows first.

    Raises
    ------
    ConfigurationError
        Nothing is named, or more than one.
    StoreError
        The store could not be read.
    """
    if sum(name is not None for name in (monitor, model, dag_id)) != 1:
        raise ConfigurationError("Name one of monitor=, model= and dag_id=.")
    names = _monitors(store, monitor, model, dag_id)
    by_monitor = {name: _of(store, name) for name in names}
    if sum(map(len, by_monitor.values())) > MOST_SERIES:
        part = MOST_SERIES // len(names)
        by_monitor = {
            name: sorted(own, key=lambda one: one.slice != "")[:part] for name, own in by_monitor.items()
        }
    known = [one for own in by_monitor.values() for one in own]
    return {
        "monitors": names,
        "columns": _distinct(one.column for one in known if one.column),
        "metrics": [_named(name) for name in _distinct(one.metric for one in known)],
        "slices": _distinct(one.slice.partition("=")[0] for one in known if one.slice),
        "series": [_document(name, one) for name, own in by_monitor.items() for one in own],
    }


def _monitors(store: MetricsStore, monitor: str | None, model: str | None, dag_id: str | None) -> list[str]:
    if monitor is not None:
        return [monitor]
    if model is not None:
        return sorted(name for name, its in store.monitors() if its == model)
    runs = store.runs(dag_id=dag_id, last=RUNS_OF_A_DAG)
    return sorted({run.monitor for run in runs})


def _of(store: MetricsStore, monitor: str) -> list[KnownSeries]:
    return [one for one in store.series(monitor) if one.family not in NO_SERIES]


def _document(monitor: str, one: KnownSeries) -> SeriesDocument:
    return {"monitor": monitor, "metric": one.metric, "column": one.column, "slice": one.slice}


def _named(metric: str) -> MetricNameDocument:
    known = term(metric)
    return {"name": metric, "plain": printable(known.plain), "help": printable(known.help)}


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(names), key=lambda name: (name.casefold(), name))
