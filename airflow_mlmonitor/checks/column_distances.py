"""How far the distribution of each column is from the baseline's: what skew and drift have in common."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.pairing import paired
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.category import CategoryColumn
    from airflow_mlmonitor.data.column import Column, NumberColumn
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.stats.comparison import Comparison
    from airflow_mlmonitor.stats.points import Points

DISTANCES = ("ks", "chi2", "psi", "js", "wasserstein")
"""What is measured unless asked otherwise."""

OF_NUMBERS = (
    "ks", "psi", "js", "wasserstein", "wasserstein_raw", "hellinger", "tv", "linf",
    "anderson_darling", "t", "kruskal", "mean_error",
)  # fmt: skip
OF_NAMES = ("chi2", "psi", "js", "hellinger", "tv", "linf")

JUDGED = {"ks", "chi2"}
"""The distances whose test and effect a judge weighs: one of each column, so that it is not tried many times."""

BINS = 20
"""Bins of equal weight in the baseline, for the distances between histograms."""


def refuse_unknown(wanted: Sequence[str]) -> None:
    """Refuse names that are no distance.

    Raises
    ------
    ConfigurationError
        Naming the nearest one there is.
    """
    known = sorted({*OF_NUMBERS, *OF_NAMES})
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
            raise ConfigurationError(f"There is no distance {name!r}; {hint}")


def distances(now: Profile, before: Profile | None, wanted: Sequence[str]) -> Iterator[Metric]:
    """Measure the wanted distances of every column of both profiles, of the table and of its slices.

    Moments in time are left out: serving is always later than training.
    """
    if before is None:
        return
    for label, name, new, old in paired(now, before):
        if old is None or new.kind != old.kind or new.kind not in _MEASURES:
            continue
        offered, measure = _MEASURES[new.kind]
        found = measure(new, old, [distance for distance in wanted if distance in offered])
        for distance, comparison in found:
            yield _metric(distance, comparison, name, label, new)


def _metric(distance: str, comparison: Comparison | None, name: str, label: str, new: Column) -> Metric:
    return Metric(
        name=distance,
        value=comparison and abs(comparison.statistic),
        column=name,
        slice=label,
        n=new.count,
        scale="distance",
        family="distance",
        worse="up",
        p_value=comparison and comparison.p_value,
        effect=comparison.effect if comparison and distance in JUDGED else None,
        why=None if comparison else "it needs values on both sides",
    )


def _of_numbers(
    new: NumberColumn, old: NumberColumn, wanted: Sequence[str]
) -> Iterator[tuple[str, Comparison | None]]:
    before, now = _points(old), _points(new)
    histograms = _histograms(before, now) if set(wanted) & set(OF_NAMES) else None
    for distance in wanted:
        if histograms and distance in OF_NAMES:
            yield distance, _between_counts(distance, *histograms)
        else:
            yield distance, _between_numbers(distance, before, now, new, old)


def _histograms(before: Points, now: Points) -> tuple[Any, Any]:
    """Count both sides in bins of the baseline; a baseline of one value has a bin for it, one below and one above."""
    import numpy as np

    from airflow_mlmonitor.stats.bins import bin_counts, quantile_edges

    edges = quantile_edges(before, BINS)
    if before.x.size == 1:
        edges = np.array([np.nextafter(before.x[0], -np.inf), before.x[0]])
    return bin_counts(before, edges), bin_counts(now, edges)


def _between_numbers(
    distance: str, before: Points, now: Points, new: NumberColumn, old: NumberColumn
) -> Comparison | None:
    from airflow_mlmonitor.stats.anderson_darling import anderson_darling
    from airflow_mlmonitor.stats.comparison import Comparison
    from airflow_mlmonitor.stats.kolmogorov_smirnov import kolmogorov_smirnov
    from airflow_mlmonitor.stats.kruskal_wallis import kruskal_wallis
    from airflow_mlmonitor.stats.wasserstein import wasserstein

    if distance in ("wasserstein", "wasserstein_raw"):
        found = wasserstein(before, now, old.sd)
        value = found and (found.normed if distance == "wasserstein" else found.raw)
        return None if value is None else Comparison(value)
    if distance in ("t", "mean_error"):
        return _between_means(distance, new, old)
    tests: dict[str, Callable[[Points, Points], Comparison | None]] = {
        "ks": kolmogorov_smirnov,
        "anderson_darling": anderson_darling,
        "kruskal": kruskal_wallis,
    }
    return tests[distance](before, now)


def _between_means(distance: str, new: NumberColumn, old: NumberColumn) -> Comparison | None:
    from airflow_mlmonitor.stats.means import mean_within_standard_error, welch_t
    from airflow_mlmonitor.stats.moments import Moments

    if old.mean is None or new.mean is None or old.sd is None or new.sd is None:
        return None
    moments = Moments(new.count, new.mean, new.sd**2)
    if distance == "t":
        return welch_t(Moments(old.count, old.mean, old.sd**2), moments)
    found = mean_within_standard_error(old.mean, moments)
    # The baseline's mean is itself that of a sample, which this test's p-value takes for known.
    return found and found._replace(p_value=None)


def _points(column: NumberColumn) -> Points:
    from airflow_mlmonitor.stats.points import Points

    sketch = column.sketch
    return Points(sketch.x, sketch.w, None if sketch.exact else sketch.atoms)


def _of_names(
    new: CategoryColumn, old: CategoryColumn, wanted: Sequence[str]
) -> Iterator[tuple[str, Comparison | None]]:
    counts = _aligned(old, new)
    for distance in wanted:
        yield distance, _between_counts(distance, *counts)


def _aligned(old: CategoryColumn, new: CategoryColumn) -> tuple[list[int], list[int]]:
    """Count the values that both sides know, and all others together.

    A value that one side knows and the other may merely have left out stands among the others.
    """
    known = list(old.counts) if new.exact else [value for value in old.counts if value in new.counts]
    if old.exact:
        known += [value for value in new.counts if value not in old.counts]
    rows = []
    for column in (old, new):
        counts = [column.counts.get(value, 0) for value in known]
        rows.append([*counts, column.count - sum(counts)])
    return rows[0], rows[1]


def _between_counts(distance: str, before: Any, now: Any) -> Comparison | None:
    from airflow_mlmonitor.stats.chi_square import chi_square
    from airflow_mlmonitor.stats.comparison import Comparison
    from airflow_mlmonitor.stats.distances import hellinger, l_infinity, total_variation
    from airflow_mlmonitor.stats.divergences import jensen_shannon, psi

    tests: dict[str, Callable[[Any, Any], Comparison | None]] = {
        "chi2": chi_square,
        "psi": psi,
        "js": jensen_shannon,
    }
    if distance in tests:
        return tests[distance](before, now)
    plain: dict[str, Callable[[Any, Any], float | None]] = {
        "hellinger": hellinger,
        "tv": total_variation,
        "linf": l_infinity,
    }
    value = plain[distance](before, now)
    return None if value is None else Comparison(value)


_MEASURES: dict[str, tuple[tuple[str, ...], Callable[..., Iterator[tuple[str, Comparison | None]]]]] = {
    "number": (OF_NUMBERS, _of_numbers),
    "category": (OF_NAMES, _of_names),
}
