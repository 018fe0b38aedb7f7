"""How unusual a whole run is: the tails of its metrics, of their groups and of the groups' families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.deviation import Deviation, limited, without
from airflow_mlmonitor.judging.learned.past_runs import Past
from airflow_mlmonitor.judging.learned.ranking import Array
from airflow_mlmonitor.judging.learned.sample import Places, Sample
from airflow_mlmonitor.judging.learned.tails import MetricTail, ScoreTail
from airflow_mlmonitor.judging.learned.trace import Packed
from airflow_mlmonitor.judging.learned.transform import LOCATION

CAUSING = {("", "rows"): (1 / 2, 0.0), ("", "duplicates"): (1 / 3, 2.5)}
"""Groups from which all else follows, if they are as far out as this part of the whole run, and at least so far."""

PATTERN, MISSING = "null_pattern", "missing"
"""Families: what is missing together, which is a matter of the table, and what is missing of a column."""

DISAGREEING = "disagreeing_share"
"""Metric of rows that are alike in all of its columns but the last, and disagree about that one."""

ACQUITTING = 1.0
"""How much farther out than the last column another one must be by itself to be suspected before it."""

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
        a = np.minimum(tail.score(np.nan_to_num(deviation.z)), deviation.ceiling)
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

        Where rows are lost or come twice, all else moves with them. A pattern of missing values is a matter of the
        columns that miss them, where these are unusual by themselves.
        """
        order: Places = np.lexsort(
            (-self.calibrated, -self.families[sample.families], ~self._causing(sample))
        )
        if len(order) and sample.group_names[order[0]][1] == PATTERN:
            missing = np.array([family == MISSING for _, family in sample.group_names], np.bool_)
            place = np.where(missing & (self.calibrated > 1), -self.calibrated, 0.0)
            order = order[np.argsort(place[order], kind="stable")]
        return order

    def _causing(self, sample: Sample) -> NDArray[np.bool_]:
        """Which groups all else follows from."""
        causing = np.zeros(len(sample.group_names), np.bool_)
        for place, name in enumerate(sample.group_names):
            if name in CAUSING:
                part, least = CAUSING[name]
                causing[place] = self.reach[place] >= max(part * self.score, least)
        return causing

    def suspects(self, sample: Sample, group: int) -> tuple[str, ...]:
        """The columns of a rule about several, first the likeliest to be wrong: of which most else is unusual.

        Where rows of one key disagree, that is the last column, unless another one is far out by itself: a key has
        as many rules as there are columns that it tells, and they break together.
        """
        columns = sample.group_names[group][0].split("+")
        if len(columns) == 1:
            return ()
        places = np.flatnonzero(sample.groups == group).tolist()
        is_keyed = any(sample.metrics[place].name == DISAGREEING for place in places)
        said = dict.fromkeys(reversed(columns) if is_keyed else columns, 0.0)
        said[columns[-1]] += ACQUITTING if is_keyed else 0.0
        speaks = np.clip(self.calibrated - 1, 0, MOST_SAID)
        for (column, _), weight in zip(sample.group_names, speaks, strict=True):
            for one in ({column} if is_keyed else set(column.split("+"))) & said.keys():
                said[one] += float(weight)
        return tuple(sorted(said, key=lambda column: -said[column]))


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
