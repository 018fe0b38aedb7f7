"""One named number about one run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Scale = Literal["share", "location", "log", "distance", "count"]
Worse = Literal["up", "down", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One named number about one run, perhaps of one column and one slice.

    Parameters
    ----------
    name
        Such as ``null_share``, ``ks``, ``rows``; lower case, one word per idea.
    value
        The number. None says that it is not defined here (``why`` tells the reason). NaN and infinite values, here
        and below, become None.
    column
        The column it is about; None for the table.
    slice
        Such as ``origin=EWR``; empty for all rows.
    n
        Number of rows it was computed from.
    scale
        What kind of number it is, so that a judge can follow it over time: a share in [0, 1], a location in the
        column's unit, something positive that varies by factors (``log``), a distance, or a count.
    family
        Metrics of one column and family tell of one problem, such as ``missing`` or ``distance``.
    worse
        The direction that is bad.
    expected
        The same number of the baseline, where there is one.
    p_value
        How likely a difference to the baseline at least this large is if nothing changed; None where no honest
        test exists.
    effect
        Size of the difference in standard units (Cohen's d, or h for shares; both read alike: .2 is small, .8 is
        large); None where the metric is recorded but not itself compared with the baseline.
    why
        What the number rests on, in words; None where the number speaks for itself.

    Examples
    --------
    >>> Metric(name="null_share", value=0.31, column="temp", n=981).key
    ('null_share', 'temp', '')
    """

    name: str
    value: float | None
    column: str | None = None
    slice: str = ""
    n: int = 0
    scale: Scale = "location"
    family: str = "custom"
    worse: Worse = "both"
    expected: float | None = None
    p_value: float | None = None
    effect: float | None = None
    why: str | None = None

    def __post_init__(self) -> None:
        for name in ("value", "expected", "p_value", "effect"):
            number = getattr(self, name)
            if number is not None and not (type(number) is float and math.isfinite(number)):
                self._settle(name, float(number))

    def _settle(self, name: str, number: float) -> None:
        finite = math.isfinite(number)
        object.__setattr__(self, name, number if finite else None)
        if name == "value" and not finite and self.why is None:
            object.__setattr__(self, "why", f"{self.name} came out as {number}")

    @property
    def key(self) -> tuple[str, str, str]:
        """Name, column (empty for the table) and slice: what makes it one series over time."""
        return self.name, self.column or "", self.slice
