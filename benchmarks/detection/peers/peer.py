"""What every peer promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.detection.peers.summary import Summary


@dataclass(frozen=True)
class Answer:
    """What a method says of a day.

    Parameters
    ----------
    alert
        Whether somebody is called.
    score
        How unusual the day is on the method's own scale, for a line that is drawn afterwards.
    blamed
        Columns, the likeliest cause first; an empty name stands for the table.
    """

    alert: bool
    score: float
    blamed: tuple[str, ...] = ()


class Peer(ABC):
    """A method as its documentation has it, re-implemented with its defaults.

    It is given the days in order: first those of history by :meth:`learn`, then each day by :meth:`judge` and, when
    it is over, by :meth:`learn`. It never hears whether an alert was right.
    """

    name: ClassVar[str]

    def train(self, days: Sequence[Summary]) -> None:  # noqa: B027 - most learn nothing from them
        """See the days of the training window, whose rows are the reference."""

    def learn(self, day: Summary) -> None:  # noqa: B027 - most keep no history
        """See a day that is over."""

    @abstractmethod
    def judge(self, day: Summary) -> Answer:
        """Say what the day looks like."""


def worst_first(found: dict[str, float]) -> tuple[str, ...]:
    """Columns, those of the largest numbers first."""
    return tuple(sorted(found, key=lambda name: -found[name]))[:3]
