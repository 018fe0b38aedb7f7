"""The operator that profiles rows for later comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_mlmonitor.context import Context, window_of
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.errors import DataError
from airflow_mlmonitor.hooks import AirflowConnections, MetricsStoreHook
from airflow_mlmonitor.operators.task import ReadingLog, no_vain_retries, rendered_for_run

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.window import Window
    from airflow_mlmonitor.store.store import MetricsStore

NOTES = 20
"""Notes that XCom carries."""

NOTE = 400
"""Characters of one."""


class ProfileOperator(BaseOperator):
    """Profiles the rows of a source and keeps the profile in the metrics store; judges nothing.

    With ``pin`` the profile becomes the baseline of a version of the model: for the task that prepares training data.
    Its rows are then read twice: first to learn what they always do, which later runs are held against.
    Without, it is kept under a name and the window it is of: under the name of a monitor it gives that monitor a past
    before its first run.

    :param model: the model. (templated)
    :param source: where the rows are; as for :class:`~airflow_mlmonitor.operators.MonitorOperator`. (templated)
    :param pin: the version of the model that was trained on these rows. Pinning a version again replaces it.
        (templated)
    :param keep_as: what to keep the profile under where it is not pinned; by default ``model/task_id``. (templated)
    :param split: profile the parts of the rows too, by the source's timestamp column, each part as long as this:
        ``timedelta(days=1)`` splits by UTC day. Then monitors have a past from the first day on. Rows without a
        moment are left out.
    :param window: the span of data time to read, as for a MonitorOperator. None reads everything for a pinned
        profile, and for one that is kept what a MonitorOperator would read. (templated)
    :param suggest: path or URL to which a suite of expectations goes that these rows keep, for a person to edit and a
        :class:`~airflow_mlmonitor.operators.FeatureInvariantsOperator` to use; the rows are read for it apart.
        (templated)
    :param metrics_conn_id: connection of the metrics store; see
        :class:`~airflow_mlmonitor.hooks.MetricsStoreHook`. (templated)
    """

    template_fields: Sequence[str] = (
        "window",  # first: the others may speak of it
        "model",
        "source",
        "pin",
        "keep_as",
        "suggest",
        "metrics_conn_id",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"source": "json"}  # noqa: RUF012 - as Airflow declares it

    def __init__(
        self,
        *,
        model: str,
        source: Source,
        pin: str | None = None,
        keep_as: str | None = None,
        split: timedelta | None = None,
        window: timedelta | str | None = None,
        suggest: str | None = None,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.source = source
        self.pin = pin
        self.keep_as = keep_as
        self.split = split
        self.window = window
        self.suggest = suggest
        self.metrics_conn_id = metrics_conn_id

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a template field; a source into a copy."""
        render = super().render_template
        return rendered_for_run(
            content, context, self.window, lambda text, named: render(text, named, *args, **kwargs)
        )

    def execute(self, context: Any) -> dict[str, Any]:
        """Read, profile and keep."""
        with no_vain_retries(), MetricsStoreHook(self.metrics_conn_id).opened() as store:
            return self._profiled(context, store)

    def _profiled(self, context: Context, store: MetricsStore) -> dict[str, Any]:
        everything = self.pin and self.window is None
        window = None if everything else window_of(context, self.window)
        whole, parts = self._read(window)
        days = {part: profile.encode() for part, profile in parts.items()}
        if self.pin:
            place = f"baseline {self.pin} of {self.model}"
            store.pin(
                self.model, self.pin, whole.encode(), rows=whole.rows, label=self.source.label, days=days
            )
        else:
            place = self.keep_as or f"{self.model}/{self.task_id}"
            for part, content in (days or {window_of(context, self.window): whole.encode()}).items():
                store.keep(place, part, content)
        if self.suggest:
            self._suggest(self.suggest, window)
        self.log.info("Kept %s rows of %s as %s.", f"{whole.rows:,}", self.source.label, place)
        return _summary(place, window, whole, len(parts))

    def _suggest(self, path: str, window: Window | None) -> None:
        from airflow_mlmonitor.data.invariants.suggesting import suggest_invariants
        from airflow_mlmonitor.data.invariants.suite import write_suite

        span = self.split or timedelta(days=1)
        suite = suggest_invariants(self.source, window, span=span, connections=AirflowConnections())
        write_suite(suite, path)
        self.log.info("Wrote %d suggested expectations to %s.", len(suite["expectations"]), path)

    def _read(self, window: Window | None) -> tuple[Profile, dict[Window, Profile]]:
        from airflow_mlmonitor.data.profile import Profile
        from airflow_mlmonitor.data.reading import read, read_days

        self.log.info("Reading %s, %s.", self.source.label, f"window {window}" if window else "all of it")
        how: dict[str, Any] = {"connections": AirflowConnections(), "progress": ReadingLog(self.log.info)}
        if self.pin:
            whole, parts = self._trained(window, how)
        elif self.split:
            parts = read_days(self.source, window, span=self.split, **how)
            whole = reduce(add, parts.values(), Profile())
        else:
            whole, parts = read(self.source, window, **how), {}
        if not whole.rows:
            raise DataError(
                f"{self.source.label} has no rows to profile; anything would look new beside none."
            )
        return whole, parts

    def _trained(
        self, window: Window | None, how: Mapping[str, Any]
    ) -> tuple[Profile, dict[Window, Profile]]:
        """Learn what the rows always do, and read them again to see how they keep it."""
        from airflow_mlmonitor.data.rules.learning import learn_rules
        from airflow_mlmonitor.data.training import read_training

        rules = learn_rules(self.source, window, span=self.split or timedelta(days=1), **how)
        self.log.info(
            "Learned %d rules; reading the rows again to hold them against these.", len(rules.rules)
        )
        return read_training(self.source, window, rules=rules, span=self.split, **how)


def _summary(place: str, window: Window | None, whole: Profile, parts: int) -> dict[str, Any]:
    return {
        "kept_as": place,
        "window": [window.start.isoformat(), window.end.isoformat()] if window else None,
        "rows": whole.rows,
        "columns": len(whole.columns),
        "parts": parts,
        "notes": {column: note[:NOTE] for column, note in list(whole.notes.items())[:NOTES]},
    }
