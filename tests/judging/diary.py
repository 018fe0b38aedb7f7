"""A monitor's days as letters, and what becomes of its incidents."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Alert, Event, Happening, Incident
from airflow_mlmonitor.judging.incidents import Sighting, first_touched, living, tracked
from airflow_mlmonitor.judging.verdict import Status

FIRST = datetime(2013, 1, 1, tzinfo=UTC)
NOW = datetime(2014, 1, 1, tzinfo=UTC)
COLUMNS = {"t": "temp", "f": "fare", "h": "humid"}


def day(number: int) -> Window:
    start = FIRST + timedelta(days=number)
    return Window(start, start + timedelta(days=1))


def alert(letters: str, severity: float = 1.5) -> Alert | None:
    """A day's findings: one group a letter, the first-ranked one first; a point is a day without any."""
    if letters == ".":
        return None
    groups = {(COLUMNS[letter], "missing"): severity for letter in letters}
    return Alert(status=Status.WARN, title=f"{COLUMNS[letters[0]]} missing", groups=groups)


@dataclass
class Diary:
    """The incidents of one monitor, kept as a store keeps them; each told notice as (day, what, incident)."""

    days: dict[int, Alert | None] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)
    told: list[tuple[int, str, int]] = field(default_factory=list)
    passed: int = 0

    def run(self, number: int, letters: str, severity: float = 1.5) -> list[str]:
        """Save the run of a day; return what it meant, also what is no news."""
        self.days[number] = alert(letters, severity)
        meant = self._follow(day(number))
        self.told += [(number, what.value, one) for what, one, is_news in meant if is_news]
        return [what.value for what, _, _ in meant]

    def live(self, letters: str, severity: float = 1.5) -> Diary:
        """Save one run a day, a letter each, after the latest."""
        for letter in letters:
            self.run(max(self.days, default=-1) + 1, letter, severity)
        return self

    def decide(self, what: Happening, incident: int = 1, **more: object) -> None:
        """Record what a person decides, as a store does."""
        self.passed += 1
        made_at = NOW + timedelta(seconds=self.passed)
        event = Event(what=what, window=day(max(self.days)), made_at=made_at, who="ana", **more)  # type: ignore[arg-type]
        known = self.incidents[incident]
        self.incidents[incident] = replace(known, events=(*known.events, event))
        self._follow(known.opened)

    def _follow(self, window: Window) -> list[tuple[Happening, int, bool]]:
        self.passed += 1
        known = list(self.incidents.values())
        first = first_touched(known, window)
        found = tracked(
            living(known, first),
            [Sighting(day(one), self.days[one]) for one in sorted(self.days) if day(one) >= first],
            window,
            monitor="m",
            model="m",
            made_at=NOW + timedelta(seconds=self.passed),
        )
        meant = []
        for one in found:
            after = replace(one.after, id=one.after.id or len(self.incidents) + 1)
            self.incidents[after.id] = after
            if one.what:
                meant.append((one.what, after.id, one.is_news))
        return meant

    def span(self, incident: int = 1) -> str:
        """The days of an incident, a point where it was away, and a bar after it was resolved."""
        one = self.incidents[incident]
        days = [int((window.start - FIRST).days) for window in one.windows]
        drawn = "".join("x" if number in days else "." for number in range(min(days), max(days) + 1))
        return f"{min(days)}:{drawn}" + ("|" if one.resolved else "")

    def spans(self) -> list[str]:
        """All incidents that have runs, by their first day."""
        return sorted(self.span(number) for number, one in self.incidents.items() if one.windows)
