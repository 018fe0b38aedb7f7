"""Days of rows that are over: one file each, or one column that says when."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from airflow_mlmonitor.backtesting import LEAST, Recording
from airflow_mlmonitor.cli.progress import Advance, progress
from airflow_mlmonitor.cli.rows import source
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.dated_files import dated
from airflow_mlmonitor.data.location import locate
from airflow_mlmonitor.data.reading import read, read_days
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.training import read_training, settled_in_turn
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.dry_run import dry_run
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.report.table import shortened
from airflow_mlmonitor.report.text import NAME
from airflow_mlmonitor.report.words import plural

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.rules.rules import Rules

Days = Mapping[Window, "Profile"]


class _Trained(NamedTuple):
    whole: Profile
    days: Days


def recorded(paths: Sequence[str], arguments: Namespace, judge: Learned) -> tuple[Recording, Window]:
    """Learn from the first days of some files, and run a monitor over the later ones.

    Returns
    -------
    What it measured, and the span that it learned from.

    Raises
    ------
    ConfigurationError
        There are too few days.
    DataError
        The rows cannot be read as asked.
    """
    reading = _Split(paths, arguments) if arguments.timestamp else _Apart(paths, arguments)
    windows, count = reading.windows, arguments.training_days
    if len(windows) < count + LEAST:
        raise ConfigurationError(
            f"Too few days to tell how often there would be alerts: {count} to learn from (--training-days) and "
            f"{LEAST} to judge are needed, and there {'is' if len(windows) == 1 else 'are'} {len(windows)}."
        )
    first, rest = windows[:count], windows[count:]
    trained = reading.train(first)
    name = shortened(", ".join(paths), NAME)
    recording = dry_run(name, trained.whole, trained.days, lambda rules: reading.later(rest, rules), judge)
    return recording, Window(first[0].start, first[-1].end)


class _Split:
    """Rows whose day stands in a column."""

    def __init__(self, paths: Sequence[str], arguments: Namespace) -> None:
        self._window = arguments.window
        self._recipe = source(paths, arguments, self._window)
        self._label = shortened(self._recipe.label, NAME)
        moments = replace(self._recipe, columns=(arguments.timestamp,))
        with progress(f"Looking for the days of {self._label}") as advance:
            self.windows = list(read_days(moments, self._window, progress=advance))

    def train(self, first: Sequence[Window]) -> _Trained:
        span = Window(first[0].start, first[-1].end)
        with progress(f"Learning from {plural(len(first), 'day')}") as advance:
            rules = learn_rules(self._recipe, span, progress=advance)
        with progress(f"Reading {plural(len(first), 'day')} again") as advance:
            whole, days = read_training(self._recipe, span, rules=rules, span=first[0].span, progress=advance)
        return _Trained(whole, days)

    def later(self, rest: Sequence[Window], rules: Rules) -> Iterator[tuple[Window, Profile]]:
        span = Window(rest[0].start, rest[-1].end)
        with progress(f"Reading {self._label}") as advance:
            days = read_days(self._recipe, span, rules=rules, progress=advance)
        with _measuring() as advance:
            for number, window in enumerate(rest):
                yield window, days[window]
                if advance:
                    advance(number + 1, len(rest))


class _Apart:
    """Rows whose day stands in the names of their files."""

    def __init__(self, paths: Sequence[str], arguments: Namespace) -> None:
        self._arguments = arguments
        connections = EnvironmentConnections()
        found = [location.name for path in paths for location in locate(path, None, connections)]
        self._files = dated(dict.fromkeys(found))
        self.windows = list(self._files)

    def train(self, first: Sequence[Window]) -> _Trained:
        files = [name for window in first for name in self._files[window]]
        with progress(f"Learning from {plural(len(first), 'day')}") as advance:
            rules = learn_rules(
                source(files, self._arguments, self._arguments.window), span=first[0].span, progress=advance
            )
        return _Trained(*settled_in_turn(dict(self._read(first, rules)), rules))

    def later(self, rest: Sequence[Window], rules: Rules) -> Iterator[tuple[Window, Profile]]:
        return self._read(rest, rules)

    def _read(self, windows: Sequence[Window], rules: Rules) -> Iterator[tuple[Window, Profile]]:
        with _measuring() as advance:
            for number, window in enumerate(windows):
                yield window, read(source(self._files[window], self._arguments, None), rules=rules)
                if advance:
                    advance(number + 1, len(windows))


def _measuring() -> AbstractContextManager[Advance | None]:
    return progress("Measuring", "days")
