"""One operator a question: is everything that the model depends on still what it was?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks import DependencyChange
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.operators.asset_events import asset_dependencies
from airflow_mlmonitor.operators.monitor_operator import MonitorOperator

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.data.dependencies import Dependency
    from airflow_mlmonitor.monitor import Monitor


class DependencyChangeOperator(MonitorOperator):
    """Looks at everything that a model depends on and tells what changed since the last run, from what to what.

    :param dependencies: what to look at; every string in them is a template. (templated)
    :param assets: Airflow assets whose last event is looked at too: its extra, and the task that made it. They become
        inlets of the task.
    :param asset_policy: what a change of an asset means: ``info``, ``warn`` or ``fail``.

    All other parameters are those of :class:`~airflow_mlmonitor.operators.MonitorOperator`, without ``checks`` and
    ``source``. Dependencies are looked at as they are when the task runs, in a backfill too.
    """

    def __init__(
        self,
        *,
        dependencies: Sequence[Dependency] = (),
        assets: Sequence[Any] = (),
        asset_policy: str = "warn",
        **kwargs: Any,
    ) -> None:
        if not dependencies and not assets:
            raise ConfigurationError("DependencyChangeOperator() needs dependencies or assets to look at.")
        check = DependencyChange(dependencies=tuple(dependencies))
        kwargs["inlets"] = [*(kwargs.get("inlets") or []), *assets]
        super().__init__(checks=[check], **kwargs)
        self.assets = assets
        self.asset_policy = asset_policy

    def _monitor(self, context: Context) -> Monitor:
        monitor = super()._monitor(context)
        found = asset_dependencies(self.assets, self.asset_policy, context)
        checks = [
            replace(check, dependencies=(*check.dependencies, *found))
            if isinstance(check, DependencyChange)
            else check
            for check in monitor.checks
        ]
        return replace(monitor, checks=checks)
