"""The course of one incident, followed run by run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import (
    ATTENDED,
    KEPT,
    Alert,
    Event,
    Group,
    Happening,
    Incident,
    is_snoozed,
)
from airflow_mlmonitor.judging.verdict import Status

RESOLVES = 2
"""Runs in a row without it after which an incident is over; twice as many after each time that it came back."""

DOUBLINGS = 3
"""How often that number doubles at most."""

WORSE = 2.0
"""An incident escalates when it is this many times as severe as when somebody was last told."""

REMINDER = timedelta(days=7)
"""Data time after which an open incident is told of again."""


@dataclass(eq=False)
class Course:
    """The course of one incident, followed run by run.

    Parameters
    ----------
    known
        The incident as it was stored; None as long as no run of it belonged to one.
    """

    known: Incident | None = None
    title: str = ""
    status: Status = Status.OK
    severity: float = 0.0
    groups: dict[Group, float] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    told: Window | None = None
    told_severity: float = 0.0
    absent: int = 0
    relapses: int = 0
    resolved: Window | None = None
    settled: Window | None = None
    heeded: set[Event] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.resolved is None

    @property
    def patience(self) -> int:
        """Runs without it after which it is over, and as many later after which it cannot come back."""
        return RESOLVES << min(self.relapses, DOUBLINGS)

    def decided(self, window: Window) -> list[Event]:
        """What people had decided before the run of a window."""
        return [event for event in self.known.decided if event.window < window] if self.known else []

    def is_attended(self, window: Window) -> bool:
        """Whether somebody knew of it before the run of a window, so that it must not hide another problem."""
        decided = self.decided(window)
        known = any(event.what in ATTENDED for event in decided)
        return known or is_snoozed(decided, self.events, window)

    def meet(self, window: Window, alert: Alert, made_at: datetime) -> None:
        """A run of it; ``alert`` has what was found of it, and not what was found of others."""
        severity = max(alert.groups.values())
        snoozed = is_snoozed(self.decided(window), self.events, window)
        if not self.windows:
            self.title = alert.title
            self._happened(Happening.OPENED, window, made_at)
            self._tell(window, severity)
        elif not self.is_open:
            self.resolved, self.relapses = None, self.relapses + 1
            self._happened(Happening.REOPENED, window, made_at)
            self._tell(window, severity)
        elif severity >= WORSE * max(self.told_severity, 1.0) and self._tells_worse(window, snoozed):
            self._happened(Happening.ESCALATED, window, made_at)
            self._tell(window, severity)
        elif self._is_due(window, snoozed):
            self._happened(Happening.REMINDED, window, made_at)
            self._tell(window, max(severity, self.told_severity))
        self.absent = 0
        self.windows.append(window)
        self.status = max(self.status, alert.status, key=lambda status: status.rank)
        self.severity = max(self.severity, severity)
        for group, found in alert.groups.items():
            if group in self.groups or len(self.groups) < KEPT:
                self.groups[group] = max(found, self.groups.get(group, 0.0))

    def miss(self, window: Window, made_at: datetime) -> None:
        """A run that found nothing of it."""
        self.absent += 1
        if self.is_open and self.absent >= self.patience:
            self.resolved, self.absent = window, 0
            self._happened(Happening.RESOLVED, window, made_at)
        elif not self.is_open and self.absent >= self.patience:
            self.settled = window

    def accept_before(self, window: Window | None) -> None:
        """End it where a person accepted it before the run of a window; with any run for None.

        What was accepted alone is none of it any more, unless a later run finds it again.
        """
        for event in self.known.decided if self.known else ():
            if event in self.heeded or (window is not None and event.window >= window):
                continue
            self.heeded.add(event)
            for group in event.groups:
                self.groups.pop(group, None)
            if event.what is Happening.ACCEPTED or (event.groups and not self.groups):
                self.resolved, self.settled = self.resolved or event.window, self.settled or event.window

    def said(self, happening: Happening, window: Window) -> bool:
        """Whether this happened with the run of a window."""
        return any(event.what is happening and event.window == window for event in self.events)

    def _tells_worse(self, window: Window, snoozed: bool) -> bool:
        """A snooze that ends when it gets worse does not keep that from being told."""
        snoozes = [event for event in self.decided(window) if event.what is Happening.SNOOZED]
        return not snoozed or snoozes[-1].unless_worse

    def _is_due(self, window: Window, snoozed: bool) -> bool:
        decided = self.decided(window)
        if snoozed or any(event.what in ATTENDED for event in decided):
            return False
        snoozes = (event for event in decided if event.what is Happening.SNOOZED)
        ended = any(self.told and event.window >= self.told for event in snoozes)
        return ended or self.told is None or window.end - self.told.end >= REMINDER

    def _tell(self, window: Window, severity: float) -> None:
        self.told, self.told_severity = window, severity

    def _happened(self, what: Happening, window: Window, made_at: datetime) -> None:
        self.events.append(Event(what=what, window=window, made_at=made_at))
