"""Causes that change the digits of numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from airflow_mlmonitor.data.column import NumberColumn
from airflow_mlmonitor.data.sketch import Sketch
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.report.words import number, percent

PLACES = 6
"""Decimal places up to which a column's grid is looked for."""


class DecimalsLost(Cause):
    """Numbers with decimals became whole ones, or have fewer decimals than they had."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Compare the share of whole numbers, or of those on a coarser grid."""
        for name, new, old in circumstances.numbers():
            if (
                new.is_time
                or not new.sketch.exact
                or _elsewhere(new, old)
                or not _flagged(circumstances, name)
            ):
                continue
            for places in range(3):
                now, usual = _on_grid(new.sketch, places), _on_grid(old.sketch, places)
                if now - usual > 0.04 and now - usual > 6 * np.sqrt(usual * (1 - usual) / new.count + 1e-9):
                    yield self._told(name, new, old, places, now, usual)
                    break

    def _told(
        self, name: str, new: NumberColumn, old: NumberColumn, places: int, now: float, usual: float
    ) -> Diagnosis:
        what = "whole" if places == 0 else f"without more than {places} decimals"
        step = (new.mean or 0.0) - (old.mean or 0.0)
        cut = (
            "cut off"
            if places == 0 and (now - usual) * 0.25 < -step < (now - usual) * 0.75
            else "rounded away"
        )
        lost = (now - usual) / max(1 - usual, 1e-9)
        return Diagnosis(
            cause=self.name,
            likely=f"decimals of {name} were {cut}",
            evidence=(
                f"{percent(now)} of its values are {what}, usually {percent(usual)}",
                f"it has {len(new.sketch):,} distinct values",
            ),
            next=f"check the type of {name}, and what rounds it, in the step that writes it",
            confidence=0.9 if lost > 0.9 else 0.8,
            columns=(name,),
            rows=round((now - usual) * new.count),
            may_be_meant=True,
        )


class NoiseAdded(Cause):
    """Numbers lie off their usual grid, around where they were."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Ask for values off the grid while the median stays."""
        for name, new, old in circumstances.numbers():
            if (
                new.is_time
                or name in circumstances.predictions
                or not (new.sketch.exact and old.sketch.exact)
            ):
                continue
            places = next((p for p in range(PLACES) if _on_grid(old.sketch, p) > 0.999), None)
            if places is None:
                continue
            off = 1 - _on_grid(new.sketch, places)
            sd, middle = old.sd or 0.0, (new.quantile(0.5) or 0.0) - (old.quantile(0.5) or 0.0)
            if off * new.count < 3 or off < 0.005 or not sd:
                continue
            outliers = _beyond(new, old)
            if outliers > 0.5 * off or abs(middle) > 0.6 * sd:
                continue
            yield Diagnosis(
                cause=self.name,
                likely=f"noise was added to {name}, or it was recomputed",
                evidence=(
                    f"{percent(off)} of its values have more than {places} decimals; none had before"
                    if places
                    else f"{percent(off)} of its values are not whole; all were before",
                    f"its median is {number(new.quantile(0.5))}, usually {number(old.quantile(0.5))}",
                ),
                next=f"compare {name} with its source, row by row, for a handful of rows",
                confidence=0.74,
                columns=(name,),
                rows=round(off * new.count),
            )


def _flagged(circumstances: Circumstances, name: str) -> bool:
    """Whether a finding speaks of the column's digits: what they are by chance differs from day to day."""
    return any(
        verdict.metric.column == name
        and (verdict.metric.family == "digits" or "integer" in verdict.metric.name)
        for verdict in circumstances.findings
    )


def _elsewhere(new: NumberColumn, old: NumberColumn) -> bool:
    """Whether the values as a whole went somewhere else: then more than their digits changed."""
    return abs((new.quantile(0.5) or 0.0) - (old.quantile(0.5) or 0.0)) > 2.5 * (old.sd or 0.0) + 1


def _on_grid(sketch: Sketch, places: int) -> float:
    """The share of values with at most so many decimals."""
    scaled = sketch.x * 10**places
    on = np.abs(scaled - np.round(scaled)) <= 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)
    return float(sketch.w[on & sketch.atoms].sum() / max(sketch.total, 1.0))


def _beyond(new: NumberColumn, old: NumberColumn) -> float:
    x = new.sketch.x
    return float(new.sketch.w[(x < old.sketch.x[0]) | (x > old.sketch.x[-1])].sum() / new.count)
