"""What a comparison of two samples comes to."""

from __future__ import annotations

from typing import NamedTuple


class Comparison(NamedTuple):
    """One comparison of two samples, in plain numbers; none of them is ever NaN or infinite.

    Parameters
    ----------
    statistic
        The number the method is named after.
    p_value
        How likely a statistic at least this large is when nothing changed. None where no honest p-value exists.
    effect
        The size of the difference in standard deviations, whatever the method: what a normal column moved by that
        many standard deviations would show (.2 is small, .5 medium, .8 large). Effects of unsigned statistics have
        the share that mere chance contributes taken out, so that they are about 0 when nothing changed and do not
        shrink as rows are added. None where it is not defined.
    """

    statistic: float
    p_value: float | None = None
    effect: float | None = None
