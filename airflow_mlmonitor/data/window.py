"""The span of data time that one run looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from airflow_mlmonitor.errors import ConfigurationError


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a moment without a zone is taken to be UTC."""
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, order=True)
class Window:
    """The span of data time ``[start, end)`` that one run looks at.

    Parameters
    ----------
    start, end
        Moments; kept in UTC. One without a zone is taken to be UTC.

    Raises
    ------
    ConfigurationError
        If the span is empty or runs backwards.

    Examples
    --------
    >>> day = Window.parse("2013-02-08")
    >>> day.label
    '2013-02-08'
    >>> day.end - day.start
    datetime.timedelta(days=1)
    >>> Window.parse("2013-02-08T06:00/2013-02-08T12:00").label
    '2013-02-08T06:00/2013-02-08T12:00'
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.start >= self.end:
            raise ConfigurationError(
                f"The window {self.start.isoformat()} to {self.end.isoformat()} is empty; "
                "its end must be later than its start."
            )

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read ``2013-02-08`` (that day, UTC) or ``start/end`` in ISO 8601."""
        first, slash, second = text.strip().partition("/")
        try:
            start = datetime.fromisoformat(first)
            end = datetime.fromisoformat(second) if slash else start + timedelta(days=1)
            return cls(start, end)
        except (ValueError, OverflowError):
            raise ConfigurationError(
                f"{text!r} is not a window; write a day such as 2013-02-08, "
                "or start/end such as 2013-02-08T06:00/2013-02-08T12:00."
            ) from None

    @property
    def label(self) -> str:
        """The day, where the window is one whole UTC day; otherwise ``start/end`` without the zone."""
        whole_day = self.start.time() == datetime.min.time() and self.span == timedelta(days=1)
        if whole_day:
            return self.start.date().isoformat()
        return "/".join(_short(moment) for moment in (self.start, self.end))

    @property
    def span(self) -> timedelta:
        """How long the window is."""
        return self.end - self.start

    def split(self, span: timedelta) -> Iterator[Window]:
        """The windows of one ``span`` each that this window is made of, the last one cut at its end."""
        start = self.start
        while start < self.end:
            end = min(start + span, self.end)
            yield Window(start, end)
            start = end

    def __str__(self) -> str:
        return self.label


def _short(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(
        timespec="auto" if moment.second or moment.microsecond else "minutes"
    )
