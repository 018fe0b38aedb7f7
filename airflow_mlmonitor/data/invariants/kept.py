"""How rows kept an invariant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.data.invariants.invariant import Invariant


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How rows kept an invariant, in the numbers of Great Expectations.

    Parameters
    ----------
    invariant
        The expectation.
    success
        Whether they kept it, ``mostly`` taken into account; None where it could not be found out.
    rows, missing, unexpected
        Number of all rows, of those it does not look at, and of those that break it; None where it is not about rows.
    observed
        What was seen instead, where it is about a whole column or table.
    samples
        Some of the values that break it.
    by
        Who found it out: ``us`` or ``Great Expectations``.
    gone
        A column that it is about and that is not there.
    why
        Why it could not be found out.
    """

    invariant: Invariant
    success: bool | None
    rows: int | None = None
    missing: int | None = None
    unexpected: int | None = None
    observed: Any = None
    samples: tuple[Any, ...] = ()
    by: str = "us"
    gone: str | None = None
    why: str | None = None

    @property
    def considered(self) -> int | None:
        """Number of rows that it looks at."""
        return None if self.rows is None or self.unexpected is None else self.rows - (self.missing or 0)

    @property
    def unexpected_share(self) -> float | None:
        """Share of the rows looked at that break it; of a column or a table 1 where it is broken and 0 where not."""
        if self.unexpected is None:
            return None if self.success is None else float(not self.success)
        return self.unexpected / self.considered if self.considered else None

    def examples(self, private: frozenset[str]) -> tuple[str, ...]:
        """Some of the values that break it, as text; of private columns only their hashes."""
        from airflow_mlmonitor.data.building import shown

        hidden = not private.isdisjoint(self.invariant.columns)
        known = [value for value in self.samples if value is not None and value == value]  # noqa: PLR0124 - NaN
        return tuple(dict.fromkeys(shown(_spelled(value), private=hidden) for value in known))


def counted(
    invariant: Invariant, *, rows: int, missing: int, unexpected: int, samples: tuple[Any, ...] = ()
) -> Kept:
    """What some counts say: where no row is looked at, it is kept."""
    considered = rows - missing
    mostly = 1.0 if invariant.mostly is None else invariant.mostly
    success = not considered or (considered - unexpected) / considered >= mostly
    return Kept(
        invariant=invariant,
        success=success,
        rows=rows,
        missing=missing,
        unexpected=unexpected,
        samples=samples,
    )


def _spelled(value: object) -> str:
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return ", ".join(map(_spelled, value.values() if isinstance(value, Mapping) else value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)
