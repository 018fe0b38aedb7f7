"""How many new values lie outside everything seen before."""

from __future__ import annotations

import math


def exceedance_p_value(beyond: float, n: int, m: int) -> float | None:
    """The chance that at least so many of n new values lie outside the range of m old ones.

    If nothing changed, every ranking of the n + m values is equally likely, whatever their distribution. Then
    P(K >= k) = C(n - k + m, m) / C(n + m, m) (1 + k m / (n - k + m)): exact for continuous values, conservative where
    there are ties.

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
    rest = n - beyond
    ratio = math.lgamma(rest + m + 1) - math.lgamma(rest + 1) - math.lgamma(n + m + 1) + math.lgamma(n + 1)
    return min(1.0, math.exp(ratio) * (1 + beyond * m / (rest + m)))
