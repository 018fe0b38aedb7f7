"""How far a series had gone before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from airflow_mlmonitor.report.words import amount, plural


@dataclass(frozen=True, kw_only=True)
class Record:
    """How far a series had gone before, in the direction in which it is unusual now.

    Parameters
    ----------
    kind
        The direction.
    value
        The extreme.
    at
        The window in which it was.
    runs
        Number of earlier runs among which it was looked for.

    Examples
    --------
    >>> Record(kind="highest", value=0.07, at="2013-07-02", runs=90).words("share")
    '90 earlier runs; highest 7.0% on 2013-07-02'
    """

    kind: Literal["highest", "lowest"]
    value: float
    at: str
    runs: int

    def words(self, scale: str = "location") -> str:
        """The record as people read it."""
        preposition = "in" if "/" in self.at else "on"
        return f"{plural(self.runs, 'earlier run')}; {self.kind} {amount(self.value, scale)} {preposition} {self.at}"
