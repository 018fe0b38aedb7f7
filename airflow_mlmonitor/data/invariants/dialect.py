"""How databases write what invariants ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyarrow as pa
import pyarrow.types as kinds

from airflow_mlmonitor.data.schemas import is_text

Kind = Literal["number", "flag", "text", "moment", "other"]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a database writes what invariants ask for.

    Parameters
    ----------
    name
        Of the database.
    quoted
        A name as it takes it.
    real, text
        Its types of decimal numbers and of texts.
    length
        Its function that counts characters.
    backslashes
        Whether a backslash in a text has to be written twice.
    has
        What it can do besides counting: ``lists`` (give back whole columns), ``patterns``, ``spread`` (a standard
        deviation), ``moments`` (compare them), ``names`` (compare texts letter by letter), ``nan``.
    most
        Expressions of one statement.
    """

    name: str
    quoted: Callable[[str], str]
    real: str = "DOUBLE PRECISION"
    text: str = "VARCHAR"
    length: str = "length"
    backslashes: bool = False
    has: frozenset[str] = frozenset()
    most: int = 1_000

    def literal(self, value: object) -> str:
        """A number, text or moment as it takes it."""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, float):
            return repr(value) if "e" in repr(value) else f"{value!r}e0"
        if isinstance(value, datetime):
            return f"TIMESTAMP '{value.isoformat(' ')}'"
        if isinstance(value, int):
            return str(value)
        text = str(value).replace("'", "''")
        return "'" + (text.replace("\\", "\\\\") if self.backslashes else text) + "'"

    def plain(self, name: str, type_: pa.DataType) -> str:
        """A column without NaN, of one of few types."""
        column = self.quoted(name)
        if kinds.is_dictionary(type_) and is_text(type_.value_type):
            return f"CAST({column} AS {self.text})"
        if not kinds.is_floating(type_):
            return column
        value = f"CAST({column} AS {self.real})"
        return f"NULLIF({value}, CAST('NaN' AS {self.real}))" if "nan" in self.has else value

    def joined(self, *values: str) -> str:
        """Some values as one text."""
        spelled = [f"COALESCE(CAST({value} AS {self.text}), 'null')" for value in values]
        if self.name == "sqlite":
            return " || ', ' || ".join(spelled)
        between = ", ', ', ".join(spelled)
        return f"concat({between})"


def kind_of(type_: pa.DataType) -> Kind:
    """What the values of a type are to an invariant."""
    if kinds.is_dictionary(type_):
        return "text" if is_text(type_.value_type) else "other"
    if kinds.is_boolean(type_):
        return "flag"
    if kinds.is_integer(type_) or kinds.is_floating(type_):
        return "number"
    if kinds.is_timestamp(type_) and type_.tz is None:
        return "moment"
    return "text" if is_text(type_) else "other"


LOCAL = Dialect(
    name="duckdb",
    quoted=lambda name: '"' + name.replace('"', '""') + '"',
    real="DOUBLE",
    has=frozenset({"lists", "patterns", "spread", "moments", "names", "nan"}),
    most=100_000,
)
"""DuckDB, in which batches of rows are looked at."""


def dialect_of(backend: str, quoted: Callable[[str], str], *, backslashes: bool = False) -> Dialect | None:
    """How a database writes it; None for one that is not known well enough to give the same numbers."""
    if backend == "postgresql":
        has = frozenset({"spread", "moments", "names", "nan"})
        return Dialect(name=backend, quoted=quoted, text="TEXT", has=has)
    if backend in ("mysql", "mariadb"):
        return Dialect(
            name=backend,
            quoted=quoted,
            backslashes=backslashes,
            real="DOUBLE",
            text="CHAR",
            length="CHAR_LENGTH",
            has=frozenset({"spread"}),
        )
    if backend == "sqlite":
        return Dialect(name=backend, quoted=quoted, real="REAL", text="TEXT", has=frozenset({"names"}))
    return None
