"""SQL statements that know which of their colons stand for the window."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from airflow_mlmonitor.errors import ConfigurationError


class Bound(Enum):
    """A place in a statement where a moment of the window goes."""

    START = "start"
    END = "end"


Sql = tuple[str | Bound, ...]
"""A statement in pieces: what was written, and the places where a moment goes."""

_QUOTED = r""""(?:[^"]|"")*" | `[^`]*` | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
_STANDARD_TEXT = r"'(?:[^']|'')*'"
_BACKSLASH_TEXT = r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | \#[^\n]*"""
_OWN = r"(?P<semicolon>;) | (?<![\w:]):(?P<bound>start|end)\b"


def statement(sql: str, *, backslashes: bool = False) -> Sql:
    """Find ``:start`` and ``:end`` outside of texts, names and comments.

    Parameters
    ----------
    sql
        One statement, or a part of one; a semicolon at its end is left out.
    backslashes
        Whether a backslash escapes a quote, and ``#`` begins a comment, as in MySQL.

    Raises
    ------
    ConfigurationError
        It is more than one statement.

    Examples
    --------
    >>> statement("SELECT day::date, ':start' FROM flights WHERE day >= :start AND note <> ':end';")
    ("SELECT day::date, ':start' FROM flights WHERE day >= ", <Bound.START: 'start'>, " AND note <> ':end'")
    """
    text = _BACKSLASH_TEXT if backslashes else _STANDARD_TEXT
    pieces: list[str | Bound] = []
    done = 0
    for match in re.finditer(f"{text} | {_QUOTED} | {_OWN}", sql, re.VERBOSE | re.DOTALL):
        if match["semicolon"]:
            if not _is_blank(sql[match.end() :]):
                raise ConfigurationError(
                    "A source reads with one statement; there is another one after a semicolon."
                )
            sql = sql[: match.start()]
            break
        if match["bound"]:
            pieces += [sql[done : match.start()], Bound(match["bound"])]
            done = match.end()
    pieces.append(sql[done:])
    return tuple(piece for piece in pieces if piece)


def joined(parts: Iterable[Sequence[str | Bound]], separator: str) -> Sql:
    """Several statements as one, with something between each two."""
    result: list[str | Bound] = []
    for part in parts:
        result += [separator, *part] if result else part
    return tuple(result)


def _is_blank(sql: str) -> bool:
    """Whether nothing but blanks, comments and semicolons is there."""
    return not re.sub(r"--[^\n]*|/\*.*?\*/|[\s;]", "", sql, flags=re.DOTALL)
