"""Real database servers for the tests: one that runs already, or one started for the session.

Where there is none, tests that need it are skipped; with ``MLMONITOR_REQUIRE_SERVERS=1`` they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.starting import MYSQL, POSTGRES, NoServerError, Product, fresh_database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server: the URL of a database on it from which others may be created."""
    yield from _server(POSTGRES)


@pytest.fixture(scope="session")
def mysql_url() -> Iterator[str]:
    """A MySQL or MariaDB server: the URL of a database on it from which others may be created."""
    yield from _server(MYSQL)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database, dropped after the test."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def mysql_database(mysql_url: str) -> Iterator[str]:
    """The URL of a fresh, empty MySQL or MariaDB database, dropped after the test."""
    with fresh_database(mysql_url) as url:
        yield url


def _server(product: Product) -> Iterator[str]:
    try:
        with product.server() as url:
            yield url
    except NoServerError as missing:
        if os.environ.get("MLMONITOR_REQUIRE_SERVERS") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
