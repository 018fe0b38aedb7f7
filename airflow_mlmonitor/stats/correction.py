"""Many tests at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust p-values so that calling those at or below alpha different keeps the false discovery rate at alpha.

    Holds for independent tests and for positively dependent ones, such as those of columns that move together.

    Parameters
    ----------
    p_values
        One a test; None where a test has none, which does not count.

    Returns
    -------
    list
        The adjusted p-values (q-values), in the same order, None where there was none.

    Examples
    --------
    >>> [q and round(q, 3) for q in benjamini_hochberg([0.01, None, 0.04, 0.03])]
    [0.03, None, 0.04, 0.04]

    References
    ----------
    Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, J. R. Stat. Soc. B 57, 1995.
    """
    known = [position for position, p in enumerate(p_values) if p is not None]
    p = np.array([p_values[position] for position in known], dtype=np.float64)
    order = np.argsort(-p)
    ranks = np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * p.size / ranks), 1.0)
    answer: list[float | None] = [None] * len(p_values)
    for position, q in zip(known, adjusted.tolist(), strict=True):
        answer[position] = q
    return answer
