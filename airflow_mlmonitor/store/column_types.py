"""Column types that give back exactly what Python put in, on every backend."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from airflow_mlmonitor.data.window import utc

ESCAPE = "\x1a"
UNSTORABLE = re.compile(f"[\x00{ESCAPE}\ud800-\udfff]")
ESCAPED = re.compile(f"{ESCAPE}([0-9a-f]{{4}})")

Content = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql")
"""Bytes of any length; MySQL's plain BLOB ends at 64 KB."""


class Words(TypeDecorator[str]):
    """Text of any length and any characters.

    PostgreSQL takes no NUL, and no database takes half of a surrogate pair, yet a broken CSV file has columns named
    so. Those characters are written as an escape (U+001A and four hexadecimal digits) and read back as they were.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MySQL's plain TEXT ends at 64 KB."""
        return mysql.LONGTEXT() if dialect.name == "mysql" else super().load_dialect_impl(dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what databases refuse."""
        if value is None or not UNSTORABLE.search(value):
            return value
        return UNSTORABLE.sub(lambda found: f"{ESCAPE}{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Undo the escapes."""
        if value is None or ESCAPE not in value:
            return value
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond.

    PostgreSQL keeps the zone; SQLite and MySQL have no type for it and keep the UTC time, which orders the same.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MySQL drops fractions of a second unless told otherwise."""
        return mysql.DATETIME(fsp=6) if dialect.name == "mysql" else super().load_dialect_impl(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring it to UTC."""
        if value is None:
            return None
        return utc(value) if dialect.name == "postgresql" else utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        return value and utc(value)
