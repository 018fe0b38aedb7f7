"""What the age of a model costs, by what earlier versions lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from airflow_mlmonitor.checks.ages import DAY, between, measured, spoken
from airflow_mlmonitor.checks.inspection import Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.model_versions import Versions
from airflow_mlmonitor.checks.observation import Observed, Series
from airflow_mlmonitor.data.model_records import ModelDates
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.stats.aging import Aging, Array, aging

FARTHEST = 3650.0
"""Days ahead of which nothing is said: the loss is then too small to retrain for."""


def aged(
    scene: Scene, series: Series, dates: ModelDates, versions: Versions, tolerated: float | None
) -> Iterator[Metric]:
    """Say how much a day of age costs, and by when to train the model anew; nothing without evidence.

    Raises
    ------
    ConfigurationError
        No direction of the series is bad.
    """
    observed = scene.past(series)
    if observed.worse == "both" and any(one.value is not None for one in observed.observations):
        raise ConfigurationError(f"{series.label} is neither better high nor low; name another series.")
    found = aging(list(_generations(observed, versions).values()))
    cost = _cost(found, observed)
    if found is None or cost is None:
        return
    loss, least, most = cost
    said = (
        f"{series.metric} {'rises' if observed.worse == 'up' else 'falls'} by {loss:.2g} a day of age "
        f"({least:.2g}–{most:.2g}, {found.generations} versions, {found.points} runs)"
    )
    yield measured("loss_per_day", loss, scale="location", worse="up", why=said, n=found.points)
    trained = dates.trained or versions.trained.get(dates.version)
    if tolerated is not None and trained is not None:
        yield _deadline(said, trained, (tolerated / loss, tolerated / most, tolerated / least), scene, found)


def _cost(found: Aging | None, observed: Observed) -> tuple[float, float, float] | None:
    """What a day of age costs, at least and at most; None where it costs nothing."""
    if found is None:
        return None
    ends = (found.slope, found.lower, found.upper)
    loss, one, other = ends if observed.worse == "up" else (-end for end in ends)
    return (loss, min(one, other), max(one, other)) if loss > 0 else None


def _deadline(
    said: str, trained: datetime, days: tuple[float, float, float], scene: Scene, found: Aging
) -> Metric:
    """How many days are left until what was lost with age is more than is tolerated."""
    best, soonest, latest = (trained + timedelta(days=min(one, FARTHEST)) for one in days)
    end = scene.window.end
    far = days[0] > found.span
    beyond = f", which is older than any version was followed ({found.span:.0f} days)" if far else ""
    why = f"{said}, retrain by {spoken(best, end)} ({between(soonest, latest, end)}){beyond}"
    left = (best - end) / DAY
    return measured("days_to_retrain", left, scale="location", worse="down", why=why, n=found.points)


def _generations(observed: Observed, versions: Versions) -> Mapping[str, tuple[Array, Array]]:
    """Ages and values of each version, in the order in which they first served."""
    trained = dict(versions.trained)
    points: dict[str, list[tuple[float, float]]] = {}
    for one in observed.observations:
        if one.version:
            begun = trained.setdefault(one.version, one.window.start)
            if one.value is not None:
                points.setdefault(one.version, []).append(((one.window.end - begun) / DAY, one.value))
    return {
        version: (np.array([age for age, _ in found]), np.array([value for _, value in found]))
        for version, found in points.items()
    }
