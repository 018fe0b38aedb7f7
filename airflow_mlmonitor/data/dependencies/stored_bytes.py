"""Bytes of files, wherever they lie."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.location import Location, locate
from airflow_mlmonitor.errors import DataError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.source import Connections

CHUNK = 1 << 20
"""Bytes read at a time."""

MOST = 32 << 20
"""Bytes of a file that is read as a whole."""


def sha256(location: Location) -> tuple[str, int]:
    """The SHA-256 of a file, in hexadecimal, and its size, read in bounded memory."""
    digest, size = hashlib.sha256(), 0
    with location.reading("a file"), location.open() as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def content(path: str, conn_id: str | None, connections: Connections) -> bytes:
    """The bytes of one small file.

    Raises
    ------
    DataError
        It is not there, cannot be read, or is no small file.
    """
    location = only(path, conn_id, connections)
    with location.reading("a file"), location.open() as file:
        found: bytes = file.read(MOST + 1)
    if len(found) > MOST:
        raise DataError(f"{location.name} is larger than {MOST >> 20} MB; name a small text file.")
    return found


def text(path: str, conn_id: str | None, connections: Connections) -> str:
    """The text of one small file.

    Raises
    ------
    DataError
        It is not there, cannot be read, or is no small text.
    """
    try:
        return content(path, conn_id, connections).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path} is not text in UTF-8; name a text file.") from None


def only(path: str, conn_id: str | None, connections: Connections) -> Location:
    """The one file that a path means.

    Raises
    ------
    DataError
        It is not there, or there are several.
    """
    found = locate(path, conn_id, connections)
    if len(found) > 1:
        raise DataError(f"{path} matches {len(found)} files; name one.")
    return found[0]
