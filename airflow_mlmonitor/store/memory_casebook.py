"""Incidents in memory."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.judging.incident import (
    Alert,
    Event,
    Group,
    Happening,
    Incident,
    IncidentState,
    Notice,
)
from airflow_mlmonitor.judging.incidents import Sighting, first_touched, living, tracked
from airflow_mlmonitor.store.casebook import Casebook
from airflow_mlmonitor.store.deciding import MARKS, narrowed, no_such_incident, refuse_decision, several
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.store import Annotation

Key = tuple[str, Window]


class MemoryCasebook(Casebook):
    """The incidents of runs that are kept in memory."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._models: dict[str, str] = {}
        self._alerts: dict[Key, Alert | None] = {}
        self._annotations: dict[Key, list[Annotation]] = {}
        self._accepted: dict[Key, set[Group]] = {}
        self._incidents: dict[int, Incident] = {}

    def incidents(
        self,
        *,
        model: str | None = None,
        monitor: str | Collection[str] | None = None,
        state: Collection[IncidentState] | None = None,
        since: datetime | None = None,
        last: int = 20,
    ) -> list[Incident]:
        """Return the incidents that opened last, latest first."""
        with self._lock:
            known = [self.incident(number) for number in self._incidents]
        names = several(monitor)
        found = [
            one
            for one in known
            if model in (None, one.model)
            and (names is None or one.monitor in names)
            and (since is None or one.resolved is None or one.resolved.start >= utc(since))
            and (state is None or one.state in state)
        ]
        return sorted(found, key=lambda one: (one.opened, one.id), reverse=True)[: max(last, 0)]

    def incident(self, number: int) -> Incident:
        """Return one incident."""
        with self._lock:
            if number not in self._incidents:
                raise no_such_incident(number)
            found = self._incidents[number]
            return replace(found, model=self._models[found.monitor])

    def decide(
        self,
        number: int,
        what: Happening,
        *,
        who: str,
        note: str = "",
        until: datetime | None = None,
        unless_worse: bool = False,
        groups: Collection[Group] = (),
    ) -> Incident:
        """Record what a person decides about an incident."""
        with self._lock:
            incident = self.incident(number)
            refuse_decision(incident, what)
            event = Event(
                what=what,
                window=max(window for monitor, window in self._alerts if monitor == incident.monitor),
                made_at=datetime.now(UTC),
                who=who,
                note=note,
                until=until,
                unless_worse=unless_worse,
                groups=tuple(sorted(set(groups))),
            )
            event = narrowed(incident, event)
            if event.what in MARKS:
                self._mark_runs(incident, MARKS[event.what], event)
            elif what is Happening.UNDONE:
                self._unmark_runs(incident, event)
            self._incidents[number] = replace(incident, events=(*incident.events, event))
            self._track(incident.monitor, incident.opened, event.made_at)
            return self.incident(number)

    def _track(self, monitor: str, window: Window, made_at: datetime) -> list[Notice]:
        """Bring a monitor's incidents up to date with one of its runs, and say what the run meant for them."""
        own = [one for one in self._incidents.values() if one.monitor == monitor]
        first = first_touched(own, window)
        windows = sorted(window for name, window in self._alerts if name == monitor and window >= first)
        followed = tracked(
            living(own, first),
            [Sighting(window, self._alerts[monitor, window]) for window in windows],
            window,
            monitor=monitor,
            model=self._models[monitor],
            made_at=made_at,
        )
        notices = []
        for one in followed:
            after = replace(one.after, id=one.after.id or len(self._incidents) + 1)
            self._incidents[after.id] = after
            if one.what:
                notices.append(Notice(what=one.what, incident=after, is_news=one.is_news))
        return notices

    def _accept_groups(self, key: Key) -> None:
        """Note that from one run on what it found is the new normal, if no earlier run of its incident says so."""
        alert = self._alerts[key]
        siblings = [
            (key[0], window)
            for one in self._incidents.values()
            if one.monitor == key[0] and key[1] in one.windows
            for window in one.windows
        ]
        known = {group for sibling in siblings for group in self._accepted.get(sibling, ())}
        self._accepted.setdefault(key, set()).update(set(alert.groups if alert else ()) - known)

    def _mark_runs(self, incident: Incident, state: State, event: Event) -> None:
        for window in incident.windows:
            self._set_state(
                (incident.monitor, window), state, who=event.who, note=event.note, made_at=event.made_at
            )
        if state is State.ACCEPTED:
            self._accepted.setdefault((incident.monitor, incident.windows[0]), set()).update(incident.groups)

    def _unmark_runs(self, incident: Incident, event: Event) -> None:
        """Give runs back the states that the decision which is undone took, unless these changed since."""
        undone = incident.decided[-1]
        for key, notes in list(self._annotations.items()):
            made = [note for note in notes if key[0] == incident.monitor and note.made_at == undone.made_at]
            for note in made:
                if note.after is self._state(key):
                    self._set_state(key, note.before, who=event.who, note=event.note, made_at=event.made_at)
                    if undone.what is Happening.ACCEPTED:
                        self._accepted.pop(key, None)

    @abstractmethod
    def _state(self, key: Key) -> State:
        """What a run is worth as history."""

    @abstractmethod
    def _set_state(self, key: Key, state: State, *, who: str, note: str, made_at: datetime) -> None:
        """Change what a run is worth as history, and note who said so."""
