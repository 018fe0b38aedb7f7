"""What Airflow's own metrics are told of a run: StatsD, Datadog or OpenTelemetry, as Airflow is configured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from airflow.sdk import conf

if TYPE_CHECKING:
    from airflow_mlmonitor.report.report import Report
    from airflow_mlmonitor.store.store import MetricsStore

PREFIX = "mlmonitor"

_SEPARATING = re.compile(r"[^\w./\[\]-]", re.ASCII)
"""What would end a tag, its value or a whole line of StatsD."""

_NOT_OF_A_NAME = re.compile(r"[^\w-]", re.ASCII)


def count_run(report: Report, store: MetricsStore) -> None:
    """Tell Airflow's metrics of a run that was saved; nothing is asked or sent where none are configured.

    =========================== ======= ==================================================================
    ``mlmonitor.runs``          counter runs, also by ``status``
    ``mlmonitor.status``        gauge   0 ok, 1 learning, 2 warn, 3 broken, 4 fail
    ``mlmonitor.score_ratio``   gauge   how unusual the run was, over the line at which it alerts
    ``mlmonitor.rows``          gauge   rows read
    ``mlmonitor.findings``      gauge   findings
    ``mlmonitor.incidents``     gauge   incidents of the monitor that are not over
    ``mlmonitor.duration``      timer   how long reading, measuring and judging took
    =========================== ======= ==================================================================

    Each has the tags ``model`` and ``monitor``. A StatsD without tags would mix all monitors up, so there both stand at
    the end of the name: ``mlmonitor.rows.flight_delay.flight_delay_skew``.

    :param report: of the run.
    :param store: where it was saved.
    """
    if not _configured():
        return
    from datetime import timedelta

    from airflow.sdk.observability.stats import Stats

    of = {"model": report.model, "monitor": report.monitor}
    stat, tags = _named("runs", {**of, "status": report.status.value})
    Stats.incr(stat, tags=tags)
    for name, value in _gauges(report, store):
        stat, tags = _named(name, of)
        Stats.gauge(stat, value, tags=tags)
    stat, tags = _named("duration", of)
    Stats.timing(stat, timedelta(seconds=report.seconds), tags=tags)


def _gauges(report: Report, store: MetricsStore) -> Iterator[tuple[str, float]]:
    from airflow_mlmonitor.judging.incident import UNRESOLVED

    yield "status", report.status.rank
    yield "rows", report.rows
    yield "findings", len(report.findings)
    yield "incidents", len(store.incidents(monitor=report.monitor, state=UNRESOLVED, last=1_000))
    if report.score is not None and report.threshold:
        yield "score_ratio", report.score / report.threshold


def _named(name: str, tags: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The name of a metric and its tags, as far as what is configured carries them."""
    stat = f"{PREFIX}.{name}"
    if _carries_tags():
        return stat, {tag: _SEPARATING.sub("_", value) for tag, value in tags.items()}
    return ".".join([stat, *(_NOT_OF_A_NAME.sub("_", value) for value in tags.values())]), {}


def _configured() -> bool:
    return any(_is_on(option) for option in ("statsd_on", "statsd_datadog_enabled", "otel_on"))


def _carries_tags() -> bool:
    if _is_on("statsd_datadog_enabled"):
        return True
    return _is_on("statsd_influxdb_enabled") if _is_on("statsd_on") else _is_on("otel_on")


def _is_on(option: str) -> bool:
    return bool(conf.getboolean("metrics", option, fallback=False))
