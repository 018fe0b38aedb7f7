"""The operator that reads a source once and runs checks on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowFailException

from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.context import Context, mapped_label, tags_of, window_of
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.hooks import AirflowConnections, MetricsStoreHook
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.operators.kept_page import keep_page_of_run
from airflow_mlmonitor.operators.lineage import Lineage
from airflow_mlmonitor.operators.log_events import log_run
from airflow_mlmonitor.operators.report_link import ReportLink
from airflow_mlmonitor.operators.run_statistics import count_run
from airflow_mlmonitor.operators.task import ReadingLog, no_vain_retries, rendered_for_run

if TYPE_CHECKING:
    from airflow_mlmonitor.checks.check import Check
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.reading import FreeRules
    from airflow_mlmonitor.data.rules.rules import Rules
    from airflow_mlmonitor.data.window import Window
    from airflow_mlmonitor.judging.bounds import Bounds
    from airflow_mlmonitor.judging.judge import Judge
    from airflow_mlmonitor.monitor import Monitor
    from airflow_mlmonitor.report.report import Report
    from airflow_mlmonitor.store.store import MetricsStore

Callback = Callable[[Context], Any]
"""What Airflow calls on success or failure, notifiers included."""

FAILING = {
    "fail": frozenset({Status.FAIL, Status.BROKEN}),
    "warn": frozenset({Status.FAIL, Status.BROKEN, Status.WARN}),
    "never": frozenset[Status](),
}
"""``fail_on`` to the outcomes that fail the task."""

LOG_WIDTH = 120


class MonitorOperator(Lineage, BaseOperator):
    """Reads a source once, runs checks on what it found, and fails when the judge says so.

    The verdicts go to the metrics store, to the task's log in words, and as a small summary to XCom, whatever the
    outcome. Findings that fail the task fail it without retries: the same rows would give the same verdicts. A
    database that cannot be reached raises an ordinary error, so ``retries`` are for that.

    :param model: the model that is watched. (templated)
    :param source: where the rows are. Every string in it is a template, in which ``window`` is known besides
        Airflow's own names: ``{{ window.label }}``, ``{{ window.start }}``. Airflow shows it rendered; a string that
        ends in ``.sql`` is the name of a file. None reads nothing: for checks that look for themselves. (templated)
    :param checks: questions about the rows; all are answered from one read. By default
        :func:`~airflow_mlmonitor.checks.standard_checks`. (templated)
    :param judge: says which of the numbers are not normal; by default
        :class:`~airflow_mlmonitor.judging.Learned`.
    :param bounds: limits that hold whatever the judge says.
    :param window: the span of data time to look at: a timedelta such as ``timedelta(days=1)``, which ends at the
        run's moment on a whole local day, hour or other part of a day; or a text, a day such as ``"{{ ds }}"`` or
        ``"start/end"``, in UTC where it names no zone. None is the run's data interval, and one day where that is
        empty or missing. (templated)
    :param monitor: name under which the history is kept; by default ``model/task_id``. A mapped task's instances
        each have their own, with the rendered ``map_index_template`` or else the map index in brackets: give a
        template, since indexes shift when the list changes. (templated)
    :param model_version: the version that is serving, to be remembered with the run. (templated)
    :param metrics_conn_id: connection of the metrics store; see
        :class:`~airflow_mlmonitor.hooks.MetricsStoreHook`. (templated)
    :param fail_on: ``"fail"`` fails the task on failed and broken verdicts, ``"warn"`` on warnings too, ``"never"``
        on none.
    :param on_warn_callback: called with the context, like Airflow's own callbacks, when an incident is news and the
        task stays green: it opened, doubled, came back, has been open for another week, or is over. A function, a
        notifier or several; what one raises is logged. A task that fails does so every day; its summary in XCom says
        whether that is news (``is_news``), and of which incident.
    :param report: path or URL to which the run is written as one HTML page, such as
        ``"s3://reports/{{ window.label }}.html"``, whatever its outcome; where it is stands in the summary. That it
        cannot be written is logged and fails nothing. (templated)
    :param report_conn_id: connection of the object store in which the URL lies; None takes its default credentials.
        (templated)
    """

    template_fields: Sequence[str] = (
        "window",  # first: the others may speak of it
        "model",
        "source",
        "checks",
        "monitor",
        "model_version",
        "metrics_conn_id",
        "report",
        "report_conn_id",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"source": "json"}  # noqa: RUF012 - as Airflow declares it
    operator_extra_links = (ReportLink(),)

    def __init__(  # noqa: PLR0913 - Airflow's operators take what they need by name
        self,
        *,
        model: str,
        source: Source | None = None,
        checks: Sequence[Check] | None = None,
        judge: Judge | None = None,
        bounds: Bounds | None = None,
        window: timedelta | str | None = None,
        monitor: str | None = None,
        model_version: str | None = None,
        metrics_conn_id: str | None = None,
        fail_on: str = "fail",
        on_warn_callback: Callback | Sequence[Callback] = (),
        report: str | None = None,
        report_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if fail_on not in FAILING:
            raise ConfigurationError(
                f"fail_on={fail_on!r} is not known; write {', '.join(map(repr, FAILING))}."
            )
        self.model = model
        self.source = source
        self.checks = standard_checks() if checks is None else checks
        self.judge = judge
        self.bounds = bounds
        self.window = window
        self.monitor = monitor
        self.model_version = model_version
        self.metrics_conn_id = metrics_conn_id
        self.fail_on = fail_on
        self.on_warn_callback = on_warn_callback
        self.report = report
        self.report_conn_id = report_conn_id

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a template field; a source into a copy."""
        render = super().render_template
        return rendered_for_run(
            content, context, self.window, lambda text, named: render(text, named, *args, **kwargs)
        )

    def execute(self, context: Any) -> dict[str, Any]:
        """Read, measure, judge, remember; then fail, warn or pass."""
        with no_vain_retries():
            report = self._evaluated(context)
        page = self._kept(report)
        self._tell(context, report, page)
        log_run(report, self.log)
        if report.status in FAILING[self.fail_on]:
            raise AirflowFailException(_headline(report))
        if any(notice.is_news for notice in report.notices):
            self._warn(context)
        return _summary(report, page)

    def _evaluated(self, context: Context) -> Report:
        window = window_of(context, self.window)
        with MetricsStoreHook(
            self.metrics_conn_id
        ).opened() as store:  # before the read: a dead store fails at once
            monitor = self._monitor(context)
            profile = self._profile(window, partial(monitor.rules, store))
            report = monitor.evaluate(
                profile,
                window=window,
                store=store,
                connections=AirflowConnections(),
                tags=tags_of(context),
                model_version=self.model_version or None,
                announce=partial(self._announce, context),
            )
            self._note_for_lineage(report, profile)
            self._count(report, store)
        return report

    def _count(self, report: Report, store: MetricsStore) -> None:
        try:
            count_run(report, store)
        except Exception:
            self.log.exception("Airflow's metrics could not be told of the run.")

    def _monitor(self, context: Context) -> Monitor:
        from airflow_mlmonitor.monitor import Monitor

        judge = {} if self.judge is None else {"judge": self.judge}
        return Monitor(
            name=self._name(context), model=self.model, checks=self.checks, bounds=self.bounds, **judge
        )

    def _name(self, context: Context) -> str:
        label = mapped_label(context)
        return self.monitor or f"{self.model}/{self.task_id}" + (f"[{label}]" if label else "")

    def _profile(self, window: Window, rules: Callable[[], Rules | FreeRules]) -> Profile:
        from airflow_mlmonitor.data.profile import Profile
        from airflow_mlmonitor.data.reading import read

        if self.source is None:
            return Profile()
        self.log.info("Reading %s, window %s.", self.source.label, window)
        how: dict[str, Any] = {"connections": AirflowConnections(), "progress": ReadingLog(self.log.info)}
        return read(self.source, window, rules=rules(), **how)

    def _announce(self, context: Context, report: Report) -> None:
        """Say what was found before it is saved: a store that fails then must not take the findings with it."""
        from airflow_mlmonitor.report.text import render

        level = logging.WARNING if report.status.is_finding else logging.INFO
        self.log.log(level, "%s", render(report, width=LOG_WIDTH))
        if report.status.is_finding:
            self._push(context, report)

    def _kept(self, report: Report) -> str | None:
        if not self.report:
            return None
        return keep_page_of_run(
            report,
            self.report,
            conn_id=self.report_conn_id,
            metrics_conn_id=self.metrics_conn_id,
            log=self.log,
        )

    def _tell(self, context: Context, report: Report, page: str | None) -> None:
        """Say what the saved run meant for incidents, where callbacks and the log can find it."""
        from airflow_mlmonitor.report.telling import told

        for notice in report.notices:
            self.log.log(logging.WARNING if notice.is_news else logging.INFO, "%s", told(notice))
        if report.notices or page:
            self._push(context, report, page)

    def _push(self, context: Context, report: Report, page: str | None = None) -> None:
        if self.do_xcom_push:  # Airflow itself pushes nothing when a task fails, and nothing before callbacks
            context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=_summary(report, page))

    def _warn(self, context: Context) -> None:
        callbacks = self.on_warn_callback
        for callback in [callbacks] if callable(callbacks) else callbacks:
            try:
                callback(context)
            except Exception:
                self.log.exception("on_warn_callback %r failed.", callback)


def _summary(report: Report, page: str | None) -> dict[str, Any]:
    return report.summary() | ({"report": page} if page else {})


def _headline(report: Report) -> str:
    from airflow_mlmonitor.report.text import headline

    return headline(report)
