"""A Redis for Celery: an unused database of a server that runs already, or a server started for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from tests.e2e.waiting import until
from tests.starting import NoServerError, free_port

VARIABLE = "MLMONITOR_TEST_REDIS"
USUAL = "redis://127.0.0.1:6379"
DATABASES = range(15, 0, -1)
START_SECONDS = 30


@contextmanager
def broker() -> Iterator[str]:
    """Give the URL of an empty Redis database, and empty it in the end.

    :raises NoServerError: there is no server, and none can be started.
    """
    named = os.environ.get(VARIABLE, USUAL)
    if _answers(named):
        yield from _unused(named)
        return
    command = shutil.which("redis-server")
    if not command:
        raise NoServerError(
            f"No Redis answers at {named}, and there is no redis-server to start one; name one with {VARIABLE}."
        )
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="mlmonitor-redis-") as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with subprocess.Popen([command, *options], stdout=subprocess.DEVNULL) as server:
            try:
                until("Redis to start", lambda: _answers(url), seconds=START_SECONDS)
                yield from _unused(url)
            finally:
                server.terminate()


def _answers(url: str) -> bool:
    try:
        with redis.from_url(url, socket_connect_timeout=2) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False


def _unused(url: str) -> Iterator[str]:
    for number in DATABASES:
        with redis.from_url(f"{url}/{number}") as server:
            if server.dbsize() == 0:
                try:
                    yield f"{url}/{number}"
                finally:
                    server.flushdb()
                return
    raise NoServerError(f"Every database of the Redis at {url} is in use.")
