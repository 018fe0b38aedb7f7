"""Ages of a model, as metrics and as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow_mlmonitor.checks.metric import Metric, Scale, Worse

FAMILY = "staleness"

DAY = timedelta(days=1)


def measured(
    name: str, value: float | None, *, scale: Scale, worse: Worse, why: str | None, n: int = 1, **rest: Any
) -> Metric:
    """One number about how stale the model is."""
    return Metric(name=name, value=value, n=n, scale=scale, family=FAMILY, worse=worse, why=why, **rest)


def spoken(moment: datetime, near: datetime) -> str:
    """A day as people say it, with its year where that is not the one of another moment.

    >>> spoken(datetime(2013, 3, 2), datetime(2013, 4, 1)), spoken(datetime(2012, 3, 2), datetime(2013, 4, 1))
    ('2 March', '2 March 2012')
    """
    year = "" if moment.year == near.year else f" {moment.year}"
    return f"{moment.day} {moment:%B}{year}"


def between(first: datetime, last: datetime, near: datetime) -> str:
    """Two days as people say them.

    >>> between(datetime(2013, 4, 8), datetime(2013, 4, 29), datetime(2013, 4, 1))
    '8–29 April'
    >>> between(datetime(2013, 3, 30), datetime(2014, 4, 2), datetime(2013, 4, 1))
    '30 March to 2 April 2014'
    """
    if (first.year, first.month) == (last.year, last.month):
        return spoken(last, near) if first.day == last.day else f"{first.day}–{spoken(last, near)}"
    return f"{spoken(first, near)} to {spoken(last, near)}"


def span(days: float) -> str:
    """A number of days as people say it.

    >>> span(12.04), span(1.0), span(0.25)
    ('12 days', '1 day', '6 hours')
    """
    whole, unit = (days, "day") if days >= 2 or days == 1 else (days * 24, "hour")
    return f"{whole:,.0f} {unit}{'' if round(whole) == 1 else 's'}"


def percent(share: float) -> str:
    """A share as people say it.

    >>> percent(0.18), percent(0.004), percent(1.0)
    ('18%', '0.4%', '100%')
    """
    return f"{share:.0%}" if share >= 0.1 else f"{100 * share:.2g}%"
