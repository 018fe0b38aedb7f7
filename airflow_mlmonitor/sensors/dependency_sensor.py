"""The sensor that waits until a dependency changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseSensorOperator, PokeReturnValue, conf
from airflow.sdk.exceptions import AirflowFailException

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.operators.task import no_vain_retries, rendered_for_run

if TYPE_CHECKING:
    from airflow_mlmonitor.data.dependencies import Dependency


class DependencyChangeSensor(BaseSensorOperator):
    """Waits until a dependency is not what it was, and returns what changed, in words, by dependency.

    What it was is what a monitor's last run that trains remembered, or else what the sensor sees when it starts. A
    dependency that cannot be looked at is tried again; ``timeout`` ends the wait.

    :param dependencies: what to look at; every string in them is a template. (templated)
    :param monitor: name of a monitor with a :class:`~airflow_mlmonitor.checks.DependencyChange` check of the same
        dependencies. In the mode ``reschedule`` it has to be given, since such a sensor remembers nothing. (templated)
    :param metrics_conn_id: connection of the metrics store; see
        :class:`~airflow_mlmonitor.hooks.MetricsStoreHook`. (templated)
    :param deferrable: wait in the triggerer instead of a worker's slot. Only dependencies whose class can be imported
        may then be waited for, not those defined in a DAG file.

    All other parameters are those of Airflow's sensors: ``poke_interval``, ``timeout``, ``mode``, ``soft_fail``.
    """

    template_fields: Sequence[str] = ("dependencies", "monitor", "metrics_conn_id")

    def __init__(
        self,
        *,
        dependencies: Sequence[Dependency],
        monitor: str | None = None,
        metrics_conn_id: str | None = None,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if self.mode == "reschedule" and monitor is None and not deferrable:
            raise ConfigurationError(
                "A sensor that is rescheduled remembers nothing; give monitor=, or deferrable=True."
            )
        self.dependencies = dependencies
        self.monitor = monitor
        self.metrics_conn_id = metrics_conn_id
        self.deferrable = deferrable
        self._before: dict[str, str] | None = None

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a template field; dependencies into copies."""
        render = super().render_template
        return rendered_for_run(
            content, context, None, lambda text, named: render(text, named, *args, **kwargs)
        )

    def execute(self, context: Any) -> Any:
        """Wait here or in the triggerer."""
        if not self.deferrable:
            with no_vain_retries():
                return super().execute(context)
        with no_vain_retries():
            changed = self._changes()
        if changed:
            return changed
        return self._defer()

    def poke(self, context: Any) -> PokeReturnValue:
        """Look once."""
        changed = self._changes()
        return PokeReturnValue(is_done=bool(changed), xcom_value=changed or None)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, list[str]]:
        """Return what the trigger saw.

        :raises AirflowFailException: it saw that no further look can mend what a person wrote.
        """
        if "error" in event:
            raise AirflowFailException(event["error"])
        self._say(event["changed"])
        return dict(event["changed"])

    def _changes(self) -> dict[str, list[str]]:
        from airflow_mlmonitor.triggers.dependency_trigger import changes

        changed = changes(self.dependencies, self._known(), self.log.warning)
        self._say(changed)
        return changed

    def _defer(self) -> NoReturn:
        from airflow_mlmonitor.data.dependencies.plain_recipe import to_plain
        from airflow_mlmonitor.triggers.dependency_trigger import DependencyTrigger

        self.defer(
            trigger=DependencyTrigger(
                [to_plain(one) for one in self.dependencies], self._known(), self.poke_interval
            ),
            timeout=timedelta(seconds=self.timeout),
            method_name="execute_complete",
        )

    def _known(self) -> dict[str, str]:
        """What the dependencies were: by the monitor's last run that trains, or by the first look."""
        from airflow_mlmonitor.triggers.dependency_trigger import remembered

        if self._before is None:
            self._before = self._of_monitor(self.monitor) if self.monitor else remembered(self.dependencies)
        return self._before

    def _of_monitor(self, monitor: str) -> dict[str, str]:
        from airflow_mlmonitor.checks.dependency_change import FACT, column_of

        with MetricsStoreHook(self.metrics_conn_id).opened() as store:
            runs = store.runs(monitor=monitor, last=365)
            last = next((run for run in runs if run.state.trains), None)
            facts = store.facts(monitor, last.window) if last else {}
        found = {one.title: facts.get(f"{FACT}{column_of(one.title)}", "") for one in self.dependencies}
        unknown = [title for title, text in found.items() if not text]
        if unknown:
            raise ConfigurationError(
                f"No run of {monitor} remembers {', '.join(unknown)}; let its task run first, or correct monitor=."
            )
        return found

    def _say(self, changed: dict[str, list[str]]) -> None:
        for title, words in changed.items():
            self.log.info("%s changed: %s.", title, "; ".join(words))
