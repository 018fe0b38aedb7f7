"""Moments, however somebody wrote them down."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from airflow_mlmonitor.data.window import utc
from airflow_mlmonitor.errors import DataError

MILLISECONDS = 1e11
"""From here on a number counts milliseconds since 1970: as seconds it would be the year 5138."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: Any, name: str) -> datetime | None:
    """Read a moment: ISO 8601, a date, or seconds or milliseconds since 1970; None for nothing.

    Raises
    ------
    DataError
        It is none of these.

    Examples
    --------
    >>> moment("2013-03-02", "trained_at"), moment(1362182400000, "trained_at") == moment("1362182400", "trained_at")
    (datetime.datetime(2013, 3, 2, 0, 0, tzinfo=datetime.timezone.utc), True)
    """
    if value is None or value == "":
        return None
    try:
        return _read(value)
    except (ValueError, OverflowError):
        raise DataError(
            f"{name} is {str(value)[:40]!r}, which is no moment; write it as 2013-02-08T06:00:00Z."
        ) from None


def _read(value: Any) -> datetime:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if isinstance(value, str):
        text = value.strip()
        if not text.replace(".", "", 1).isdigit() or len(text) == len("20130208"):
            return utc(datetime.fromisoformat(text))
    number = float(value)
    return EPOCH + timedelta(seconds=number / 1000 if number >= MILLISECONDS else number)
