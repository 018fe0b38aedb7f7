"""Causes that multiply or move numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.data.sketch import Sketch
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import LEAST, Circumstances
from airflow_mlmonitor.diagnosis.mixture import distribution, mixture, moved, noise
from airflow_mlmonitor.diagnosis.units import DEGREES, UNITS, meaning, times
from airflow_mlmonitor.report.words import number, percent

TENS = (10.0, 100.0)
"""Factors of a decimal point that slipped."""

LEAST_MOVED = 0.1
"""Distance from the baseline (root mean square of shares) below which a column moved by less than days differ."""

FAR_MOVED = 0.25
"""The same for factors that are near one: a month moves a column by as much."""

WIDE = 5.0
"""From this factor on, values that left the baseline's range tell by themselves how far they went."""


@dataclass(frozen=True)
class Rescaling:
    """A factor and an offset that explain a column: of how many rows, how surely, and what speaks for it."""

    factor: float
    offset: float
    share: float
    sure: float
    marks: tuple[str, ...]


def rescaling(new: NumberColumn, old: NumberColumn, usual_move: float = 0.0) -> Rescaling | None:
    """The factor, of those that people know, that best explains a column's values; None where none does."""
    found = [*_landed(new, old), *_beyond(new, old), *_whole(new, old, usual_move)]
    return max(found, key=lambda one: one.sure, default=None)


class UnitChange(Cause):
    """The numbers are those of always, times the factor between two units."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Try the factors between units that people use."""
        for name, new, old in circumstances.numbers():
            best = rescaling(new, old, circumstances.usual_move(name))
            if best and not _slipped(best, old):
                yield self._told(name, new, best)

    def _told(self, name: str, new: NumberColumn, best: Rescaling) -> Diagnosis:
        meant = meaning(best.factor, best.offset)
        return Diagnosis(
            cause=self.name,
            likely=f"the unit of {name} changed: {_formula(best)} {meant}",
            evidence=best.marks,
            next=f"check the unit of {name} in the step that writes it, and convert it back",
            confidence=best.sure,
            columns=(name,),
            rows=round(best.share * new.count),
            may_be_meant=True,
        )


class DecimalSlip(Cause):
    """Some numbers are ten or a hundred times too large or too small."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Try the powers of ten."""
        for name, new, old in circumstances.numbers():
            best = rescaling(new, old, circumstances.usual_move(name))
            if best and _slipped(best, old):
                few = best.share < 0.05
                size = f"{number(best.factor)} times too large"
                if best.factor < 1:
                    size = f"{number(1 / best.factor)} times too small"
                yield Diagnosis(
                    cause=self.name,
                    likely=f"{'a few values' if few else 'values'} of {name} are {size}: a decimal point slipped",
                    evidence=best.marks,
                    next=f"look at the rows whose {name} is {'largest' if best.factor > 1 else 'smallest'}, "
                    "and correct how they are written",
                    confidence=best.sure,
                    columns=(name,),
                    rows=round(best.share * new.count),
                )


class ConstantOffset(Cause):
    """All numbers moved by the same amount."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the quantiles: all of them must have moved alike."""
        for name, new, old in circumstances.numbers():
            if name in circumstances.predictions or new.is_time:
                continue
            steps = quantile_steps(new, old)
            spread = old.sd or 0.0
            step = float(np.median(steps))
            landed = _moved_by(new, old, step)
            even = abs(step) > 0.5 * spread and float(np.ptp(steps)) < 0.25 * abs(step)
            if not spread or not (even or landed):
                continue
            step = landed or step
            yield Diagnosis(
                cause=self.name,
                likely=f"{number(abs(step))} was {'added to' if step > 0 else 'taken from'} every {name}",
                evidence=(
                    f"nine quantiles of {name} moved by {number(float(steps.min()))} to {number(float(steps.max()))}",
                    f"its spread stayed: sd {number(new.sd)}, usually {number(spread)}",
                    *(["without it, its new values are known ones"] if landed else []),
                ),
                next=f"check what the step that writes {name} adds or subtracts",
                confidence=0.93 if landed else 0.72,
                columns=(name,),
                rows=new.count,
                may_be_meant=True,
            )


def quantile_steps(new: NumberColumn, old: NumberColumn) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """By how much nine quantiles of a column moved."""
    wanted = np.arange(1, 10) / 10
    return np.array([(new.quantile(q) or 0.0) - (old.quantile(q) or 0.0) for q in wanted])


def _moved_by(new: NumberColumn, old: NumberColumn, step: float) -> float | None:
    """The step, near one, that takes nearly all values to known ones; None where there is none."""
    if (
        not (old.sketch.exact and new.sketch.exact)
        or len(old.sketch) < 3
        or _density(old.sketch) > 0.3
        or not step
    ):
        return None
    ends = [(new.min or 0.0) - (old.min or 0.0), (new.max or 0.0) - (old.max or 0.0), step]
    for one in ends:
        x, w = new.sketch.x, new.sketch.w
        there, already = (float(w[_known(old.sketch, x - by, 1e-9)].sum()) / new.count for by in (one, 0.0))
        if one and there > 0.9 and already < 0.5:
            return one
    return None


def _candidates() -> Iterator[tuple[float, float]]:
    for factor in (*TENS, *UNITS):
        yield factor, 0.0
        yield 1 / factor, 0.0
    yield from DEGREES
    yield -1.0, 0.0


