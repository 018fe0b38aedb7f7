"""Somebody on call, on the morning after a day failed: a real Airflow on PostgreSQL, and a browser in front of it.

It is one test, since its steps follow from each other and share one Airflow, however many workers pytest has; each step
is reported for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.answers import ANSWERS
from tests.e2e.browsing import NARROW, PATIENCE, NoBrowserError, chromium
from tests.e2e.conftest import absent
from tests.e2e.deciding import DECIDING
from tests.e2e.desk import desk
from tests.e2e.morning import Morning, morning
from tests.e2e.pictures import KEPT, after, before, dark, take
from tests.e2e.reading import READING
from tests.e2e.waiting import Progress

DAYS = 64 if KEPT else 20  # pictures show months, what is tested is there after weeks
Place = TypeVar("Place")


@pytest.fixture
def on_this_morning(postgres_url: str, tmp_path: Path, progress: Progress) -> Iterator[Morning]:
    """The Airflow, with the run that failed."""
    with morning(postgres_url, tmp_path / "airflow", progress, days=DAYS) as found:
        yield found


@pytest.fixture
def browser() -> Iterator[Browser]:
    """The browser that is installed."""
    expect.set_options(timeout=PATIENCE)
    try:
        with chromium() as started:
            yield started
    except NoBrowserError as missing:
        absent(str(missing))


@pytest.mark.timeout(1500)
def test_on_call(
    on_this_morning: Morning,
    progress: Progress,
    subtests: pytest.Subtests,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    check(ANSWERS, on_this_morning, subtests, on_this_morning.keep)
    progress.say("the server answers as it should")
    with desk(request.getfixturevalue("browser"), on_this_morning) as place:
        check(READING, place, subtests, partial(place.keep, tmp_path))
        progress.say("what somebody on call reads is there")
        with subtests.test("pictures"):
            take(place, before(place), tmp_path / "pictures")
            take(place, dark(place), tmp_path / "pictures", width=NARROW, dark=True)
        check(DECIDING, place, subtests, partial(place.keep, tmp_path))
        progress.say("what somebody on call decides is kept")
        with subtests.test("a picture of what was decided"):
            take(place, after(place), tmp_path / "pictures")


def check(
    steps: Sequence[Callable[[Place], None]],
    place: Place,
    subtests: pytest.Subtests,
    failed: Callable[[str], None],
) -> None:
    """Take the steps one after the other, each reported for itself."""
    for step in steps:
        with subtests.test(step.__name__):
            try:
                step(place)
            except BaseException:
                failed(step.__name__)
                raise
