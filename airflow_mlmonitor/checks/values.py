"""Are the values of each column those it usually holds?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.metric import Metric, Scale
from airflow_mlmonitor.checks.pairing import paired
from airflow_mlmonitor.data.baseline import Baseline, Trailing

if TYPE_CHECKING:
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.column import Column, NumberColumn
    from airflow_mlmonitor.data.profile import Profile

QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}

COMPARED = {"beyond_share", "unseen_share"}
"""Shares that only a baseline gives."""

COMMONEST = 8
"""Values of a column whose shares are followed one by one."""

FEW = 200
"""Distinct values up to which that makes sense."""

LONGEST = 80
"""Characters of a value in the name of its share."""

NAMED = 3
"""Values never seen before that a finding names."""


@dataclass(frozen=True, kw_only=True)
class Values(Check):
    """Are the values of each column those it usually holds?

    Compared with the baseline: ``null_share``; of numbers ``nonfinite_share``, ``zero_share`` and ``beyond_share``
    (rows outside the baseline's smallest and largest value); of names ``unseen_share`` (rows whose value the baseline
    does not know). Where rules hold the rows against all that was ever seen, ``beyond`` of
    :class:`~airflow_mlmonitor.checks.consistency.Consistency` takes the place of ``beyond_share``: a season passes the
    extremes of any baseline.

    Recorded beside them: of numbers ``mean``, ``sd``, ``min``, ``max``, ``p05`` to ``p95``, ``integer_share`` and
    ``distinct_ratio`` (distinct values a value); of names ``entropy`` (bits), ``mean_length`` (characters) and, where
    there are at most 200 of them, the share of each of the baseline's commonest eight, such as ``share:EWR``; of both
    ``distinct`` and ``top_share``, that of the commonest value.

    Parameters
    ----------
    baseline
        The last 28 runs by default. None leaves out what only a baseline gives; the eight commonest values are then
        those of the run itself, and change with it.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> before = read(Frame({"town": ["Ulm"] * 80}))
    >>> now = read(Frame({"town": ["Ulm"] * 30 + ["Bonn"] * 10}))
    >>> {metric.name: metric.value for metric in Values().measure(now, before)}["unseen_share"]
    0.25
    """

    baseline: Baseline | None = field(default_factory=Trailing)

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Measure every column, of the table and of its slices."""
        ranged = {measure.column for measure in now.measures if measure.family == "beyond"}
        for label, name, new, old in paired(now, before):
            left_out = COMPARED if self.baseline is None else {"beyond_share"} if name in ranged else ()
            yield from (m for m in _measured(Place(name, label), new, old) if m.name not in left_out)


class Place(NamedTuple):
    """Of what something is measured."""

    column: str
    slice: str


def _measured(place: Place, new: Column, old: Column | None) -> Iterator[Metric]:
    nulls = (old.nulls, old.rows) if old else None
    yield _share(place, "null_share", (new.nulls, new.rows), nulls, family="missing")
    if new.kind == "number":
        yield from _of_numbers(place, new, old if old and old.kind == "number" else None)  # type: ignore[arg-type]
    elif new.kind == "category":
        yield from _of_names(place, new, old if old and old.kind == "category" else None)  # type: ignore[arg-type]


def _of_numbers(place: Place, new: NumberColumn, old: NumberColumn | None) -> Iterator[Metric]:
    nonfinite, known = new.nans + new.infinite, new.rows - new.nulls
    before = (old.nans + old.infinite, old.rows - old.nulls) if old else None
    yield _share(place, "nonfinite_share", (nonfinite, known), before, family="missing")
    zeros = (old.zeros, old.count) if old else None
    yield _share(place, "zero_share", (new.zeros, new.count), zeros, family="values", up=False)
    yield _beyond(place, new, old)
    quantiles = {name: new.quantile(q) for name, q in QUANTILES.items()}
    yield from _recorded(place, new, {"mean": new.mean, **quantiles}, "location", "values")
    yield from _recorded(place, new, {"min": new.min, "max": new.max}, "location", "extreme")
    top = float(new.sketch.w[new.sketch.atoms].max(initial=0.0))
    distinct = min(new.distinct or 0, new.count)
    counts = {"integer_share": new.integers, "top_share": top, "distinct_ratio": distinct}
    shares = {name: count / new.count if new.count else None for name, count in counts.items()}
    yield from _recorded(place, new, shares, "share", "values")
    yield from _recorded(place, new, {"sd": new.sd}, "log", "values")
    yield from _recorded(place, new, {"distinct": new.distinct}, "count", "values")


