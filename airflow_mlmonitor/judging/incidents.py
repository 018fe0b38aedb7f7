"""Which runs of a monitor are one problem, and whom to tell when.

An incident follows from the runs it is made of: their windows, what each found, and what people decided. Nothing else,
so a retry, a clear, a backfill in any order and two writers at once come to the same incidents: the runs from the first
one that may be touched are simply followed again.

* A run with findings opens an incident, or belongs to the one that is open: consecutive runs with findings are one,
  whatever they found, and so are many columns with one cause.
* Where somebody knows of the open one already, it must not hide another: a run whose first-ranked group is none of its
  groups opens a second one, and each run then belongs to those whose groups it has.
* Two runs in a row without findings (of its groups, where several are open) resolve it. If its problem is the
  first-ranked one again within two further runs it is reopened, and then takes twice as many runs to resolve: what
  flaps is told of less and less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.course import Course
from airflow_mlmonitor.judging.incident import (
    STANDING,
    Alert,
    Event,
    Group,
    Happening,
    Incident,
    is_snoozed,
)

BY_PEOPLE = STANDING | {Happening.NOTED, Happening.UNDONE}


@dataclass(frozen=True)
class Sighting:
    """What one run found, and None where that was nothing."""

    window: Window
    alert: Alert | None = None


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """An incident before and after a run was saved.

    Parameters
    ----------
    before
        As it was stored; None for a new one.
    after
        As it is now.
    what
        What the run meant for it; None if nothing.
    is_news
        Whether somebody should be told.
    """

    before: Incident | None
    after: Incident
    what: Happening | None = None
    is_news: bool = False


def first_touched(incidents: Sequence[Incident], window: Window) -> Window:
    """Return the first run that has to be followed again when the run of a window is saved.

    Before it no incident was open nor could have come back, so nothing earlier has a say in what follows.
    """
    while True:
        earlier = [one.opened for one in living(incidents, window) if one.opened < window]
        if not earlier:
            return window
        window = min(earlier)


def living(incidents: Sequence[Incident], window: Window) -> list[Incident]:
    """Return those that began at the run of a window or later, were open then or could still come back."""
    return [one for one in incidents if one.opened >= window or one.settled is None or one.settled >= window]


def tracked(
    known: Sequence[Incident],
    sightings: Sequence[Sighting],
    window: Window,
    *,
    monitor: str,
    model: str,
    made_at: datetime,
) -> list[Tracked]:
    """Follow the runs of a monitor from the first touched one, and say what becomes of its incidents.

    Parameters
    ----------
    known
        Its stored incidents that are living at the first sighting.
    sightings
        Its runs from there to the latest, oldest first.
    window
        The run that was saved.
    monitor, model, made_at
        What new incidents and events are to say.
    """
    courses = followed(known, sightings, made_at)
    found = [_outcome(course, sightings, window, monitor, model) for course in courses]
    kept = {course.known.id for course in courses if course.known}
    gone = [one for one in known if one.windows and one.id not in kept]
    return found + [_gone(one, courses, window, made_at) for one in gone]


def followed(known: Sequence[Incident], sightings: Sequence[Sighting], made_at: datetime) -> list[Course]:
    """Follow runs, oldest first, and return the courses that their incidents take."""
    members: dict[Window, list[Incident]] = defaultdict(list)
    for incident in sorted(known, key=lambda one: one.id):
        for window in incident.windows:
            members[window].append(incident)
    courses: list[Course] = []
    for sighting in sightings:
        _follow(courses, sighting, members[sighting.window], made_at)
    for course in courses:
        course.accept_before(None)
    return courses


def _follow(
    courses: list[Course], sighting: Sighting, incidents: Sequence[Incident], made_at: datetime
) -> None:
    """Follow one run; ``incidents`` are the stored ones that had it."""
    window, alert = sighting.window, sighting.alert
    for course in courses:
        course.accept_before(window)
    living = [course for course in courses if course.settled is None]
    met = {} if alert is None else _met(living, alert, window)
    for course, share in met.items():
        _recognise(course, share, incidents, courses)
        course.meet(window, share, made_at)
    for course in living:
        if course not in met:
            course.miss(window, made_at)
    courses += [course for course in met if course not in living]


def _met(living: Sequence[Course], alert: Alert, window: Window) -> dict[Course, Alert]:
    """Share what a run found among the incidents that it belongs to."""
    host = _host(living, alert, window)
    shares: dict[Course, dict[Group, float]] = defaultdict(dict)
    for group, severity in alert.groups.items():
        owner = next((one for one in living if one.is_open and group in one.groups), host)
        shares[owner][group] = severity
    return {course: replace(alert, groups=groups) for course, groups in shares.items()}


def _host(living: Sequence[Course], alert: Alert, window: Window) -> Course:
    """Find the incident to which the first-ranked group of a run, and any group not known yet, belongs."""
    openly = [course for course in living if course.is_open]
    its = [course for course in openly if alert.top in course.groups]
    if its:
        return its[0]
    unattended = [course for course in openly if not course.is_attended(window)]
    if unattended:
        return unattended[-1]
    returned = [course for course in living if not course.is_open and alert.top in course.groups]
    return returned[-1] if returned else Course()


def _recognise(
    course: Course, share: Alert, incidents: Sequence[Incident], courses: Sequence[Course]
) -> None:
    """Take a course for the stored incident that had this run, if no open course is that one already.

    Of one that falls apart, because old runs in its middle are clean now, the latest part goes on under its number.
    """
    if course.known:
        return
    holders = {one.known.id: one for one in courses if one.known}
    free = [one for one in incidents if one.id not in holders]
    alike = [one for one in free if share.groups.keys() & set(one.groups)]
    over = [one for one in incidents if one.id in holders and not holders[one.id].is_open]
    course.known = next(iter(alike or free or over), None)
    if course.known and course.known.id in holders:
        holders[course.known.id].known = None


def _outcome(
    course: Course, sightings: Sequence[Sighting], window: Window, monitor: str, model: str
) -> Tracked:
    before = course.known
    after = Incident(
        id=before.id if before else 0,
        monitor=monitor,
        model=model,
        title=course.title,
        status=course.status,
        severity=course.severity,
        groups=tuple(course.groups),
        windows=tuple(course.windows),
        opened=course.windows[0],
        resolved=course.resolved,
        settled=course.settled,
        events=_events(before, course.events),
    )
    is_last = window == sightings[-1].window
    what = _what(before, after, window, is_last)
    quiet = what is Happening.CONTINUED or _keeps_quiet(course, what, window)
    return Tracked(before=before, after=after, what=what, is_news=what is not None and not quiet)


def _what(before: Incident | None, after: Incident, window: Window, is_last: bool) -> Happening | None:
    """What the run of a window meant for an incident: what it changed, which is nothing when it is saved again."""
    if before is None:
        return Happening.OPENED if window in after.windows else None
    if (before.resolved is None) != (after.resolved is None):
        return Happening.RESOLVED if after.resolved else Happening.REOPENED
    if window not in after.windows:
        return None
    new = {event.what for event in after.events if event.window == window} - {
        event.what for event in before.events if event.window == window
    }
    told = [what for what in (Happening.ESCALATED, Happening.REMINDED) if what in new]
    return told[0] if told and is_last else Happening.CONTINUED


def _keeps_quiet(course: Course, what: Happening | None, window: Window) -> bool:
    """Whether a snooze keeps this from being told; an escalation that it lets pass is not in its course otherwise."""
    if what is Happening.ESCALATED:
        return False
    return is_snoozed(course.decided(window), course.events, window)


def _gone(incident: Incident, courses: Sequence[Course], window: Window, made_at: datetime) -> Tracked:
    """What becomes of an incident whose runs are another one's now, or found nothing when they ran again."""
    host = next((course for course in courses if set(course.windows) & set(incident.windows)), None)
    note = f"with incident {host.known.id}" if host and host.known else ""
    what = Happening.JOINED if host else Happening.RESOLVED
    event = Event(what=what, window=window, made_at=made_at, note=note)
    after = replace(
        incident,
        windows=(),
        resolved=incident.resolved or window,
        settled=incident.resolved or window,
        events=(*incident.events, event),
    )
    ends = incident.resolved is None and host is None
    quiet = is_snoozed(incident.decided, incident.events, window)
    return Tracked(before=incident, after=after, what=what if ends else None, is_news=ends and not quiet)


def _events(before: Incident | None, happened: Sequence[Event]) -> tuple[Event, ...]:
    """What happened by itself, each with the moment at which it was first recorded, and what people decided."""
    if before is None:
        return tuple(happened)
    recorded = {(event.what, event.window): event for event in before.events}
    own = [recorded.get((event.what, event.window), event) for event in happened]
    people = [event for event in before.events if event.what in BY_PEOPLE]
    return tuple(sorted([*own, *people], key=lambda event: event.made_at))
