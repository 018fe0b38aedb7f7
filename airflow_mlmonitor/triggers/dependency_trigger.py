"""The trigger that looks at dependencies until one of them is not what it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, MLMonitorError
from airflow_mlmonitor.hooks import AirflowConnections

if TYPE_CHECKING:
    from airflow_mlmonitor.data.dependencies import Dependency


class DependencyTrigger(BaseTrigger):
    """Looks at dependencies in a thread of its own, never in the event loop, until one of them is not what it was.

    A dependency that cannot be looked at is tried again the next time.

    :param dependencies: as plain values.
    :param before: title to what was remembered of it, as text.
    :param poke_interval: seconds between two looks.
    """

    def __init__(self, dependencies: Sequence[Any], before: Mapping[str, str], poke_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.dependencies = dependencies
        self.before = before
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another process needs to make the same trigger."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        told = {"dependencies": list(self.dependencies), "before": dict(self.before)}
        return path, {**told, "poke_interval": self.poke_interval}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until something changed; what no further look can mend ends it too."""
        while True:
            try:
                changed = await asyncio.to_thread(self._look)
            except ConfigurationError as mistake:
                yield TriggerEvent({"error": str(mistake)})
                return
            if changed:
                yield TriggerEvent({"changed": changed})
                return
            await asyncio.sleep(self.poke_interval)

    def _look(self) -> dict[str, list[str]]:
        from airflow_mlmonitor.data.dependencies.plain_recipe import from_plain

        return changes(from_plain(self.dependencies), self.before, self.log.warning)


def remembered(dependencies: Sequence[Dependency]) -> dict[str, str]:
    """Return what dependencies are now, as text by title.

    :raises MLMonitorError: one cannot be looked at.
    """
    from airflow_mlmonitor.data.dependencies.remembered import Remembered

    window = _today()
    looks = ((one.title, one.fingerprint(AirflowConnections(), window)) for one in dependencies)
    return {title: Remembered.of(now, window.label, None).text for title, now in looks}


def changes(dependencies: Sequence[Dependency], before: Mapping[str, str], warn: Any) -> dict[str, list[str]]:
    """Return what of each dependency is not what was remembered, in words, by title; empty if nothing is.

    :raises ConfigurationError: a dependency cannot be looked at, however often one tries.
    """
    from airflow_mlmonitor.data.dependencies.remembered import Remembered

    changed: dict[str, list[str]] = {}
    for one in dependencies:
        try:
            now = one.fingerprint(AirflowConnections(), _today())
        except ConfigurationError:
            raise
        except MLMonitorError as error:
            warn("%s cannot be looked at: %s", one.title, error)
            continue
        known = Remembered.read(before.get(one.title))
        if known and (found := known.differences(now)):
            changed[one.title] = [difference.words for difference in found]
    return changed


def _today() -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(days=1), now)
