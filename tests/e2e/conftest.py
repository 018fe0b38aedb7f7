"""What the tests of whole systems share. Each of them lives in one test, which tells how far it is."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.broker import broker
from tests.e2e.waiting import Progress
from tests.starting import NoServerError


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Progress:
    """Tells how far a test has come."""
    return Progress(request.config)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty Redis database, emptied after the test."""
    try:
        with broker() as url:
            yield url
    except NoServerError as missing:
        absent(str(missing))


def absent(why: str) -> None:
    """Skip what cannot be tested here; where everything has to be there, fail."""
    if os.environ.get("MLMONITOR_REQUIRE_SERVERS") == "1":
        pytest.fail(why)
    pytest.skip(why)
