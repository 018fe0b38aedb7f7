"""What the curves of a training log say, as metrics and in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from airflow_mlmonitor.checks.metric import Metric, Scale, Worse
from airflow_mlmonitor.data.curves import Curve
from airflow_mlmonitor.stats.loss_curve import NEAR, improvement, oscillation, plateau, rise, smoothed

FAMILY = "stability"

TOO_SHORT = "there are fewer than two numbers"


def figure(value: float) -> str:
    """A number in three digits.

    >>> figure(0.3149), figure(81_920.0), figure(2.5e-7), figure(12.0)
    ('0.315', '8.19e4', '2.5e-7', '12')
    """
    mantissa, e, power = f"{value:.3g}".partition("e")
    return f"{mantissa}e{int(power)}" if e else mantissa


def of_loss(column: str, curve: Curve) -> Iterator[Metric]:
    """How a loss went.

    Examples
    --------
    >>> steps, values = np.array([1200.0, 1230, 1260, 1290]), np.array([0.31, 4.0, 8.2e4, np.nan])
    >>> next(of_loss("loss", Curve(steps=steps, values=values))).why
    'loss rose from 0.31 to 8.2e4 between steps 1,200 and 1,260, then NaN'
    """
    finite = curve.finite
    n, amiss = curve.values.size, curve.values.size - finite.values.size
    diverged = bool(n) and not np.isfinite(curve.values[-1])
    said = _diverged(column, curve) if diverged else None
    yield _metric(column, "diverged", float(diverged), n, "count", "up", said)
    why = f"{column} is NaN or infinite in {amiss:,} of {n:,} steps" if amiss else None
    yield _metric(column, "nonfinite_steps", float(amiss), n, "count", "up", why)
    yield from _of_finite(column, finite)


def _of_finite(column: str, curve: Curve) -> Iterator[Metric]:
    steps, n = curve.steps, curve.values.size
    if n < 2:
        for name, scale in (("final_loss", "location"), ("loss_rise", "log"), ("improvement", "log")):
            yield _metric(column, name, None, n, scale, "both", TOO_SHORT)  # type: ignore[arg-type]
        return
    values = smoothed(curve.values)
    for name, end in (("loss_rise", -1), ("highest_rise", None)):
        found = rise(values, end)
        why = None if found else "it is defined where a loss is positive"
        if found and found.factor > NEAR:
            why = _rose(column, curve, found.start, found.end)
        yield _metric(column, name, found and found.factor, n, "log", "up", why)
    gained, still = improvement(values), plateau(steps, values)
    said = f"{column} never fell below {figure(curve.values[0])}, where it began" if not gained else None
    yield _metric(column, "improvement", gained, n, "log", "down", said)
    share = f"the last {still:.0%} of the steps gained {column} next to nothing: it is {figure(values[-1])}"
    yield _metric(column, "plateau_share", still, n, "share", "both", share)
    yield _swings(column, curve)
    yield _metric(column, "final_loss", float(values[-1]), n, "location", "up")
    yield _metric(column, "best_loss", float(values.min()), n, "location", "up")


def _swings(column: str, curve: Curve) -> Metric:
    found = oscillation(curve.values)
    if found is None:
        return _metric(
            column, "oscillation", None, curve.values.size, "log", "up", "there are too few numbers"
        )
    level = figure(float(np.median(curve.values[curve.values.size // 2 :])))
    why = f"{column} swings by {found:.1%} of its level, {level}, from one line of the log to the next"
    return _metric(column, "oscillation", found, curve.values.size, "log", "up", why)


def of_both(loss: str, training: Curve, validation: str, held_out: Curve) -> Iterator[Metric]:
    """How the loss of what was learned went beside that of what was held out."""
    learned, held_out = training.finite, held_out.finite
    n = held_out.values.size
    if n < 2 or not learned.values.size:
        yield _metric(validation, "overfit_rise", None, n, "log", "up", TOO_SHORT)
        return
    values, seen = smoothed(held_out.values), smoothed(learned.values)
    place = int(np.argmin(values))
    best, last = float(values[place]), float(values[-1])
    there = min(int(np.searchsorted(learned.steps, held_out.steps[place])), seen.size - 1)
    fell = seen[-1] < seen[there]
    rose = (last - best) / abs(best) if best and fell else 0.0
    why = None
    if rose:
        why = (
            f"{validation} rose from {figure(best)} to {figure(last)} between steps "
            f"{_step(held_out.steps[place])} and {_step(held_out.steps[-1])}, while {loss} fell from "
            f"{figure(seen[there])} to {figure(seen[-1])}"
        )
    yield _metric(validation, "overfit_rise", rose, n, "log", "up", why)
    yield _metric(validation, "validation_gap", last - float(seen[-1]), n, "location", "up")


def of_value(column: str, curve: Curve) -> Metric:
    """Where another number ended."""
    known = curve.finite.values
    last = float(known[-1]) if known.size else None
    return _metric(column, "final_value", last, known.size, why=None if known.size else "it has no number")


def of_log(curve: Curve, wanted: int | None) -> Iterator[Metric]:
    """How far the training came."""
    steps = curve.steps
    last = float(steps[-1]) if steps.size else 0.0
    yield _metric(None, "last_step", max(last, 0.0), steps.size, "count", "down")
    if wanted is None:
        return
    # Who counts from 0 is through one step earlier, and who logs every tenth step may never log the last one.
    every = float(np.median(np.diff(steps))) if steps.size > 1 else 1.0
    due = last + every
    through = due > wanted or (due == wanted and steps[0] == 0)
    share = 1.0 if through else max(0.0, last / wanted)
    why = None if through else f"training stopped at step {_step(last)} of {wanted:,}"
    yield _metric(None, "finished_share", share, steps.size, "share", "down", why)


def _diverged(column: str, curve: Curve) -> str:
    """What went before a loss that ended as no number."""
    known = np.isfinite(curve.values)
    end = int(np.flatnonzero(known)[-1]) if known.any() else -1
    first = curve.values[end + 1]
    word = "NaN" if np.isnan(first) else "infinite"
    if end < 0:
        return f"{column} was {word} from the first step on"
    before = Curve(steps=curve.steps[: end + 1], values=curve.values[: end + 1]).finite
    found = rise(before.values, -1)
    if found is None or found.factor <= NEAR:
        return f"{column} was {figure(before.values[-1])} at step {_step(before.steps[-1])}, then {word}"
    return f"{_rose(column, before, found.start, found.end)}, then {word}"


def _rose(column: str, curve: Curve, start: int, end: int) -> str:
    values, steps = curve.values, curve.steps
    return (
        f"{column} rose from {figure(values[start])} to {figure(values[end])} between steps "
        f"{_step(steps[start])} and {_step(steps[end])}"
    )


def _step(step: float) -> str:
    return f"{step:,.0f}" if step == round(step) else f"{step:,.3f}"


def _metric(
    column: str | None,
    name: str,
    value: float | None,
    n: int,
    scale: Scale = "location",
    worse: Worse = "both",
    why: str | None = None,
) -> Metric:
    return Metric(
        name=name, value=value, column=column, n=n, scale=scale, family=FAMILY, worse=worse, why=why
    )
