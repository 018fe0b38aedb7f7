"""Which incidents a watcher has seen, so that it tells of each one once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_mlmonitor.judging.incident import Incident


@dataclass(frozen=True)
class IncidentMemory:
    """Which incidents a watcher has seen.

    :param latest: the highest number of them: numbers only grow, also in a backfill of older days.
    :param mild: those that are open and were never as severe as asked for: they count when they become so.
    """

    latest: int = 0
    mild: frozenset[int] = frozenset()

    @classmethod
    def of(cls, incidents: Sequence[Incident], severity: float) -> IncidentMemory:
        """Remember what was there before anybody watched: nothing of it is new."""
        mild = frozenset(one.id for one in incidents if one.resolved is None and one.severity < severity)
        return cls(max((one.id for one in incidents), default=0), mild)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> IncidentMemory:
        """Read what :meth:`plain` wrote."""
        return cls(int(told["latest"]), frozenset(map(int, told["mild"])))

    def plain(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"latest": self.latest, "mild": sorted(self.mild)}

    def new(self, unresolved: Sequence[Incident], severity: float) -> tuple[list[Incident], IncidentMemory]:
        """Return which of the incidents that are not over have to be told of now, and what to remember then.

        One that was over and comes back keeps its number, so it is not new.

        :param unresolved: all incidents that are not over.
        :param severity: how severe one must be.
        """
        waiting = sorted(
            (one for one in unresolved if one.id > self.latest or one.id in self.mild),
            key=lambda one: one.id,
        )
        mild = frozenset(one.id for one in waiting if one.severity < severity)
        latest = max([self.latest, *(one.id for one in waiting)])
        return [one for one in waiting if one.id not in mild], IncidentMemory(latest, mild)