def _of_names(place: Place, new: CategoryColumn, old: CategoryColumn | None) -> Iterator[Metric]:
    yield _unseen(place, new, old)
    top = max(new.counts.values(), default=0) / new.count if new.count else None
    yield from _recorded(place, new, {"top_share": top, **_shares(new, old)}, "share", "category")
    texts = {"entropy": _entropy(new), "mean_length": new.mean_length}
    yield from _recorded(place, new, texts, "location", "category")
    yield from _recorded(place, new, {"distinct": new.distinct}, "count", "category")


def _shares(new: CategoryColumn, old: CategoryColumn | None) -> dict[str, float]:
    """The shares of the commonest values; a value keeps its name while it is among them."""
    usual = old if old and old.count else new
    if not new.count or (usual.distinct or 0) > FEW:
        return {}
    return {
        share_name(value): new.counts.get(value, 0) / new.count for value in list(usual.counts)[:COMMONEST]
    }


def share_name(value: str) -> str:
    """What the share of a value is called: of bounded length, and without the dots that part the names of metrics.

    >>> share_name("EWR"), share_name("St. Louis"), len(share_name("x" * 500))
    ('share:EWR', 'share:St· Louis', 83)
    """
    if len(value) > LONGEST:
        digest = hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
        value = f"{value[: LONGEST - 20]}…{digest}"
    return "share:" + value.replace(".", "·")


def _share(
    place: Place,
    name: str,
    now: tuple[int, int],
    before: tuple[int, int] | None,
    *,
    family: str,
    up: bool = True,
    why: str | None = None,
) -> Metric:
    """A share of rows, tested against the baseline's; ``now`` and ``before`` are (rows that have it, rows)."""
    found = None
    if now[1] and before:
        from airflow_mlmonitor.stats.proportions import two_proportions

        found = two_proportions(*before, *now, alternative="greater" if up else "two-sided")
    return Metric(
        name=name,
        value=now[0] / now[1] if now[1] else None,
        column=place.column,
        slice=place.slice,
        n=now[1],
        scale="share",
        family=family,
        worse="up" if up else "both",
        expected=before[0] / before[1] if before and found else None,
        p_value=found and found.p_value,
        effect=found and found.effect,
        why=why if now[1] else "there are no values",
    )


def _beyond(place: Place, new: NumberColumn, old: NumberColumn | None) -> Metric:
    if old is None or old.min is None or old.max is None or not new.count:
        return _unknown(place, "beyond_share", new, "there is nothing to compare with")
    from airflow_mlmonitor.stats.effects import cohens_h
    from airflow_mlmonitor.stats.exceedance import exceedance_p_value

    x = new.sketch.x
    beyond = float(new.sketch.w[(x < old.min) | (x > old.max)].sum())
    usual = min(1.0, 2 / (old.count + 1))
    return replace(
        _unknown(place, "beyond_share", new, None),
        value=beyond / new.count,
        expected=0.0,
        p_value=exceedance_p_value(beyond, new.count, old.count),
        effect=cohens_h(usual, beyond / new.count),
    )


def _unseen(place: Place, new: CategoryColumn, old: CategoryColumn | None) -> Metric:
    if old is None or not old.count or not new.count:
        return _unknown(place, "unseen_share", new, "there is nothing to compare with")
    if not old.exact:
        said = f"the baseline keeps only the {len(old.counts):,} commonest of its values"
        return _unknown(place, "unseen_share", new, said)
    unseen = {value: count for value, count in new.counts.items() if value not in old.counts}
    named = ", ".join(f"{value!r} in {count:,}" for value, count in list(unseen.items())[:NAMED])
    more = f" and {len(unseen) - NAMED:,} more" if len(unseen) > NAMED else ""
    why = f"{named}{more}" if unseen and not new.private else None
    # Values that came once in the baseline tell how often something new comes (Good 1953).
    once = sum(count == 1 for count in old.counts.values())
    share = (sum(unseen.values()), new.count)
    return _share(place, "unseen_share", share, (once, old.count), family="domain", why=why)


def _unknown(place: Place, name: str, new: Column, why: str | None) -> Metric:
    """A share of rows that the baseline does not know, without its value."""
    return Metric(
        name=name,
        value=None,
        column=place.column,
        slice=place.slice,
        n=new.count,
        scale="share",
        family="domain",
        worse="up",
        why=why,
    )


def _recorded(
    place: Place, column: Column, values: Mapping[str, float | None], scale: Scale, family: str
) -> Iterator[Metric]:
    """Numbers that are remembered, and not compared with the baseline's."""
    for name, value in values.items():
        yield Metric(
            name=name,
            value=None if value is None else float(value),
            column=place.column,
            slice=place.slice,
            n=column.rows,
            scale=scale,
            family=family,
            why="it is not defined here" if value is None else None,
        )


def _entropy(column: CategoryColumn) -> float | None:
    if not column.count:
        return None
    import math

    shares = [count / column.count for count in column.counts.values()]
    return max(0.0, -sum(share * math.log2(share) for share in shares if share))
