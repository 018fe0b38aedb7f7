"""A cause of findings: what it is, and what every one of the catalogue promises."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_mlmonitor.diagnosis.circumstances import Circumstances


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What the findings of a run probably come from, what speaks for it, and what to do.

    Parameters
    ----------
    cause
        The name of the cause, such as ``join_failed``.
    likely
        The guess, as a sentence without its full stop.
    evidence
        What was checked and found, a sentence each, with numbers.
    next
        What a tired person can do, as an imperative without its full stop.
    confidence
        From 0 to 1, for ranking only.
    columns
        The columns that it explains, the foremost first; empty for the table.
    slice
        The rows on which, such as ``origin = EWR``; empty where they have nothing in common that is known.
    rows
        About how many rows are touched; None where it cannot be told.
    families
        Families of metrics of the table that it explains as well.
    may_be_meant
        Whether somebody may have wanted it, and to stay: nobody accepts a join that failed as the new normal.

    Examples
    --------
    >>> found = Diagnosis(
    ...     cause="stuck_value",
    ...     likely="temp is stuck at 39",
    ...     evidence=("39 is in 96% of the rows; it was in 1.2%",),
    ...     next="check what writes temp",
    ...     confidence=0.9,
    ...     columns=("temp",),
    ... )
    >>> found.document()["likely"]
    'temp is stuck at 39'
    """

    cause: str
    likely: str
    evidence: tuple[str, ...]
    next: str
    confidence: float
    columns: tuple[str, ...] = ()
    slice: str = ""
    rows: int | None = None
    families: tuple[str, ...] = ()
    may_be_meant: bool = False

    def document(self) -> dict[str, Any]:
        """The diagnosis as plain JSON."""
        return {
            "cause": self.cause,
            "likely": self.likely,
            "evidence": list(self.evidence),
            "next": self.next,
            "confidence": round(self.confidence, 3),
            "columns": list(self.columns),
            "slice": self.slice,
            "rows": self.rows,
            "families": list(self.families),
            "may_be_meant": self.may_be_meant,
        }


class Cause(ABC):
    """Something that breaks in pipelines, known by the marks it leaves.

    It looks for its marks in profiles, metrics and earlier runs, and speaks only where it finds them: a guess without
    evidence is not made.
    """

    @property
    def name(self) -> str:
        """The class's name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @abstractmethod
    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        """Say where its marks were found; nothing where they are not."""
