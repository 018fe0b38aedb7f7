"""One problem over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict

Group = tuple[str, str]
"""Column (empty for the table) and family: metrics of one group tell of one problem."""

KEPT = 40
"""Groups of one run, or of one incident, that are kept: the gravest ones."""


class IncidentState(StrEnum):
    """How far an incident has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"


UNRESOLVED = frozenset({IncidentState.OPEN, IncidentState.ACKNOWLEDGED, IncidentState.SNOOZED})
"""Incidents that are not over."""


class Happening(StrEnum):
    """What happens to an incident; by itself, or because a person says so."""

    OPENED = "opened"
    CONTINUED = "continued"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    JOINED = "joined"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted in part"
    MARKED_BAD = "marked bad"
    NOTED = "noted"
    UNDONE = "undone"


ATTENDED = frozenset({Happening.ACKNOWLEDGED, Happening.ACCEPTED, Happening.MARKED_BAD})
"""What a person decides who knows of all of it."""

STANDING = ATTENDED | {Happening.SNOOZED, Happening.ACCEPTED_IN_PART}
"""What a person decides, until it is undone."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to an incident.

    Parameters
    ----------
    what
        What it was.
    window
        The monitor's latest run at that time, in data time; for what a person decides, it holds for later ones.
    made_at
        The moment at which it was recorded.
    who, note
        Who decided so and why; empty for what happened by itself.
    until
        A snooze is over when a run's window ends later than this moment; None for one without an end.
    unless_worse
        A snooze is over when the problem gets worse.
    groups
        What was accepted, where that is not all of it; sorted.
    """

    what: Happening
    window: Window
    made_at: datetime
    who: str = ""
    note: str = ""
    until: datetime | None = None
    unless_worse: bool = False
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What one run found, as far as incidents go.

    Parameters
    ----------
    status
        The gravest status.
    title
        The first finding in words.
    groups
        Severity of each group with a finding, the first-ranked one first.
    """

    status: Status
    title: str
    groups: Mapping[Group, float]

    @property
    def top(self) -> Group:
        """The group of the first-ranked finding."""
        return next(iter(self.groups))


def alert_of(findings: Sequence[Verdict], title: str) -> Alert | None:
    """Return what ranked findings come to; None where there are none.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> missing = Metric(name="null_share", value=0.3, column="temp", family="missing")
    >>> alert_of([Verdict(metric=missing, status=Status.WARN, severity=2.5)], "temp: missing in 30% of 90 rows").groups
    {('temp', 'missing'): 2.5}
    """
    groups: dict[Group, float] = {}
    for verdict in findings:
        group = verdict.metric.column or "", verdict.metric.family
        groups[group] = max(float(verdict.severity), groups.get(group, 0.0))
    if not groups:
        return None
    kept = dict(list(groups.items())[:KEPT])
    return Alert(status=findings[0].status, title=title, groups=kept)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One problem over time: opened, still failing, acknowledged or snoozed, resolved.

    Parameters
    ----------
    id
        Its number in the store; 0 where it has none yet.
    monitor, model
        Whose runs it is about.
    title
        The first finding of its first run, in words.
    status, severity
        The gravest and the highest of all its runs.
    groups
        Columns and families involved, in the order in which they came; without those that a person accepted, unless
        they came back.
    windows
        The runs that belong to it, oldest first. Empty where running them again found nothing any more.
    opened
        Its first run.
    resolved
        The run with which it was over; None while it is not.
    settled
        The run from which on it cannot come back; None while it can.
    events
        What happened to it, in the order in which it was recorded.
    """

    id: int = 0
    monitor: str
    model: str
    title: str
    status: Status
    severity: float
    groups: tuple[Group, ...]
    windows: tuple[Window, ...]
    opened: Window
    resolved: Window | None = None
    settled: Window | None = None
    events: tuple[Event, ...] = field(default=(), repr=False)

    @property
    def last(self) -> Window:
        """Its latest run."""
        return self.windows[-1] if self.windows else self.opened

    @property
    def runs(self) -> int:
        """How many runs belong to it."""
        return len(self.windows)

    @property
    def columns(self) -> list[str]:
        """The columns involved, in the order in which they came."""
        return list(dict.fromkeys(column for column, _ in self.groups if column))

    @property
    def accepted_groups(self) -> list[Group]:
        """What people accepted of it while it went on with the others, in the order in which they did."""
        of = (event.groups for event in self.decided if event.what is Happening.ACCEPTED_IN_PART)
        return list(dict.fromkeys(group for groups in of for group in groups))

    @property
    def decided(self) -> list[Event]:
        """What people decided and did not undo, oldest first."""
        standing: list[Event] = []
        for event in self.events:
            if event.what in STANDING:
                standing.append(event)
            elif event.what is Happening.UNDONE and standing:
                standing.pop()
        return standing

    def latest(self, *whats: Happening) -> Event | None:
        """The latest decision of some kinds that stands."""
        return next((event for event in reversed(self.decided) if event.what in whats), None)

    @property
    def state(self) -> IncidentState:
        """How far it has come."""
        if self.latest(Happening.ACCEPTED):
            return IncidentState.ACCEPTED
        if self.resolved:
            return IncidentState.RESOLVED
        if is_snoozed(self.decided, self.events, self.last):
            return IncidentState.SNOOZED
        attended = self.latest(Happening.ACKNOWLEDGED, Happening.MARKED_BAD)
        return IncidentState.ACKNOWLEDGED if attended else IncidentState.OPEN


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a run meant for an incident.

    Parameters
    ----------
    what
        Opened, continued, escalated, reminded, resolved or reopened.
    incident
        As it is now.
    is_news
        Whether to tell anybody: one problem is told of when it opens, when it doubles, once a week, and when it is
        over, and as people decided.
    """

    what: Happening
    incident: Incident
    is_news: bool


def is_snoozed(decided: Sequence[Event], happened: Collection[Event], window: Window) -> bool:
    """Whether the last snooze among decisions is not over by the run of a window."""
    snooze = next((event for event in reversed(decided) if event.what is Happening.SNOOZED), None)
    if snooze is None or (snooze.until and window.end > snooze.until):
        return False
    worse = (
        event.what is Happening.ESCALATED and snooze.window < event.window <= window for event in happened
    )
    return not (snooze.unless_worse and any(worse))
