"""What operators that read a source have in common: rendering it, reading it, and errors that no retry mends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from jinja2 import UndefinedError

from airflow_mlmonitor.context import Context, window_of
from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.errors import BaselineMissing, ConfigurationError, StoreOutdated, WindowClaimed

FINAL = (BaselineMissing, ConfigurationError, StoreOutdated, WindowClaimed)
"""Errors that stay however often a task is tried."""

SPEAKS = re.compile(r"\{[{%][^}]*\bwindow\b")
"""A template that speaks of the run's window."""

PAUSE = 10.0
"""Seconds between two lines about one read in a task's log."""


@contextmanager
def no_vain_retries() -> Iterator[None]:
    """Let errors that trying again cannot mend fail the task at once; others leave Airflow's retries their chance."""
    try:
        yield
    except FINAL as error:
        raise AirflowFailException(str(error)) from error


def rendered_for_run(
    content: Any, context: Context, wanted: timedelta | str | None, render: Callable[[Any, Any], Any]
) -> Any:
    """Render a template field for one run; strings may speak of its ``window``, and recipes are rendered into a copy.

    Airflow renders the fields of an operator that it has copied for the run, but a nested object in place: its next
    run would find the text of this one instead of the template.
    """
    speaks = isinstance(content, Recipe) or (isinstance(content, str) and SPEAKS.search(content))
    if not speaks or content == wanted:  # the window's own template cannot speak of itself
        return render(content, context)
    with no_vain_retries():
        named = {**context, "window": window_of(context, wanted)}
    if isinstance(content, str):
        return render(content, named)
    try:
        return content.rendered(lambda text: str(render(text, named)))
    except UndefinedError as error:
        label = getattr(content, "label", type(content).__name__)
        raise AirflowFailException(
            f"A template of {label} cannot be rendered: {error}. Runs triggered by an asset, or without a "
            "logical date, have no ds and no data_interval_start; window.start and window.label are always there."
        ) from error


class ReadingLog:
    """Says how far a long read has come, at most every ten seconds."""

    def __init__(self, say: Callable[..., Any]) -> None:
        self._say = say
        self._next = time.monotonic() + PAUSE

    def __call__(self, rows: int, expected: int | None) -> None:
        """Note that so many rows are read."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PAUSE
        if expected:
            self._say("Read %s of %s rows (%d%%).", f"{rows:,}", f"{expected:,}", 100 * rows / expected)
        else:
            self._say("Read %s rows.", f"{rows:,}")
