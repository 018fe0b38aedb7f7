"""Causes that put one value in the place of many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.data.sketch import Sketch
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.mixture import Floats, mixture, share_at
from airflow_mlmonitor.diagnosis.wording import digits, quoted
from airflow_mlmonitor.report.words import percent

PLACEHOLDERS = frozenset(
    {-1.0, 0.0, 99.0, -9.0, -99.0, 999.0, -999.0, 9999.0, -9999.0, 99999.0, -99999.0, 999999.0}
)
"""Numbers that programs write where they have none."""

WORDS = frozenset(
    {"", "unknown", "none", "null", "na", "n/a", "nan", "missing", "other", "default", "-", "?", "-1", "0"}
)
"""Names that programs write where they have none, in lower case."""


EXPLAINED = 0.8
"""Part of a column's change that one value must explain."""


SPARED = 0.5
"""Rows by which the other names may differ from their usual mix, as a part of those that one of them gained."""


class DefaultFill(Cause):
    """A placeholder stands where values should be."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Look for a placeholder, or a value out of range, that is in far more rows than usual."""
        for name, new, old in circumstances.numbers():
            found = next((gain for gain in _gained(new, old) if _is_fill(*gain, new, old)), None)
            if found and (found[2] < 0.005 or _flagged(circumstances, name)):
                value, now, usual = found
                sure = 1.0 if _is_far(value, old, 0.0) else _explained(new, old, value)
                if sure > EXPLAINED:
                    yield self._told(name, digits(value), now, usual, new.count, sure)
        for name, fresh, known in circumstances.names():
            for text, count in list(fresh.counts.items())[:50]:
                usual = known.counts.get(text, 0) / known.count
                if (
                    text.strip().lower() in WORDS
                    and _more(count, fresh.count, usual, known.count)
                    and not fresh.private
                ):
                    yield self._told(name, quoted(fresh, text), count / fresh.count, usual, fresh.count, 1.0)

    def _told(self, name: str, value: str, now: float, usual: float, rows: int, sure: float) -> Diagnosis:
        return Diagnosis(
            cause=self.name,
            likely=f"{value} was filled in where {name} had no value",
            evidence=(
                f"{value} is in {percent(now)} of the rows, usually in {percent(usual)}",
                *(["the other rows are as usual"] if sure > 0.8 and now < 0.99 else []),
            ),
            next=f"find out why {name} was empty, and leave it missing instead of writing {value}",
            confidence=0.6 + 0.35 * sure,
            columns=(name,),
            rows=round((now - usual) * rows),
        )


class StuckValue(Cause):
    """One ordinary value repeats where many different ones should be."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Look for a known value that took rows from all others."""
        for name, new, old in circumstances.numbers():
            if name not in circumstances.predictions:
                yield from stuck(self.name, circumstances, name, new, old)
        for name, fresh, known in circumstances.names():
            yield from self._named(circumstances, name, fresh, known)

    def _named(
        self, circumstances: Circumstances, name: str, new: CategoryColumn, old: CategoryColumn
    ) -> Iterator[Diagnosis]:
        value, count = next(iter(new.counts.items()))
        usual = old.counts.get(value, 0) / old.count
        now = count / new.count
        if (
            not usual
            or len(old.counts) < 3
            or not _more(count, new.count, usual, old.count)
            or now < usual + 0.05
        ):
            return
        shrunk = (1 - now) / (1 - usual)
        rest = {other: known / old.count * shrunk for other, known in old.counts.items() if other != value}
        astray = sum(abs(new.counts.get(other, 0) / new.count - share) for other, share in rest.items())
        if shrunk < 0.9 and astray < SPARED * (now - usual):
            previous = circumstances.previous.columns.get(name) if circumstances.previous else None
            last = (
                previous.counts.get(value, 0) / max(previous.count, 1)
                if isinstance(previous, CategoryColumn)
                else usual
            )
            if now > 1.5 * last:
                yield _told(self.name, name, quoted(new, value), now, usual, new.count, 0.85)


