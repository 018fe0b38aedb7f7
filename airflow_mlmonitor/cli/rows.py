"""Which rows a verb reads: the options of the verbs that take files."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_mlmonitor.cli.progress import progress
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.report.table import shortened
from airflow_mlmonitor.report.text import NAME

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.source import Source


WINDOW = {"--window": "rows"}


def names(text: str) -> tuple[str, ...]:
    """Read names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def declare_rows(
    parser: ArgumentParser, when: str = "--timestamp", windows: Mapping[str, str] = WINDOW
) -> None:
    """Add the options that choose rows and columns; they mean what they mean in a source.

    Parameters
    ----------
    parser
        The verb's.
    when
        The option that names the timestamp column.
    windows
        Options for spans of data time, and whose rows each is about.
    """
    group = parser.add_argument_group("rows and columns")
    group.add_argument("--columns", metavar="A,B", type=names, help="only these columns")
    group.add_argument(
        "--where", metavar="SQL", help="only rows that meet this condition, such as \"origin = 'EWR'\""
    )
    group.add_argument(
        when, dest="timestamp", metavar="COLUMN", help="the column that says when a row belongs to"
    )
    parser.set_defaults(when=when)
    for option, rows in windows.items():
        said = f"only {rows} of this UTC day, or of START/END; needs {when}"
        group.add_argument(option, metavar="DAY", type=_window, help=said)
    group.add_argument(
        "--categorical",
        metavar="A,B",
        type=names,
        default=(),
        help="columns of numbers that are really names",
    )
    group.add_argument(
        "--private",
        metavar="A,B",
        type=names,
        default=(),
        help="columns whose values are kept as hashes only",
    )


def _window(text: str) -> Window:
    try:
        return Window.parse(text)
    except ConfigurationError as mistake:
        raise ArgumentTypeError(str(mistake)) from None


def source(
    paths: Sequence[str], arguments: Namespace, window: Window | None, slices: tuple[str, ...] = ()
) -> Source:
    """Return the source that some files and the options make, to be read for a window.

    Raises
    ------
    ConfigurationError
        There is a window, and no column that says when a row belongs to.
    """
    from airflow_mlmonitor.data.files import Files

    if window and not arguments.timestamp:
        raise ConfigurationError(
            f"{window} cannot be cut out: name the column that says when, {arguments.when} COLUMN."
        )
    return Files(
        paths,
        columns=arguments.columns,
        where=arguments.where,
        timestamp=arguments.timestamp,
        slices=slices,
        categorical=arguments.categorical,
        private=arguments.private,
    )


def profiled(recipe: Source, window: Window | None = None) -> Profile:
    """Read a source, with a progress bar where it takes long."""
    from airflow_mlmonitor.data.reading import read

    with progress(f"Reading {shortened(recipe.label, NAME)}") as advance:
        return read(recipe, window, progress=advance)


def trained(recipe: Source, window: Window | None = None) -> tuple[Profile, dict[Window, Profile]]:
    """Learn what the rows of a source always do, and read them again: all of them, and by day where they have days."""
    from airflow_mlmonitor.data.rules.learning import learn_rules
    from airflow_mlmonitor.data.training import read_training

    with progress(f"Learning from {shortened(recipe.label, NAME)}") as advance:
        rules = learn_rules(recipe, window, progress=advance)
    span = timedelta(days=1) if recipe.timestamp else None
    with progress(f"Reading {shortened(recipe.label, NAME)}") as advance:
        return read_training(recipe, window, rules=rules, span=span, progress=advance)
