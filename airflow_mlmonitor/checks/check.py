"""A question about data or a model, answered by metrics."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.baseline import Baseline
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.rules.rule import Rule

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """A question about data or a model, answered by metrics; it never judges.

    A check of one's own is a frozen dataclass with one method; for a single number, see :func:`check`.

    Parameters
    ----------
    baseline
        Which earlier profile the run is compared with; None for a check that looks at the run alone.
    prefix
        Put before the names of its metrics, so that two checks of one kind can stand in one monitor.

    Examples
    --------
    >>> class Spread(Check):
    ...     def measure(self, now, before):
    ...         yield Metric(name="spread", value=now["fare"].max - now["fare"].min, column="fare")
    >>> Spread().name
    'spread'
    """

    baseline: Baseline | None = None
    prefix: str = ""

    @property
    def name(self) -> str:
        """The class's name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """Limits that follow from its own parameters, as :class:`~airflow_mlmonitor.judging.Bounds` has them."""
        return {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What it wants the rows held against while they are read, besides the rules of a baseline."""
        return ()

    @abstractmethod
    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Answer with metrics.

        Parameters
        ----------
        now
            The profile of this run's rows.
        before
            The baseline's profile; None when the check has no baseline, or while its history is still too short.
        """


@dataclass(frozen=True, kw_only=True)
class FunctionCheck(Check):
    """A check made of a function, by :func:`check`."""

    function: Callable[..., Any] = field(repr=False)  # its address would be another at every parse
    label: str
    takes_before: bool

    @property
    def name(self) -> str:
        """The function's name, or the one given to the decorator."""
        return self.label

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Call the function and name what it returns."""
        answer = self.function(now, before) if self.takes_before else self.function(now)
        return list(self._metrics(answer, now.rows))

    def _metrics(self, answer: object, n: int) -> Iterable[Metric]:
        if isinstance(answer, Metric):
            yield answer
        elif isinstance(answer, Mapping):
            for part, value in answer.items():
                yield self._metric(f"{self.label}.{part}", value, n)
        elif isinstance(answer, Iterable) and not isinstance(answer, str):
            for item in answer:
                if not isinstance(item, Metric):
                    raise self._refused(item)
                yield item
        else:
            yield self._metric(self.label, answer, n)

    def _metric(self, name: str, value: object, n: int) -> Metric:
        if value is None:
            return Metric(name=name, value=None, n=n, why=f"{name} returned None")
        try:
            return Metric(name=name, value=float(value), n=n)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise self._refused(value) from None

    def _refused(self, value: object) -> ConfigurationError:
        return ConfigurationError(
            f"The check {self.label} returned {value!r}; "
            "return a number, a dict of numbers, a Metric or several Metrics."
        )


def check(function: Callable[..., Any] | None = None, /, *, baseline: Baseline | None = None) -> Any:
    """Make a check of a function.

    The function gets the run's profile, and the baseline's as well if it takes two arguments. It returns a number,
    a dict of numbers, a :class:`Metric` or several. Its name names the metric.

    Examples
    --------
    >>> @check
    ... def spend_per_visit(now):
    ...     '''Falls when the price feed goes stale.'''
    ...     return now["spend"].mean / now["visits"].mean
    >>> spend_per_visit.name
    'spend_per_visit'
    """
    if function is None:
        return lambda decorated: check(decorated, baseline=baseline)
    parameters = inspect.signature(function).parameters.values()
    takes = sum(parameter.kind in _BY_POSITION for parameter in parameters)
    if takes not in (1, 2):
        raise ConfigurationError(
            f"The check {function.__name__} must take (now) or (now, before); it takes {takes}."
        )
    return FunctionCheck(
        function=function, label=function.__name__, takes_before=takes == 2, baseline=baseline
    )