def _landed(new: NumberColumn, old: NumberColumn) -> Iterator[Rescaling]:
    """Values never seen that are known ones times a factor."""
    if not (old.sketch.exact and new.sketch.exact) or len(old.sketch) < 3:
        return
    unseen = ~_known(old.sketch, new.sketch.x)
    x, w = new.sketch.x[unseen], new.sketch.w[unseen]
    if w.sum() < 5 or x.size < 3:
        return
    for factor, offset in _candidates():
        back = (x - offset) / factor
        landed = float(w[_known(old.sketch, back, 1e-6)].sum() / w.sum())
        chance = _density(old.sketch)
        if landed >= 0.8 and chance < 0.5:
            share = "all" if landed == 1 else f"{percent(landed)} of"
            yield Rescaling(
                factor,
                offset,
                float(w.sum() * landed / new.count),
                0.94 + 0.05 * landed,
                (
                    f"{share} its {w.sum():,.0f} values never seen before are known ones {times(factor, offset)}",
                    *_medians(new, old),
                ),
            )


def _beyond(new: NumberColumn, old: NumberColumn) -> Iterator[Rescaling]:
    """Values beyond the known range that a large factor takes back into it."""
    low, high = old.sketch.x[0], old.sketch.x[-1]
    room = 0.05 * ((old.quantile(0.99) or 0.0) - (old.quantile(0.01) or 0.0))
    out = (new.sketch.x > high + room) | (new.sketch.x < low - room)
    x, w = new.sketch.x[out], new.sketch.w[out]
    if w.sum() < 3 or x.size < 2:
        return
    rest = Sketch(new.sketch.x[~out], new.sketch.w[~out], new.sketch.atoms[~out])
    usual = (
        rest if rest.total >= LEAST else old.sketch
    )  # the other rows of the same day tell more than a month does
    for factor in (*TENS, *(unit for unit in UNITS if unit >= WIDE)):
        back = Sketch(x / factor, w, np.ones(x.size, dtype=np.bool_))
        inside = float(w[(back.x >= low) & (back.x <= high)].sum() / w.sum())
        leaving = (usual.x * factor > high + room) | (usual.x * factor < low - room)
        if inside < 0.95 or not leaving.any():
            continue
        left = Sketch(usual.x[leaving], usual.w[leaving], usual.atoms[leaving])
        far = float(np.abs(distribution(back, left.x) - distribution(left, left.x)).max())
        if far < max(0.25, 1.6 / float(np.sqrt(w.sum()))):
            share = min(1.0, float(w.sum()) / new.count / (left.total / usual.total))
            mark = (
                f"{w.sum():,.0f} values lie outside {number(low)} to {number(high)}, where all were before; "
                f"divided by {number(factor)} they are as usual"
            )
            yield Rescaling(factor, 0.0, share, 0.92 - 0.3 * far, (mark,))


def _whole(new: NumberColumn, old: NumberColumn, usual_move: float) -> Iterator[Rescaling]:
    """A factor that explains all rows at once."""
    for factor, offset in _candidates():
        fit = mixture(new.sketch, old.sketch, moved(old.sketch, factor, offset))
        plain = bool(offset) or factor >= WIDE or factor <= 1 / WIDE
        least = max(LEAST_MOVED if plain else FAR_MOVED, 1.5 * usual_move)
        strong = fit.size > max(4 * noise(new.count, old.count), least)
        if strong and fit.share > 0.9 and fit.explained > 0.9:
            share = percent(fit.explained)
            mark = f"all quantiles of it {times(factor, offset)} explain {share} of its difference from usual"
            sure = (0.5 if plain else 0.35) + 0.45 * fit.explained
            yield Rescaling(factor, offset, 1.0, sure, (*_medians(new, old), mark))


def _known(
    sketch: Sketch, x: np.ndarray[tuple[int], np.dtype[np.float64]], near: float = 0.0
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether values are among those of a sketch, but for rounding."""
    place = np.clip(np.searchsorted(sketch.x, x), 1, len(sketch) - 1)
    gap = np.minimum(np.abs(sketch.x[place] - x), np.abs(sketch.x[place - 1] - x))
    return np.asarray(gap <= near * np.maximum(np.abs(x), 1e-9))


def _density(sketch: Sketch) -> float:
    """How many of the values that its grid would allow a column has: near 1, anything lands on a known one."""
    steps = np.diff(sketch.x)
    smallest = float(steps.min())
    return float(len(sketch) / (1 + (sketch.x[-1] - sketch.x[0]) / smallest))


def _slipped(best: Rescaling, old: NumberColumn) -> bool:
    """Whether it is a power of ten; a hundred for a share is a percentage, and that is a unit."""
    among = best.factor in TENS or 1 / best.factor in TENS
    percentage = best.factor == 100.0 and (old.max or 0.0) <= 1 and best.share > 0.9
    return among and not percentage and best.offset == 0.0


def _formula(best: Rescaling) -> str:
    part = "its values are" if best.share > 0.9 else f"{percent(best.share)} of its values are"
    return f"{part} {times(best.factor, best.offset)},"


def _medians(new: NumberColumn, old: NumberColumn) -> tuple[str, ...]:
    return (f"median {number(new.quantile(0.5))}, usually {number(old.quantile(0.5))}",)
