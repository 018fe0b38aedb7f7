"""Causes that change names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.filling import WORDS
from airflow_mlmonitor.diagnosis.wording import quoted
from airflow_mlmonitor.report.words import percent, plural

FEW = 3
"""Rows from which on a new value is looked at."""


NAMES = 300
"""Names of a column up to which it is looked at: among thousands of them some come and go every day."""

ASTRAY = 0.9
"""Rows of all other names that may have come or gone, as a part of those that one lost to the other."""

ALIKE = 0.6
"""Two names are taken to be one from this ratio of common letters on."""


@dataclass(frozen=True)
class Change:
    """A value whose share of the rows changed: from what, to what, and by how many rows."""

    value: str
    before: float
    now: float
    rows: float


def changes(new: CategoryColumn, old: CategoryColumn) -> list[Change]:
    """The values whose share changed by more than chance would have it, the largest loss first."""
    found = []
    for value in dict.fromkeys([*list(old.counts)[:300], *list(new.counts)[:300]]):
        before, now = old.counts.get(value, 0) / old.count, new.counts.get(value, 0) / new.count
        rows = (now - before) * new.count
        spread = math.sqrt(max(before * (1 - before), 1e-9) * new.count * (1 + new.count / old.count))
        if abs(rows) >= max(float(FEW), 4 * spread):
            found.append(Change(value, before, now, rows))
    return sorted(found, key=lambda change: change.rows)


class BlanksAdded(Cause):
    """Known names are written in another way: with blanks, in other letters, with other signs between them."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for new values that are known ones but for blanks, case and punctuation."""
        for name, new, old in circumstances.names():
            known = {plain(value): value for value in old.counts}
            fresh = {value: count for value, count in new.counts.items() if value not in old.counts}
            same = {value: known[plain(value)] for value in fresh if plain(value) in known}
            rows, unseen = sum(fresh[value] for value in same), sum(fresh.values())
            if new.private or rows < FEW or rows < 0.5 * unseen:
                continue
            first = max(same, key=lambda value: fresh[value])
            yield Diagnosis(
                cause=self.name,
                likely=f"values of {name} are written differently: {_how(first, same[first])}",
                evidence=(
                    (
                        f"{plural(rows, 'row')} hold new values that are known ones but for blanks, case or signs, "
                        f"such as {first!r} for {same[first]!r}"
                    ),
                    f"they are {percent(rows / max(unseen, 1))} of all new values",
                ),
                next=f"trim and normalise {name} where it is written, then rerun",
                confidence=0.96,
                columns=(name,),
                rows=rows,
            )


class CategoryRenamed(Cause):
    """One value is gone and a new one has its rows."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for a new value with as many rows as a known one lost."""
        for name, new, old in circumstances.names():
            if len(old.counts) > NAMES:
                continue
            fresh = [
                one
                for one in changes(new, old)[::-1]
                if one.before == 0.0 and one.value.strip().lower() not in WORDS
            ]
            for gain in fresh[:3]:
                loss = _partner(gain, new, old)
                if loss is None or plain(loss.value) == plain(gain.value):
                    continue
                alike = 0.0 if new.private else SequenceMatcher(None, gain.value, loss.value).ratio()
                was, now = quoted(old, loss.value), quoted(new, gain.value)
                yield Diagnosis(
                    cause=self.name,
                    likely=f"{was} of {name} is now called {now}"
                    if not new.private
                    else f"a value of {name} has another name",
                    evidence=(
                        f"{now} appeared in {percent(gain.now)} of the rows",
                        f"{was} fell from {percent(loss.before)} to {percent(loss.now)}",
                        *([f"the two names are {percent(alike)} alike"] if alike >= ALIKE else []),
                    ),
                    next=f"if it is meant, map {now} to {was} before scoring",
                    confidence=0.86 + 0.08 * alike,
                    columns=(name,),
                    rows=round(gain.rows),
                    may_be_meant=True,
                )
                break


class CategoriesMerged(Cause):
    """One value is gone and another known one has its rows."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for a known value that gained as many rows as another lost."""
        for name, new, old in circumstances.names():
            moved = changes(new, old) if len(old.counts) <= NAMES else []
            losses = [one for one in moved if one.rows < 0]
            gains = [one for one in moved[::-1] if one.rows > 0 and one.before > 0]
            found = [(loss, gain) for loss in losses[:5] for gain in gains[:5] if _as_many(loss, gain, new)]
            loss, gain = found[0] if found else (None, None)
            if (
                loss is None
                or gain is None
                or _astray(new, old, (loss.value, gain.value)) > ASTRAY * gain.rows
            ):
                continue
            was, into = quoted(old, loss.value), quoted(new, gain.value)
            gone = loss.now == 0
            yield Diagnosis(
                cause=self.name,
                likely=f"{was} of {name} is counted as {into}"
                if not new.private
                else f"two values of {name} became one",
                evidence=(
                    f"{was} fell from {percent(loss.before)} to {percent(loss.now)} of the rows",
                    f"{into} rose by as much, from {percent(gain.before)} to {percent(gain.now)}",
                ),
                next=f"check the mapping of {name} in the step that writes it",
                confidence=0.85 if gone else 0.7,
                columns=(name,),
                rows=round(gain.rows),
                may_be_meant=True,
            )


def plain(value: str) -> str:
    """A value without blanks, case and signs.

    >>> plain(" New-York "), plain("UA"), plain("  ")
    ('newyork', 'ua', '')
    """
    return re.sub(r"[\W_]+", "", value).casefold()


def _how(value: str, known: str) -> str:
    if value.strip() == known:
        return f"with blanks around them, such as {value!r}"
    if value.casefold() == known.casefold():
        return f"in other letters, such as {value!r} for {known!r}"
    return f"with other signs, such as {value!r} for {known!r}"


def _partner(gain: Change, new: CategoryColumn, old: CategoryColumn) -> Change | None:
    """The known value that lost as many rows as another gained."""
    room = 4 * math.sqrt(gain.rows) + 0.2 * gain.rows
    fits = []
    for value in list(old.counts)[:300]:
        before, now = old.counts[value] / old.count, new.counts.get(value, 0) / new.count
        lost = (before - now) * new.count
        if abs(lost - gain.rows) <= room and now < 0.7 * before:
            alike = 0.0 if new.private else SequenceMatcher(None, gain.value, value).ratio()
            if lost < max(FEW, 3 * math.sqrt(before * new.count)) and alike < ALIKE:
                continue
            fits.append(
                (now / before, abs(lost - gain.rows) / room - alike, Change(value, before, now, -lost))
            )
    return min(fits, key=lambda fit: fit[0] + fit[1], default=(0, 0, None))[2]


def _astray(new: CategoryColumn, old: CategoryColumn, two: tuple[str, str]) -> float:
    """Rows by which all other names differ from their usual share."""
    others = (set(new.counts) | set(old.counts)) - set(two)
    return sum(
        abs(new.counts.get(name, 0) - old.counts.get(name, 0) / old.count * new.count) for name in others
    )


def _as_many(loss: Change, gain: Change, new: CategoryColumn) -> bool:
    room = 3 * math.sqrt(new.count * (gain.before + loss.before)) + 0.15 * gain.rows
    return abs(loss.rows + gain.rows) <= room and gain.rows >= 0.5 * -loss.rows