def stuck(
    cause: str, circumstances: Circumstances, name: str, new: NumberColumn, old: NumberColumn
) -> Iterator[Diagnosis]:
    """Say where an ordinary number repeats in rows that should have many different ones."""
    place = int(np.argmax(np.where(new.sketch.atoms, new.sketch.w, 0.0)))
    value, now = float(new.sketch.x[place]), float(new.sketch.w[place] / new.count)
    usual = share_at(old.sketch, value)
    before = _usual_top(circumstances, name, old)
    whole = len(new.sketch) == 1
    if before is None or now < max(1.5 * before, before + 0.03) or (value in PLACEHOLDERS and not whole):
        return
    inside = old.sketch.x[0] <= value <= old.sketch.x[-1]
    if inside and len(old.sketch) > 3 and (whole or now > usual + 0.03):
        sure = 1.0 if whole else _explained(new, old, value)
        if sure > EXPLAINED:
            yield _told(cause, name, digits(value), now, usual, new.count, 0.6 + 0.35 * sure, before)


def _told(
    cause: str,
    name: str,
    value: str,
    now: float,
    usual: float,
    rows: int,
    sure: float,
    top: float | None = None,
) -> Diagnosis:
    more = [f"in an ordinary run the commonest value has {percent(top)} of them"] if top is not None else []
    return Diagnosis(
        cause=cause,
        likely=f"{name} is stuck at {value}",
        evidence=(f"{value} is in {percent(now)} of the rows, usually in {percent(usual)}", *more),
        next=f"check whether what writes {name} still gets fresh values",
        confidence=sure,
        columns=(name,),
        rows=round((now - usual) * rows),
    )


def _flagged(circumstances: Circumstances, name: str) -> bool:
    """Whether a finding speaks of a value that is too common: a usual value may be so by chance."""
    return any(
        verdict.metric.column == name
        and verdict.metric.name.rpartition(".")[2] in ("zero_share", "top_share")
        for verdict in circumstances.findings
    )


def _is_fill(value: float, now: float, usual: float, new: NumberColumn, old: NumberColumn) -> bool:
    """Whether a value that gained rows is a placeholder, or the one value that lies where none was before."""
    room = 0.0 if value in PLACEHOLDERS else 1.0
    if _is_far(value, old, room):
        others = float(new.sketch.w[_far(new.sketch.x, old, 0.0)].sum())
        return now * new.count >= 0.8 * others and now > (0.002 if value in PLACEHOLDERS else 0.02)
    return value in PLACEHOLDERS and usual < 0.5 and now - usual > (0.15 if usual > 0.02 else 0.0)


def _is_far(value: float, old: NumberColumn, room: float) -> bool:
    return bool(_far(np.array([value]), old, room)[0])


def _far(x: Floats, old: NumberColumn, room: float) -> NDArray[np.bool_]:
    """Which values lie outside the known range, by more than a part of its width."""
    width = room * ((old.quantile(0.99) or 0.0) - (old.quantile(0.01) or 0.0))
    return np.asarray((x < old.sketch.x[0] - width) | (x > old.sketch.x[-1] + width))


def _usual_top(circumstances: Circumstances, name: str, old: NumberColumn) -> float | None:
    """The share that the commonest value of one run usually has: of a day's rows, not of a month's."""
    verdict = circumstances.metric("top_share", name)
    if verdict and verdict.upper is not None:
        return verdict.upper
    previous = circumstances.previous.columns.get(name) if circumstances.previous else None
    return _top(previous) if isinstance(previous, NumberColumn) and previous.count else _top(old)


def _gained(new: NumberColumn, old: NumberColumn) -> Iterator[tuple[float, float, float]]:
    """Values in more rows than chance would have it, the largest gain first: value, share now, share before."""
    shares = np.where(new.sketch.atoms, new.sketch.w, 0.0) / new.count
    places = np.argsort(-shares)[:20]
    found = [(float(new.sketch.x[place]), float(shares[place])) for place in places if shares[place] > 0]
    gains = [(value, now, share_at(old.sketch, value)) for value, now in found]
    gains.sort(key=lambda gain: gain[2] - gain[1])
    for value, now, usual in gains:
        if _more(round(now * new.count), new.count, usual, old.count):
            yield value, now, usual


def _more(count: int, rows: int, usual: float, before: int) -> bool:
    expected = usual * rows
    return count - expected >= max(3.0, 6 * math.sqrt(expected * (1 - usual) * (1 + rows / max(before, 1))))


def _top(column: NumberColumn) -> float:
    return float(np.where(column.sketch.atoms, column.sketch.w, 0.0).max(initial=0.0) / max(column.count, 1))


def _explained(new: NumberColumn, old: NumberColumn, value: float) -> float:
    return mixture(new.sketch, old.sketch, Sketch.of(np.array([value]))).explained
