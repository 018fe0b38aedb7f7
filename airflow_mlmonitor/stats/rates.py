"""How often something happens, by how often it was seen to."""

from __future__ import annotations

from scipy.special import gammaincinv


def expected_count(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return between which numbers the mean lies that a Poisson count was drawn from, by Garwood's exact interval.

    Parameters
    ----------
    count
        What was counted.
    confidence
        Share of counts whose interval holds the true mean, at least.

    Examples
    --------
    >>> low, high = expected_count(10)
    >>> round(low, 2), round(high, 2)
    (4.8, 18.39)
    >>> expected_count(0)[0]
    0.0
    """
    beyond = (1 - confidence) / 2
    low = float(gammaincinv(count, beyond)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - beyond))
