"""What every metrics store promises of incidents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.incident import Group, Happening, Incident, IncidentState


class Casebook(ABC):
    """The incidents of all monitors, and what people decide about them.

    **From runs.** Incidents follow from the runs that are stored: every save brings those of its monitor up to date,
    in its own transaction. Saving a run again, or runs in any order, comes to the same incidents.

    **In data time.** What a person decides holds for runs later than the monitor's latest one at that moment.
    """

    @abstractmethod
    def incidents(
        self,
        *,
        model: str | None = None,
        monitor: str | Collection[str] | None = None,
        state: Collection[IncidentState] | None = None,
        since: datetime | None = None,
        last: int = 20,
    ) -> list[Incident]:
        """Return the incidents that opened last, latest first.

        Parameters
        ----------
        model, monitor
            Of one model; of one monitor, or of several.
        state
            Those in some states only.
        since
            Those that were not over before a moment of data time.
        last
            At most so many.
        """

    @abstractmethod
    def incident(self, number: int) -> Incident:
        """Return one incident.

        Raises
        ------
        StoreError
            There is no such incident.
        """

    @abstractmethod
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
        """Record what a person decides about an incident; the methods below are its names.

        Raises
        ------
        StoreError
            There is no such incident, or it has come too far for that. The message says so.
        """

    def acknowledge(self, number: int, *, who: str, note: str = "") -> Incident:
        """Say that somebody works on it: no reminders any more. That it got worse, or is over, is still told."""
        return self.decide(number, Happening.ACKNOWLEDGED, who=who, note=note)

    def snooze(
        self,
        number: int,
        *,
        until: datetime | None = None,
        unless_worse: bool = False,
        who: str,
        note: str = "",
    ) -> Incident:
        """Tell nothing of it: of runs whose windows end by a moment, or until it gets worse, or whichever is first.

        Raises
        ------
        ConfigurationError
            Neither is given.
        """
        if until is None and not unless_worse:
            raise ConfigurationError("A snooze needs an end: a moment, or that the problem gets worse.")
        return self.decide(
            number, Happening.SNOOZED, who=who, note=note, until=until, unless_worse=unless_worse
        )

    def accept(
        self, number: int, *, who: str, note: str = "", groups: Collection[Group] | None = None
    ) -> Incident:
        """Take what its runs showed as the new normal, and be done with it.

        Its runs get the state accepted, so that later ones learn from them, and of its groups nothing is expected any
        more that runs before its first one showed (:attr:`History.accepted`).

        With some of its ``groups`` that holds of these, and the incident goes on with the others; its runs stay what
        they are (:attr:`History.accepted_in_part`). With all that are left it is accepted as a whole.

        Raises
        ------
        StoreError
            It has no such group, it was accepted already, or none is given.
        """
        what = Happening.ACCEPTED if groups is None else Happening.ACCEPTED_IN_PART
        return self.decide(number, what, who=who, note=note, groups=groups or ())

    def mark_bad(self, number: int, *, who: str, note: str = "") -> Incident:
        """Say that its runs saw bad data: they get the state bad and never train; no reminders any more."""
        return self.decide(number, Happening.MARKED_BAD, who=who, note=note)

    def note(self, number: int, note: str, *, who: str) -> Incident:
        """Leave a note."""
        return self.decide(number, Happening.NOTED, who=who, note=note)

    def undo(self, number: int, *, who: str, note: str = "") -> Incident:
        """Take back the last decision that stands; runs get back the state they had, unless that changed since."""
        return self.decide(number, Happening.UNDONE, who=who, note=note)
