"""MySQL and MariaDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from airflow_mlmonitor.data.sql.alchemy import AlchemyReader

_BIT = 16
_MOMENTS = (7, 12)
_DAY = 10


class MySQLReader(AlchemyReader):
    """A MySQL or MariaDB database. Dates such as 0000-00-00, which are none, come as null; ``BIT`` as a number."""

    backslashes = True
    before = ("SET time_zone = '+00:00'", "START TRANSACTION READ ONLY")
    declared: Mapping[Any, pa.DataType] = {
        **dict.fromkeys((1, 2, 3, 8, 9, 13, _BIT), pa.int64()),
        **dict.fromkeys((0, 4, 5, 246), pa.float64()),
        **dict.fromkeys(_MOMENTS, pa.timestamp("us")),
        _DAY: pa.date32(),
        11: pa.duration("us"),
    }

    def leave(self, connection: Connection, cursor: Any) -> None:
        """Hang up without a word: to close a cursor in good order, PyMySQL would fetch all the rows that are left."""
        unread = getattr(cursor, "_result", None)
        if unread is not None:
            unread.unbuffered_active = False
        if not connection.invalidated:
            connection.invalidate()

    def cleaned(self, code: Any, values: Sequence[Any]) -> Sequence[Any]:
        """Values without dates that are none, which drivers hand out as texts, and without bytes for bits."""
        if code in (*_MOMENTS, _DAY):
            return [None if isinstance(value, str) else value for value in values]
        if code == _BIT:
            return [int.from_bytes(value) if isinstance(value, bytes) else value for value in values]
        return values
