"""Waiting for what other processes do, and saying meanwhile how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

import pytest

Found = TypeVar("Found")

EVERY = 0.25
"""Seconds between two looks."""


class Teller(Protocol):
    """Whatever tells how far something has come."""

    def say(self, words: str) -> None:
        """Tell what is done."""


class Progress:
    """Tells how far a long test has come: on the terminal at once, or, inside a worker of xdist, when it failed.

    :param config: pytest's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._began = time.monotonic()
        self._reporter = config.pluginmanager.get_plugin("terminalreporter")
        self._capture = config.pluginmanager.get_plugin("capturemanager")

    def say(self, words: str) -> None:
        """Print a line, with the seconds since the test began."""
        line = f"  {time.monotonic() - self._began:5.1f} s  {words}"
        if self._reporter is None or self._capture is None:
            print(line)  # noqa: T201 - pytest shows it with the failure
            return
        with self._capture.global_and_fixture_disabled():
            self._reporter.ensure_newline()
            self._reporter.write_line(line)


def until(what: str, look: Callable[[], Found | None], *, seconds: float) -> Found:
    """Look again and again until something is there, and return it.

    :param what: what is waited for, to be named when it does not come.
    :param look: gives it, or None or False while it is not there. What it raises is not caught.
    :raises TimeoutError: it did not come in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(EVERY)
