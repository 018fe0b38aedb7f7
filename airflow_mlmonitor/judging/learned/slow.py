"""The slow channel of a run: what creeps, in words, and what later runs want to know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.learned.calendar_classes import calendar_class
from airflow_mlmonitor.judging.learned.creep import (
    BASELINE,
    CALIBRATION,
    QUARANTINE,
    RECENT,
    SLOW_SHARE,
    Creep,
    CreepPast,
    begun,
    creeping,
)
from airflow_mlmonitor.judging.learned.deviation import Deviation, floor
from airflow_mlmonitor.judging.learned.level import rebased
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.sample import Bundles, Places, Sample
from airflow_mlmonitor.judging.learned.trace import Packed
from airflow_mlmonitor.judging.learned.transform import DISTANCE, SHARE, transformed
from airflow_mlmonitor.judging.learned.weeks import BEFORE, WEEK
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.words import amount, plural

ROWS, QUALITY, MISSING, CATEGORIES, REST = range(5)
FAMILIES = {
    "rows": ROWS,
    "segment_rows": ROWS,
    "quality": QUALITY,
    "duplicates": QUALITY,
    "missing": MISSING,
    "nulls_by_segment": MISSING,
    "null_pattern": MISSING,
    "unjoined": MISSING,
    "category": CATEGORIES,
    "domain": CATEGORIES,
    "format": CATEGORIES,
    "pair": CATEGORIES,
}
"""The pool of each family; any other one is in the rest."""

LASTS = 0.25
"""Part of a change that the newest run must show itself, and the week before it."""

FEW = 0.005
"""Share of the rows below which nobody wants to hear that more of them creep."""


@dataclass(frozen=True, kw_only=True)
class Slow:
    """What the slow channel finds in one run.

    Parameters
    ----------
    sample
        The run under test.
    places
        The metrics that are followed: all but distances.
    group_keys
        A hash of each of their groups.
    past
        What is known of earlier runs.
    values
        The followed metrics in their own unit, a column a run, this one last.
    creep
        What was found; None while there are too few runs.
    """

    sample: Sample
    places: Places
    group_keys: np.ndarray
    past: CreepPast
    values: np.ndarray
    creep: Creep | None

    @classmethod
    def of(
        cls,
        deviation: Deviation,
        past: Past,
        window: Window,
        *,
        share: float,
        min_effect: float,
        seasonality: str,
    ) -> Self:
        """Look for slow changes of a run.

        Parameters
        ----------
        deviation
            The run, and what is usual for the size of each of its metrics.
        past
            Its past; runs that alerted are looked at as well.
        window
            Its span of data time.
        share
            Of the runs, how many may alert though nothing is wrong; the slow channel spends a part of that beside it.
        min_effect, seasonality
            As of the judge.
        """
        sample = deviation.sample
        newest = slice(-BASELINE - RECENT, None)
        places = np.flatnonzero(sample.kinds != DISTANCE)
        groups, member = np.unique(sample.groups[places], return_inverse=True)
        keys = sample.group_keys[groups]
        earlier = past.table("values", "keys", sample.keys)[places, newest]
        values = np.column_stack([earlier, sample.values[places]])
        centre, unit = deviation.centre[places], deviation.unit[places]
        x = transformed(values, sample.kinds[places], centre, unit)
        x = _renewed(x, past.accepted[newest] | past.taken(keys)[member, newest])
        left = replace(past, runs=tuple(run for run in past.runs if "slow" in run.parts))
        known = CreepPast(
            values=x,
            classes=np.array([calendar_class(one, seasonality) for one in (*past.windows[newest], window)]),
            floors=floor(sample, deviation.unit, min_effect)[places],
            ways=sample.ways[places],
            groups=Bundles.of(member, len(groups)),
            pools=_pools(sample)[groups],
            statistics=left.last(CALIBRATION + QUARANTINE).table("slow", "slowkeys", keys, height=2),
            scores=np.array([run.parts["pools"] for run in left.runs]).reshape(-1, 5).T,
        )
        creep = creeping(known, SLOW_SHARE * share)
        return cls(sample=sample, places=places, group_keys=keys, past=known, values=values, creep=creep)

    def parts(self) -> dict[str, Packed]:
        """What later runs want to find of this one."""
        if self.creep is None:
            return {}
        statistics = self.creep.statistics.astype(np.float32)
        return {"slowkeys": self.group_keys, "slow": statistics, "pools": self.creep.scores}

    def verdicts(self, judged: list[Verdict]) -> list[Verdict]:
        """The verdicts of a run with what creeps beside what is out by itself."""
        if self.creep is None:
            return judged
        judged = list(judged)
        for group in self.creep.over(self.past.pools):
            row = self._top(int(group))
            place = int(self.places[row])
            if self._matters(row) and self._lasts(row) and not judged[place].status.is_finding:
                severity = float(self.creep.groups[group] / self.creep.lines[self.past.pools[group]])
                judged[place] = replace(
                    judged[place], status=Status.WARN, severity=severity, why=self._said(row)
                )
        return judged

    def _top(self, group: int) -> int:
        """The metric of a group that creeps most."""
        assert self.creep is not None  # noqa: S101 - asked by the caller
        bundles = self.past.groups
        ends = [*bundles.starts[1:], len(bundles.order)]
        members = bundles.order[bundles.starts[group] : ends[group]]
        return int(members[np.argmax(self.creep.metrics[members])])

    def _matters(self, row: int) -> bool:
        """Whether enough rows are concerned, where the metric is a share of them."""
        if self.sample.kinds[self.places[row]] != SHARE:
            return True
        values = self.values[row]
        return abs(_mean(values[-WEEK:]) - _mean(values[-WEEK - BEFORE : -WEEK])) >= FEW

    def _lasts(self, row: int) -> bool:
        """Whether the week went there before this run, and this run is there too.

        What has just begun is for the fast channel to tell, and what is over for nobody.
        """
        x = self.past.values[row]
        before = _mean(x[-WEEK - BEFORE : -WEEK])
        change = _mean(x[-WEEK:]) - before
        way = 1.0 if change > 0 else -1.0
        earlier, newest = way * (_mean(x[-WEEK:-1]) - before), way * (x[-1] - before)
        return bool(min(earlier, newest) > LASTS * abs(change))

    def _said(self, row: int) -> str:
        metric = self.sample.metrics[self.places[row]]
        now = _mean(self.values[row, -WEEK:])
        before = _mean(self.values[row, -WEEK - BEFORE : -WEEK])
        ago = begun(self.past, row)
        return (
            f"{_name(metric)}: the last {WEEK} runs average {difference(metric, now, before)}, weekday for weekday; "
            f"began about {plural(ago, 'run')} ago"
        )


def _renewed(x: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Move what came before accepted changes there, those metrics together that were accepted in the same runs."""
    x = x.copy() if accepted.any() else x
    for runs in np.unique(accepted[accepted.any(axis=1)], axis=0):
        rows = np.flatnonzero((accepted == runs).all(axis=1))
        x[rows] = rebased(x[rows].T, np.append(runs, False)).T
    return x


