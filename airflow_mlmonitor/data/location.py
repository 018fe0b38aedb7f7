"""Where a file lies: on this machine, or in an object store."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.errors import DataError, SourceUnavailable

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.source import Connections


@dataclass(frozen=True)
class Location:
    """One file.

    Parameters
    ----------
    path
        As its file system knows it.
    filesystem
        The fsspec file system it lies in; None for this machine, which pyarrow reads without Python's help.
    """

    path: str
    filesystem: Any = None

    @property
    def name(self) -> str:
        """The path or URL as it may be shown."""
        if self.filesystem is None:
            return self.path
        return without_secrets(self.filesystem.unstrip_protocol(self.path))

    def open(self) -> pa.NativeFile:
        """Open the file to read its bytes as they are."""
        import pyarrow as pa

        if self.filesystem is None:
            return pa.OSFile(self.path)
        return pa.PythonFile(self.filesystem.open(self.path, "rb"), mode="r")

    @contextmanager
    def reading(self, kind: str) -> Iterator[None]:
        """Turn what goes wrong while the file is read into an error that names the file and the fix."""
        import pyarrow as pa

        try:
            yield
        except FileNotFoundError:
            raise DataError(
                f"{self.name} does not exist any more; read it after it has been written."
            ) from None
        except PermissionError:
            raise DataError(
                f"{self.name} may not be read; give this process read permission for it."
            ) from None
        except (ConnectionError, TimeoutError) as error:
            raise SourceUnavailable(f"{self.name} cannot be reached: {error}") from error
        except (pa.ArrowException, OSError, EOFError) as error:
            raise DataError(
                f"{self.name} cannot be read as {kind}: {_first_sentence(error)}. "
                "Was it written to its end? Write it again, or name its format with format=."
            ) from error


def locate(pattern: str, conn_id: str | None, connections: Connections) -> list[Location]:
    """Find the files that a path, a glob or a URL means, in the order of their names.

    Raises
    ------
    DataError
        There are none, or it is a folder.
    """
    pattern = pattern.removeprefix("file://")
    if "://" in pattern:
        return _stored(pattern, conn_id, connections)
    return _local(pattern)


def without_secrets(pattern: str) -> str:
    """The path or URL without its login, and without the query in which signed URLs carry their signature."""
    if "://" not in pattern:
        return pattern
    return re.sub(r"(?<=://)[^/@]*@", "", pattern).partition("?")[0]


def _local(pattern: str) -> list[Location]:
    path = Path(pattern).expanduser()
    if path.is_dir():
        raise _is_folder(pattern)
    if path.exists():
        return [Location(str(path))]
    if not has_magic(pattern):
        raise DataError(f"{pattern} does not exist (looked for {path.absolute()}); correct the path.")
    found = [Location(name) for name in sorted(glob(str(path), recursive=True)) if Path(name).is_file()]  # noqa: PTH207
    return _some(found, f"{pattern} (looked in {Path.cwd()})" if not path.is_absolute() else pattern)


def _stored(pattern: str, conn_id: str | None, connections: Connections) -> list[Location]:
    shown = without_secrets(pattern)
    filesystem = connections.filesystem(pattern, conn_id)
    path = filesystem._strip_protocol(pattern)
    try:
        if filesystem.isfile(path):
            return [Location(path, filesystem)]
        if not has_magic(path):
            missing = DataError(f"{shown} does not exist; correct the URL.")
            raise _is_folder(shown) if filesystem.isdir(path) else missing
        found = [
            Location(name, filesystem) for name in sorted(filesystem.glob(path)) if filesystem.isfile(name)
        ]
    except (ConnectionError, TimeoutError) as error:
        raise SourceUnavailable(f"{shown} cannot be reached: {error}") from error
    return _some(found, shown)


def _some(found: list[Location], shown: str) -> list[Location]:
    """Leave out the marks and checksums that other programs put beside data: ``_SUCCESS``, ``.part-0.crc``."""
    files = [location for location in found if not os.path.basename(location.path).startswith(("_", "."))]  # noqa: PTH119
    if not files:
        raise DataError(f"No file matches {shown}; correct the pattern, or run after the files are written.")
    return files


def _is_folder(shown: str) -> DataError:
    return DataError(f"{shown} is a folder; name the files in it, such as {shown.rstrip('/')}/*.parquet.")


def _first_sentence(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
