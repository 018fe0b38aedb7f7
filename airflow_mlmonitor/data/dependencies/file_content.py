"""The content of files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.location import locate, without_secrets
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError


@dataclass(frozen=True)
class FileContent(Dependency):
    """The content of files: each file's SHA-256 and size. When it was written says nothing.

    Parameters
    ----------
    paths
        A path, a glob or a URL of an object store; or several of them.
    conn_id
        Airflow connection of the object store.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> FileContent(("labels/*.json", "s3://lake/codes.csv"), conn_id="lake").title
    'labels/*.json, s3://lake/codes.csv'
    """

    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
    _: KW_ONLY
    conn_id: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [self.paths] if isinstance(self.paths, str | os.PathLike) else self.paths
        object.__setattr__(self, "paths", tuple(os.fspath(path) for path in given))
        if not self.paths:
            raise ConfigurationError(
                "FileContent() names no file; give it a path, a glob or several of them."
            )

    @property
    def label(self) -> str:
        """The paths, without passwords."""
        return ", ".join(without_secrets(path) for path in self._patterns)

    @property
    def _patterns(self) -> tuple[str, ...]:
        return self.paths  # type: ignore[return-value]  # made so at the start

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read every file."""
        from airflow_mlmonitor.data.dependencies.stored_bytes import sha256

        found = [file for path in self._patterns for file in locate(path, self.conn_id, connections)]
        parts = {}
        for file in dict.fromkeys(found):
            digest, size = sha256(file)
            parts[file.name] = f"sha256:{digest} ({size:,} bytes)"
        return Fingerprint(parts=parts)
