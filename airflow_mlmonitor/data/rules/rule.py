"""What every rule of a baseline's rows promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory, Novelty
    from airflow_mlmonitor.data.rules.view import BatchView


class Measure(NamedTuple):
    """How the rows of one profile kept a rule, as one number; a check makes a metric of it.

    Parameters
    ----------
    name, column, slice, value, n, scale, family, worse, why
        As in :class:`~airflow_mlmonitor.checks.metric.Metric`.
    """

    name: str
    value: float | None
    column: str | None = None
    slice: str = ""
    n: int = 0
    scale: Literal["share", "location", "log", "distance", "count"] = "share"
    family: str = "custom"
    worse: Literal["up", "down", "both"] = "up"
    why: str | None = None


class Tally(ABC):
    """How often the rows of a batch kept a rule; two of them add up, the left one's rows being the earlier ones."""

    @abstractmethod
    def __add__(self, other: Self) -> Self: ...

    @abstractmethod
    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Say how the rows kept the rule, given what was seen before them."""

    def novelty(self, memory: Memory) -> Novelty | None:
        """Return what these rows show for the first time, for the memory to keep; None for nothing."""
        return None


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """Something that a baseline's rows always did: learned once, stored with it, measured on later rows.

    Attributes
    ----------
    kind
        The rule's name in a stored document, such as ``pair``.
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs; where one is missing or has another type, the rule is not measured."""

    @property
    def key(self) -> str:
        """What tells it from all other rules of a baseline."""
        return f"{self.kind}:{'+'.join(self.columns)}"

    @abstractmethod
    def words(self) -> str:
        """The rule as a sentence that a person can check, such as ``hour = floor(sched_dep_time / 100)``."""

    @abstractmethod
    def tally(self, view: BatchView) -> Tally:
        """Count how the rows of a batch keep it."""

    @abstractmethod
    def document(self) -> dict[str, Any]:
        """The rule as plain JSON, without its kind."""

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Make the rule of what :meth:`document` gave."""
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in document.items()})
