"""Keeping a page where people find it: on a disk, or in an object store."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.errors import ConfigurationError, NotDelivered


def write_page(page: str, place: str, connections: Connections, conn_id: str | None = None) -> str:
    """Write a page, whole or not at all; folders are made as needed. Return where it is, as it may be shown.

    Parameters
    ----------
    page
        HTML.
    place
        A path, or a URL such as ``s3://reports/2013-03-14.html``.
    connections, conn_id
        Where credentials for a URL come from; without an id, the defaults of its file system.

    Raises
    ------
    ConfigurationError
        The place is no file, or its file system is not installed.
    NotDelivered
        It could not be written there.
    """
    place = place.removeprefix("file://")
    shown = without_secrets(place)
    if not place.strip() or place.endswith("/"):
        raise ConfigurationError(f"{shown!r} is no file for a page; end it in a name such as report.html.")
    try:
        if "://" in place:
            _store(page, place, connections, conn_id)
        else:
            _write(page, Path(place).expanduser())
    except ConfigurationError:
        raise
    except Exception as error:  # every file system has errors of its own
        said = without_secrets(str(error).strip().partition("\n")[0].rstrip(".")) or type(error).__name__
        raise NotDelivered(f"The page could not be written to {shown}: {said}.") from error
    return shown


def _write(page: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(page)
            file.close()
            Path(file.name).chmod(0o666 & ~_umask())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _store(page: str, url: str, connections: Connections, conn_id: str | None) -> None:
    """Put a file rather than write a stream: object stores tell the kind of a file by its name, and serve it so."""
    filesystem = connections.filesystem(url, conn_id)
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".html") as file:
        file.write(page)
        file.flush()
        filesystem.put_file(file.name, filesystem._strip_protocol(url))
