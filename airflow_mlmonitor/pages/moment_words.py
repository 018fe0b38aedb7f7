"""Moments and windows as documents write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.data.window import Window, utc

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Later than any window."""

DAY = timedelta(days=1)


def iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC.

    >>> iso(datetime(2013, 2, 8, 6, 30))
    '2013-02-08T06:30:00+00:00'
    """
    return utc(moment).isoformat()


def window_words(window: Window) -> str:
    """Write a window for people, in UTC: a day, days or hours.

    >>> window_words(Window.parse("2026-11-19"))
    'Thu 19 Nov 2026'
    >>> window_words(Window.parse("2026-11-19T06:00/2026-11-19T07:00"))
    'Thu 19 Nov 2026, 06:00–07:00'
    >>> window_words(Window.parse("2026-11-16/2026-11-23"))
    '16 Nov 2026 – 22 Nov 2026'
    >>> window_words(Window.parse("2026-11-19T23:00/2026-11-20T01:00"))
    'Thu 19 Nov 2026, 23:00 – Fri 20 Nov 2026, 01:00'
    """
    start, end = window.start, window.end
    midnight = datetime.min.time()
    if start.time() == end.time() == midnight:
        last = end - DAY
        return day_words(start) if last <= start else f"{_date(start)} – {_date(last)}"
    if start.date() == end.date():
        return f"{day_words(start)}, {start:%H:%M}–{end:%H:%M}"
    return f"{day_words(start)}, {start:%H:%M} – {day_words(end)}, {end:%H:%M}"


def day_words(moment: datetime) -> str:
    """Write a day with its weekday.

    >>> day_words(datetime(2026, 11, 9))
    'Mon 9 Nov 2026'
    """
    return f"{moment:%a} {_date(moment)}"


def short_day(moment: datetime) -> str:
    """Write a day within a year.

    >>> short_day(datetime(2026, 10, 6))
    '6 Oct'
    """
    return f"{moment.day} {moment:%b}"


def span_words(span: timedelta) -> str:
    """Say how long something took or lies apart, in one unit.

    >>> span_words(timedelta(minutes=12)), span_words(timedelta(hours=11, minutes=20)), span_words(timedelta(days=48))
    ('12 min', '11 h', '48 d')
    """
    minutes = max(span, timedelta()) / timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} d"


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
