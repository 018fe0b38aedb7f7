"""How many new values lie outside everything seen before."""

from __future__ import annotations


def exceedance_p_value(beyond: float, n: int, m: int) -> float | None:
    """The chance that at least so many of n new values lie outside the range of m old ones.

    If nothing changed, every ranking of the n + m values is equally likely. The new values beyond either extreme of
    the old ones are then a sum of two geometric numbers, and P(K >= k) = q^k (1 + k (1 - q)) with q = n / (n + m).
    Distribution-free; for continuous values (ties make it conservative).

    Parameters
    ----------
    beyond
        Number of new values outside the old range.
    n, m
        Numbers of new and of old values.

    Returns
    -------
    float or None
        None when either sample is empty.

    References
    ----------
    E. J. Gumbel, H. von Schelling (1950). The distribution of the number of exceedances. Ann. Math. Stat. 21, 247-262.

    Examples
    --------
    >>> exceedance_p_value(0, 100, 100), exceedance_p_value(12, 100, 100) < 0.01
    (1.0, True)
    """
    if not n or not m:
        return None
    q = n / (n + m)
    return min(1.0, float(q**beyond) * (1 + beyond * (1 - q)))
