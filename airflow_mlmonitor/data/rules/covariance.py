"""How two numbers vary together, in a form that adds up."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Covariance:
    """Means, squared deviations and their products of pairs of numbers; two of them add up exactly.

    Parameters
    ----------
    n
        Number of pairs.
    x, y
        The means.
    xx, yy, xy
        Sums of squared deviations, and of the products of both.

    References
    ----------
    P. Pébay (2008). Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
    moments. Sandia SAND2008-6212.

    Examples
    --------
    >>> half = Covariance.of(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    >>> round((half + Covariance.of(np.array([3.0]), np.array([3.0]))).correlation, 3)
    0.866
    """

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    @classmethod
    def of(cls, x: NDArray[np.float64], y: NDArray[np.float64]) -> Covariance:
        """Of so many pairs; without any number left where they are too large."""
        if not x.size:
            return cls()
        with np.errstate(over="ignore", invalid="ignore"):
            mean_x, mean_y = float(x.mean()), float(y.mean())
            off_x, off_y = x - mean_x, y - mean_y
            # Summed by numpy: a BLAS starts threads of its own, inside those that read.
            products = (
                float((left * right).sum())
                for left, right in ((off_x, off_x), (off_y, off_y), (off_x, off_y))
            )
            return cls(x.size, mean_x, mean_y, *products)

    def moved(self, x: float) -> Covariance:
        """The same with all of ``x`` so much larger."""
        return replace(self, x=self.x + x)

    def __add__(self, other: Covariance) -> Covariance:
        if not self.n or not other.n:
            return self if self.n else other
        n = self.n + other.n
        share, weight = other.n / n, self.n * (other.n / n)
        x, y = other.x - self.x, other.y - self.y
        return Covariance(
            n,
            self.x + x * share,
            self.y + y * share,
            self.xx + other.xx + x * x * weight,
            self.yy + other.yy + y * y * weight,
            self.xy + other.xy + x * y * weight,
        )

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation; None where one of the two does not vary."""
        spread = math.sqrt(self.xx) * math.sqrt(self.yy)
        found = self.xy / spread if spread else math.nan
        return None if math.isnan(found) else max(-1.0, min(1.0, found))
