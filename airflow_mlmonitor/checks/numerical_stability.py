"""Are features and predictions numbers that can be computed with?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.consistency import metric_of
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.column import NumberColumn
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.rules.rule import Rule

FAMILY = "stability"

ENOUGH = 20
"""Predictions from which on all being the same is no accident."""

WHOLE_DIGITS = {"halffloat": ("float16", 11), "float": ("float32", 24)}
"""Types that do not tell all whole numbers apart, by Arrow's name: which, and up to how many binary digits they do."""


@dataclass(frozen=True, kw_only=True)
class NumericalStability(Check):
    """Are features and predictions numbers that can be computed with?

    Of every column of numbers: ``nan_share`` and ``infinite_share``, ``largest`` (the largest size, without sign) and
    ``largest_to_p99`` (how often the 99th percentile fits into it: what explodes does so in few rows first),
    ``denormal_share`` (of floats, almost 0 and without all their digits) and ``unresolved_share`` (whole numbers of
    more than 24 binary digits, which float32 does not tell apart; in a column of float16 of more than 11).

    Of predictions ``nan_share`` counts those that are missing too, since pandas writes NaN so. Beside that ``constant``
    (1 where 20 or more are all the same) and ``saturated_share`` (at the smallest or largest value; of probabilities
    within 1e-6 of 0 or 1). Of probabilities ``outside_share``; of classes ``sum_off_share``.

    A prediction that is NaN, missing or infinite, a probability outside 0 to 1 and classes that do not add up fail the
    run, a constant prediction warns, whatever the judge says; the rest is judged by its past.

    Parameters
    ----------
    predictions
        Columns of predictions that are any number.
    probabilities
        Columns of predicted probabilities.
    classes
        Columns of the probabilities of all classes of one prediction.
    tolerance
        How far from 1 the sum of the classes may lie.

    Raises
    ------
    ConfigurationError
        A column of predictions holds no numbers, or there is one class alone.
    DataError
        The rows have no such column.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> now = read(Frame({"score": [0.2, float("nan"), 0.4, 0.9]}))
    >>> check = NumericalStability(predictions=("score",))
    >>> [(metric.value, metric.why) for metric in check.measure(now, None) if metric.name == "nan_share"]
    [(0.25, 'NaN in 1 of 4 rows')]
    """

    predictions: tuple[str, ...] = ()
    probabilities: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        for name in ("predictions", "probabilities", "classes"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        if len(self.classes) == 1:
            raise ConfigurationError(
                f"classes={self.classes!r} is one class; name all of them, or use probabilities=."
            )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is counted while the rows are read."""
        from airflow_mlmonitor.data.rules.chances import Chances
        from airflow_mlmonitor.data.rules.denormal import Denormal

        alone = [Chances(names=(name,)) for name in self.probabilities if name not in self.classes]
        together = [Chances(names=self.classes, tolerance=self.tolerance)] if self.classes else []
        return (Denormal(), *alone, *together)

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """What no prediction may be."""
        limits: dict[str, Mapping[str, Any]] = {}
        for name in self._outputs:
            limits[self._limited(name, "nan_share")] = {"max": 0}
            limits[self._limited(name, "infinite_share")] = {"max": 0}
            limits[self._limited(name, "constant")] = {"max": 0, "severity": "warn"}
        for name in self._chances:
            limits[self._limited(name, "outside_share")] = {"max": 0}
        if self.classes:
            limits[self._limited("+".join(self.classes), "sum_off_share")] = {"max": 0}
        return limits

    @property
    def _outputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.predictions, *self._chances)))

    def _limited(self, column: str, name: str) -> str:
        return f"{column}.{self.prefix}.{name}" if self.prefix else f"{column}.{name}"

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Measure every column of numbers, and take what the read counted."""
        from airflow_mlmonitor.data.column import NumberColumn

        self._refuse_odd(now)
        for name, column in now.columns.items():
            if isinstance(column, NumberColumn) and not column.is_time:
                yield from _of_numbers(name, column, is_output=name in self._outputs)
                if name in self._outputs:
                    yield from _of_outputs(name, column, is_chance=name in self._chances)
        yield from self._counted(now)

    def _counted(self, now: Profile) -> Iterator[Metric]:
        sums = "+".join(self.classes)
        missing = {(name, "outside_share") for name in self._chances} | {(sums, "sum_off_share")}
        for measure in now.measures:
            own = measure.column in self._chances or measure.column == sums
            if measure.family == FAMILY and (own or measure.name == "denormal_share"):
                missing.discard((measure.column, measure.name))
                yield metric_of(measure)
        for column, name in sorted(missing - {("", "sum_off_share")}):
            why = "the rows were read without the rules of this check" if now.rows else "there are no rows"
            yield replace(_share(column, name, 0, 0, ""), why=why)

    @property
    def _chances(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.probabilities, *self.classes)))

    def _refuse_odd(self, now: Profile) -> None:
        for name in self._outputs:
            if now[name].kind not in ("number", "unknown"):
                raise ConfigurationError(
                    f"{name!r} holds {now[name].type}; name columns whose predictions are numbers."
                )