def difference(metric: Metric, now: float, before: float) -> str:
    """Say how the mean of a week differs from that of the three before.

    >>> rows = Metric(name="rows", value=860.0, scale="count")
    >>> difference(rows, 860.0, 1000.0)
    '14% below the 21 before'
    >>> difference(Metric(name="null_share", value=0.04, scale="share"), 0.032, 0.011)
    '3.2%, the 21 before 1.1%'
    """
    if metric.scale in ("count", "log") and now > 0 and before > 0:
        ratio = now / before
        if 0.5 <= ratio <= 2:
            return f"{abs(ratio - 1):.0%} {'above' if ratio > 1 else 'below'} the {BEFORE} before"
    scale = "location" if metric.scale == "count" else metric.scale
    return f"{amount(now, scale)}, the {BEFORE} before {amount(before, scale)}"


def _name(metric: Metric) -> str:
    return "rows per run" if metric.name.rpartition(".")[2] == "rows" else metric.name.replace("_", " ")


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _pools(sample: Sample) -> Places:
    """The pool of each group; whatever is measured of a column of predictions or labels is with their quality."""
    judged = {column for column, family in sample.group_names if family == "quality" and column}
    pools = [
        QUALITY if column in judged else FAMILIES.get(family, REST) for column, family in sample.group_names
    ]
    return np.array(pools, dtype=np.intp)
