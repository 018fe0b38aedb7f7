"""Ways in which moments of serving follow from those of training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from airflow_mlmonitor.data.parity.pattern import Pattern

WIDEST = timedelta(hours=14)
"""No zone is farther from UTC."""

QUARTER, HOUR, NO_TIME = timedelta(minutes=15), timedelta(hours=1), timedelta(0)

UNITS = {
    "day": timedelta(days=1),
    "hour": HOUR,
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}

FIRST = datetime(1970, 1, 1)  # noqa: DTZ001 - all moments here are UTC and without a zone


def moment_patterns(training: Sequence[datetime], serving: Sequence[datetime]) -> Iterator[Pattern]:
    """Try what turns moments into others: an offset, two an hour apart, and cutting to days, hours and so on.

    Examples
    --------
    >>> departures = [datetime(2013, 2, day, 9, 30) for day in range(1, 8)]
    >>> [pattern.words for pattern in moment_patterns(departures, [moment + 5 * HOUR for moment in departures])]
    ['serving = training + 5 h (as another time zone would)']
    """
    pairs = list(zip(training, serving, strict=True))
    for name, unit in UNITS.items():
        cut = sum(served == trained - (trained - FIRST) % unit for trained, served in pairs)
        if cut > 1 and len(set(training)) > 1:
            yield Pattern(words=f"serving = training cut to the {name}", holds=cut, rows=len(pairs))
    offsets = Counter(served - trained for trained, served in pairs).most_common(2)
    if not offsets:
        return
    (first, times), *others = offsets
    zone = " (as another time zone would)" if _is_zone(first) else ""
    yield Pattern(words=f"serving = training {signed_span(first)}{zone}", holds=times, rows=len(pairs))
    for second, more in others:
        if abs(second - first) == HOUR and _is_zone(first):
            earlier, later = sorted((first, second))
            words = f"serving = training {signed_span(earlier)} or {signed_span(later)}"
            zone = " (as another time zone with summer time would)"
            yield Pattern(words=f"{words}{zone}", holds=times + more, rows=len(pairs))


def signed_span(span: timedelta) -> str:
    """A length of time in words, with its sign.

    >>> signed_span(timedelta(hours=5)), signed_span(-timedelta(days=1)), signed_span(timedelta(minutes=330))
    ('+ 5 h', '- 1 day', '+ 5 h 30 min')
    """
    return f"{'-' if span < NO_TIME else '+'} {span_words(abs(span))}"


def span_words(span: timedelta) -> str:
    """A length of time in words."""
    seconds = span.seconds % 60 + span.microseconds / 1e6
    parts = [
        (span.days, " day" if span.days == 1 else " days"),
        (span.seconds // 3600, " h"),
        (span.seconds // 60 % 60, " min"),
        (seconds, " s"),
    ]
    return " ".join(f"{amount:g}{unit}" for amount, unit in parts if amount) or "0 s"


def _is_zone(offset: timedelta) -> bool:
    return NO_TIME < abs(offset) <= WIDEST and not offset % QUARTER