def _of_numbers(name: str, column: NumberColumn, *, is_output: bool) -> Iterator[Metric]:
    known = column.rows - column.nulls
    nans = f"NaN in {column.nans:,} of {known:,} rows"
    if is_output and column.nulls:
        some = f"NaN in {column.nans:,} and " if column.nans else ""
        nans = f"{some}missing in {column.nulls:,} of {column.rows:,} rows"
        yield _share(name, "nan_share", column.nans + column.nulls, column.rows, nans)
    else:
        yield _share(name, "nan_share", column.nans, known, nans)
    yield _share(
        name, "infinite_share", column.infinite, known, f"infinite in {column.infinite:,} of {known:,} rows"
    )
    yield from _sizes(name, column)
    yield _unresolved(name, column)


def _sizes(name: str, column: NumberColumn) -> Iterator[Metric]:
    """The largest number, and how far it stands out."""
    import numpy as np

    from airflow_mlmonitor.data.sketch import Sketch

    size = None if column.min is None or column.max is None else max(-column.min, column.max, 0.0)
    blank = Metric(
        name="largest",
        value=size,
        column=name,
        n=column.count,
        scale="log",
        family=FAMILY,
        worse="up",
        why=None if column.count else "there are no finite numbers",
    )
    yield blank
    x = np.abs(column.sketch.x)
    order = np.argsort(x, kind="stable")
    p99 = Sketch(x[order], column.sketch.w[order], column.sketch.atoms[order]).quantile(0.99)
    ratio = size / p99 if size and p99 else None
    said = f"the largest is {size:.3g}, the 99th percentile {p99:.3g}" if ratio else "nearly all of it is 0"
    yield replace(blank, name="largest_to_p99", value=ratio, why=said if column.count else blank.why)


def _unresolved(name: str, column: NumberColumn) -> Metric:
    """Whole numbers so large that a float next to them is another whole number, or none."""
    narrow, digits = WHOLE_DIGITS.get(column.type, ("float32", 24))
    is_whole = column.integers == column.count or column.type in WHOLE_DIGITS
    sketch, most = column.sketch, 2.0**digits
    count = int(sketch.w[abs(sketch.x) > most].sum()) if is_whole else 0
    why = f"beyond {most:,.0f}, where {narrow} does not tell whole numbers apart, in {count:,} of {column.count:,} rows"
    return _share(name, "unresolved_share", count, column.count, why + _colliding(column))


def _colliding(column: NumberColumn) -> str:
    """How many distinct numbers are left in float32, where all are known."""
    if not column.sketch.exact or column.type in WHOLE_DIGITS:
        return ""
    import numpy as np

    with np.errstate(over="ignore"):
        left = len(np.unique(column.sketch.x.astype(np.float32)))
    before = len(column.sketch)
    return f": {before:,} distinct ones become {left:,}" if left < before else ""


def _of_outputs(name: str, column: NumberColumn, *, is_chance: bool) -> Iterator[Metric]:
    same = column.count >= ENOUGH and column.min == column.max
    yield Metric(
        name="constant",
        value=float(same),
        column=name,
        n=column.count,
        scale="count",
        family=FAMILY,
        worse="up",
        why=f"all {column.count:,} predictions are {column.min:.6g}" if same else None,
    )
    if is_chance:
        return
    sketch = column.sketch
    ends = {0, len(sketch) - 1} if len(sketch) else set()
    count = int(sum(sketch.w[place] for place in ends if sketch.atoms[place]))
    why = f"at the smallest or the largest value in {count:,} of {column.count:,} rows"
    yield _share(name, "saturated_share", count, column.count, why)


def _share(column: str, name: str, count: int, n: int, why: str) -> Metric:
    return Metric(
        name=name,
        value=min(1.0, count / n) if n else None,
        column=column,
        n=n,
        scale="share",
        family=FAMILY,
        worse="up",
        why="there are no numbers" if not n else why if count else None,
    )
