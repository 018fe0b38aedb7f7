"""What findings probably come from, as a run stored it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.report.table import printable


@dataclass(frozen=True, kw_only=True)
class StoredCause:
    """What findings of a run probably come from, what speaks for it and what to do.

    Parameters
    ----------
    cause, likely, evidence, next, columns, slice, rows, families, may_be_meant
        As in :class:`~airflow_mlmonitor.diagnosis.Diagnosis`.
    """

    cause: str
    likely: str
    evidence: tuple[str, ...] = ()
    next: str = ""
    columns: tuple[str, ...] = ()
    slice: str = ""
    rows: int | None = None
    families: tuple[str, ...] = ()
    may_be_meant: bool = False

    def is_same(self, other: StoredCause) -> bool:
        """Whether two monitors speak of one thing: the same guess, or one of a kind about the same rows or columns."""
        if self.likely == other.likely:
            return True
        alike = self.cause == other.cause
        return alike and bool(self.slice == other.slice != "" or set(self.columns) & set(other.columns))


def causes_in(facts: Mapping[str, str]) -> list[StoredCause]:
    """Read the causes among the facts of a run, the surest first; none where they cannot be read any more.

    >>> [cause.likely for cause in causes_in({"causes": '[{"cause": "join_failed", "likely": "a join failed"}]'})]
    ['a join failed']
    >>> causes_in({}), causes_in({"causes": "not JSON"})
    ([], [])
    """
    told = fact(facts, "causes")
    if not isinstance(told, list):
        return []
    return [_cause(one) for one in told if isinstance(one, Mapping) and one.get("likely")]


def fact(facts: Mapping[str, str], name: str) -> Any:
    """Read a fact that is JSON; None where it is not there, or cannot be read."""
    try:
        return json.loads(facts.get(name, "null"))
    except ValueError:
        return None


def shared(causes: Sequence[Sequence[StoredCause]]) -> StoredCause | None:
    """Return what all of several runs come from; None where they do not, or one of them has no known cause."""
    if len(causes) < 2 or not all(causes):
        return None
    first, *others = causes
    return next((one for one in first if all(any(one.is_same(its) for its in own) for own in others)), None)


def _cause(told: Mapping[str, Any]) -> StoredCause:
    rows = told.get("rows")
    return StoredCause(
        cause=str(told.get("cause", "")),
        likely=printable(str(told["likely"])),
        evidence=tuple(printable(str(said)) for said in told.get("evidence") or ()),
        next=printable(str(told.get("next") or "")),
        columns=tuple(str(column) for column in told.get("columns") or ()),
        slice=printable(str(told.get("slice") or "")),
        rows=rows if isinstance(rows, int) else None,
        families=tuple(str(family) for family in told.get("families") or ()),
        may_be_meant=told.get("may_be_meant") is True,
    )
