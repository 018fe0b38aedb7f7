"""How unusual a whole run is: the tails of its metrics, of their groups and of the groups' families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from airflow_mlmonitor.judging.learned.deviation import Deviation, limited, without
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.sample import Places, Sample
from airflow_mlmonitor.judging.learned.tails import MetricTail, ScoreTail
from airflow_mlmonitor.judging.learned.trace import Packed
from airflow_mlmonitor.judging.learned.transform import LOCATION

ROWS, HALF = ("", "rows"), 0.5
"""The group of the number of rows, and the part of the whole run's score from which on it is to blame."""

MOST_SAID = 6.0
"""How much one group may say of whether a column is wrong."""

LEAST_EXCESS = 0.2
"""Smallest mean excess believed of a level, which varies by chance however long nothing was in its tail."""

LEVELS = 14
"""Earlier deviations of a metric from which on its tail is known."""


@dataclass(frozen=True, kw_only=True)
class RunScore:
    """How unusual a run is, from the single metric up to the whole.

    Parameters
    ----------
    metrics
        Score of each metric, in powers of ten.
    groups
        Highest of each group's metrics.
    calibrated
        The same, held against the group's own history: 1 is its usual worst tenth.
    families
        Highest of each family's groups, held against the family's own history.
    reach
        Each group by itself, held against its family's history.
    score
        Highest of the families: of the whole run.
    raw_families
        Highest of each family's groups before that, as later runs want to find it.
    tail
        Of the metrics.
    """

    metrics: Array
    groups: Array
    calibrated: Array
    families: Array
    reach: Array
    score: float
    raw_families: Array
    tail: MetricTail

    @classmethod
    def of(cls, deviation: Deviation, past: Past) -> Self:
        """Score a run.

        Each level is held against its own history twice: as it was scored on its days, and as it would be scored with
        the tails of today; the mean of both is steadier than either.
        """
        sample = deviation.sample
        tail = MetricTail(deviation.earlier, np.where(sample.kinds == LOCATION, LEAST_EXCESS, 0.0))
        a = tail.score(np.nan_to_num(deviation.z))
        groups = sample.by_group.highest(a)
        scores = tail.score(deviation.earlier)
        scores[np.isnan(deviation.earlier)] = np.nan
        today = sample.by_group.highest(scores)
        as_of = past.table("groups", "groupkeys", sample.group_keys)
        then = past.table("families", "famkeys", sample.family_keys)
        muted, surprised = past.muted(sample.group_keys), past.surprised(sample.group_keys)
        as_of = without(limited(as_of, muted), surprised)
        then = limited(then, sample.by_family.any(muted))
        then = without(then, sample.by_family.any(surprised))
        once = _levels(sample, groups, as_of, then)
        again = _levels(sample, groups, today, None)
        reach = (once.reach + again.reach) / 2
        families = sample.by_family.highest(reach)
        return cls(
            metrics=a,
            groups=groups,
            calibrated=(once.calibrated + again.calibrated) / 2,
            families=families,
            reach=reach,
            score=float(families.max(initial=0.0)),
            raw_families=once.families,
            tail=tail,
        )

    def parts(self, sample: Sample) -> dict[str, Packed]:
        """What later runs want to find of this one."""
        return {
            "groupkeys": sample.group_keys,
            "groups": self.groups.astype(np.float32),
            "families": self.raw_families.astype(np.float32),
            "famkeys": sample.family_keys,
        }

    def ranking(self, sample: Sample) -> Places:
        """The groups, the likeliest root cause first: the family that is farthest out, and in it the farthest group.

        Where rows are lost, all else moves with them: their number comes first if it is half as far out.
        """
        rows = np.array([name == ROWS for name in sample.group_names], np.bool_)
        lost = rows & (self.reach >= HALF * self.score)
        order: Places = np.lexsort((-self.calibrated, -self.families[sample.families], ~lost))
        return order

    def suspects(self, sample: Sample, group: int) -> tuple[str, ...]:
        """The columns of a rule about several, first the likeliest to be wrong: of which most else is unusual."""
        columns = sample.group_names[group][0].split("+")
        if len(columns) == 1:
            return ()
        speaks = np.clip(self.calibrated - 1, 0, MOST_SAID)
        said = dict.fromkeys(columns, 0.0)
        for (column, _), weight in zip(sample.group_names, speaks, strict=True):
            for one in set(column.split("+")) & said.keys():
                said[one] += float(weight)
        return tuple(sorted(columns, key=lambda column: -said[column]))


class _Levels(NamedTuple):
    calibrated: Array
    families: Array
    reach: Array


def _levels(sample: Sample, groups: Array, before: Array, families: Array | None) -> _Levels:
    """Hold groups against their history, and the families' highest against theirs (None: as the groups make it)."""
    tail = ScoreTail.sharing(before, sample.families)
    calibrated = tail.score(groups)
    earlier = sample.by_family.highest(tail.score(before)) if families is None else families
    reach = ScoreTail(earlier).score(calibrated, rows=sample.families)
    return _Levels(calibrated, sample.by_family.highest(calibrated), reach)
