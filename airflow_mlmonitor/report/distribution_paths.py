"""The values of a run beside those of its reference: bins as outlines, categories as pairs of bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_mlmonitor.pages.findings_document import DistributionDocument
from airflow_mlmonitor.report.axes import Tick
from airflow_mlmonitor.report.words import number

TICKS = 5


@dataclass(frozen=True)
class Outline:
    """Bins in a square of 100 by 100: SVG paths of the run's values and of the reference's, and the ticks below."""

    current: str
    reference: str
    ticks: list[Tick]


@dataclass(frozen=True)
class Pair:
    """One category: its share now and before, as widths in percent of the longest bar, and in words."""

    label: str
    current: float
    reference: float
    words: tuple[str, str]


def outline(distribution: DistributionDocument) -> Outline | None:
    """Draw bins; None where there are none to draw."""
    edges, current, reference = (
        distribution.get("edges", []),
        distribution["current"],
        distribution["reference"],
    )
    highest = max([*current, *reference], default=0.0)
    if len(edges) != len(current) + 1 or edges[0] >= edges[-1] or not highest:
        return None
    places = [100 * (edge - edges[0]) / (edges[-1] - edges[0]) for edge in edges]
    every = -(-len(current) // (TICKS - 1))  # so many bins from one tick to the next
    ticks = [
        Tick(round(place, 2), number(edge))
        for at, (place, edge) in enumerate(zip(places, edges, strict=True))
        if at % every == 0
    ]
    return Outline(_steps(places, current, highest), f"{_steps(places, reference, highest)}Z", ticks)


def pairs(distribution: DistributionDocument) -> list[Pair]:
    """Pair the bars of categories; those of private columns have no labels."""
    current, reference = distribution["current"], distribution["reference"]
    longest = max([*current, *reference], default=0.0) or 1.0
    labels = distribution.get("labels") or [""] * len(current)
    return [
        Pair(
            label,
            round(100 * now / longest, 2),
            round(100 * before / longest, 2),
            (_share(now), _share(before)),
        )
        for label, now, before in zip(labels, current, reference, strict=True)
    ]


def _share(value: float) -> str:
    return f"{100 * value:.1f}%"


def _steps(places: Sequence[float], values: Sequence[float], highest: float) -> str:
    steps = (
        f"H{left:.5g}V{100 - 100 * value / highest:.5g}" for left, value in zip(places, values, strict=False)
    )
    return f"M0 100{''.join(steps)}H100V100"
