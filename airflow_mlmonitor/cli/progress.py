"""A progress bar, for whoever waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 0.5
"""Seconds before a bar appears."""

Advance = Callable[[int, int | None], None]
"""Takes the number of rows read (or of what else there is to do) so far, and of all where it is known."""


@contextmanager
def progress(label: str, unit: str = "rows") -> Iterator[Advance | None]:
    """Show how far reading is: on a terminal only, and only where it takes longer than one notices."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(label, unit)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    """A bar that is drawn once reading has lasted a while."""

    def __init__(self, label: str, unit: str) -> None:
        self._label, self._unit = label, unit
        self._begun = time.monotonic()
        self._drawn: tuple[Progress, TaskID] | None = None

    def advance(self, rows: int, expected: int | None) -> None:
        if self._drawn is None and time.monotonic() - self._begun < PATIENCE:
            return
        if self._drawn is None:
            self._drawn = self._draw(expected)
        bar, task = self._drawn
        bar.update(task, completed=rows)

    def close(self) -> None:
        if self._drawn:
            self._drawn[0].stop()

    def _draw(self, expected: int | None) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        done = TextColumn(f"{{task.completed:,.0f}} {self._unit}")
        parts = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
        bar = Progress(*parts, console=Console(stderr=True), transient=True)
        task = bar.add_task(self._label, total=expected)
        bar.start()
        return bar, task
