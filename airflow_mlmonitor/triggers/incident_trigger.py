"""The trigger that fires when a new incident opens, for DAGs that are scheduled by it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.hooks import MetricsStoreHook
from airflow_mlmonitor.triggers.incident_memory import IncidentMemory

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.incident import Incident

LOOKED_AT = 1_000
"""Incidents that one look reads at most."""

LONGEST_PAUSE = 600.0
"""Seconds between two looks at most while the metrics store is away, unless the usual interval is longer."""


class IncidentTrigger(BaseEventTrigger):
    """Fires once for every new incident, and never again while that one stays open.

    It is for an ``AssetWatcher``: a DAG that has the asset as its schedule runs once for each new incident. The event
    carries ``incident``, ``model``, ``monitor``, ``title``, ``status``, ``severity``, ``columns`` and ``opened``, the
    window in which it opened, as ``payload`` of the asset event's extra.

    What is open when the watcher starts for the first time is not new. From Airflow 3.3 on the watcher remembers, with
    its asset, what it has seen: incidents that open while the triggerer is down are told when it comes back. While the
    metrics store is away it looks less and less often, at most every ten minutes, and says so once.

    :param model: only incidents of this model.
    :param monitor: only incidents of this monitor.
    :param min_severity: how far out the worst finding must be: 1 is on the line, 2 is twice as far. An incident that
        becomes so severe later counts then.
    :param poke_interval: seconds between two looks at the metrics store.
    :param metrics_conn_id: connection of the metrics store; see
        :class:`~airflow_mlmonitor.hooks.MetricsStoreHook`.

    ::

        incident = Asset(
            "flight_delay_incident",
            watchers=[AssetWatcher(name="incidents", trigger=IncidentTrigger(model="flight_delay"))],
        )
        with DAG("retrain", schedule=[incident]): ...
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        monitor: str | None = None,
        min_severity: float = 0.0,
        poke_interval: float = 60.0,
        metrics_conn_id: str | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.model = model
        self.monitor = monitor
        self.min_severity = min_severity
        self.poke_interval = poke_interval
        self.metrics_conn_id = metrics_conn_id
        self._hook: MetricsStoreHook | None = None
        self._away = 0
        self._keeps = True

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another process needs to make the same trigger."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {
            "model": self.model,
            "monitor": self.monitor,
            "min_severity": self.min_severity,
            "poke_interval": self.poke_interval,
            "metrics_conn_id": self.metrics_conn_id,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the metrics store, in a thread and never in the event loop, until the watcher is taken away."""
        memory = await self._remembered()
        while True:
            try:
                found = await asyncio.to_thread(self._look, everything=memory is None)
            except MLMonitorError as error:
                self._say_away(error)
                await asyncio.sleep(self._pause)
                continue
            self._say_back()
            if memory is None:
                memory = IncidentMemory.of(found, self.min_severity)
                await self._remember(memory)
            new, seen = memory.new(found, self.min_severity)
            for incident in new:
                yield TriggerEvent(_plain(incident))
            if seen != memory:
                memory = seen
                await self._remember(memory)
            await asyncio.sleep(self.poke_interval)

    def _look(self, *, everything: bool) -> list[Incident]:
        from airflow_mlmonitor.judging.incident import UNRESOLVED

        wanted = None if everything else UNRESOLVED
        self._hook = self._hook or MetricsStoreHook(self.metrics_conn_id)
        with self._hook.opened() as store:
            return store.incidents(model=self.model, monitor=self.monitor, state=wanted, last=LOOKED_AT)

    @property
    def _pause(self) -> float:
        longest = max(LONGEST_PAUSE, self.poke_interval)
        return float(min(self.poke_interval * 2 ** min(self._away, 20), longest))

    def _say_away(self, error: MLMonitorError) -> None:
        if not self._away:
            self.log.warning("Incidents cannot be looked at; looking again, less and less often: %s", error)
        self._away += 1
        self._hook = None  # the connection may have been changed since

    def _say_back(self) -> None:
        if self._away:
            self.log.info("Incidents can be looked at again, after %s vain looks.", self._away)
        self._away = 0

    async def _remembered(self) -> IncidentMemory | None:
        """What an earlier watcher of the same asset and settings saw; Airflow 3.2 keeps nothing of it."""
        kept = getattr(self, "asset_state_store", None)
        if kept is None:
            return None
        try:
            told = await kept.aget(self._key)
        except ValueError:  # several assets share this very trigger, and none of them is its own
            self.log.warning("Several assets watch %s; what was seen is forgotten with the triggerer.", self)
            self._keeps = False
            return None
        return IncidentMemory.read(told) if told else None

    async def _remember(self, memory: IncidentMemory) -> None:
        kept = getattr(self, "asset_state_store", None)
        if kept is not None and self._keeps:
            await kept.aset(self._key, memory.plain())

    @property
    def _key(self) -> str:
        """Under which the memory is kept: an asset may have several watchers."""
        settings = repr((self.model, self.monitor, self.min_severity, self.metrics_conn_id))
        return f"mlmonitor_incidents_{hashlib.sha256(settings.encode()).hexdigest()[:12]}"


def _plain(incident: Incident) -> dict[str, Any]:
    return {
        "incident": incident.id,
        "model": incident.model,
        "monitor": incident.monitor,
        "title": incident.title,
        "status": incident.status.value,
        "severity": incident.severity,
        "columns": incident.columns,
        "opened": [incident.opened.start.isoformat(), incident.opened.end.isoformat()],
    }
