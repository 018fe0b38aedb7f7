"""Which runs resemble each other by the calendar: those of one weekday, or of one hour of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.data.window import Window

DAY = timedelta(days=1)


def calendar_class(window: Window, seasonality: str = "weekday") -> int:
    """Return a number that runs at the same point of the season share.

    Windows shorter than half a day are compared with those at the same hour, daily ones with those of the same
    weekday; those of two days or more have no season.

    Examples
    --------
    >>> friday = Window.parse("2013-02-08")
    >>> calendar_class(friday), calendar_class(Window.parse("2013-02-08T06:00/2013-02-08T07:00"))
    (4, 6)
    >>> calendar_class(friday, "none")
    0
    """
    middle = window.start + window.span / 2
    if seasonality == "none" or window.span >= 2 * DAY:
        return 0
    return middle.hour if window.span <= DAY / 2 else middle.weekday()


def season(window: Window, seasonality: str = "weekday") -> int:
    """Return how many runs make one season: 7 daily ones, 24 hourly ones; 1 without a season.

    >>> season(Window.parse("2013-02-08")), season(Window.parse("2013-02-08T06:00/2013-02-08T12:00"))
    (7, 4)
    """
    if seasonality == "none" or window.span >= 2 * DAY:
        return 1
    return (
        max(1, round(DAY / window.span)) if window.span <= DAY / 2 else max(1, round(7 * DAY / window.span))
    )


def moment(seconds: float) -> datetime:
    """The moment that was so many seconds after 1970."""
    return datetime.fromtimestamp(seconds, UTC)
