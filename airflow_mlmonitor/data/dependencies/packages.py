"""The versions of packages."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from fnmatch import fnmatchcase

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError


@dataclass(frozen=True)
class Packages(Dependency):
    """The versions of packages: those installed where the task runs, or those that a file lists.

    Parameters
    ----------
    path
        A path or URL of a list: ``pip freeze`` or requirements, ``uv.lock``, ``poetry.lock``, ``pylock.toml``,
        ``Pipfile.lock``, ``pip list --format json``, an image's inventory (SPDX, CycloneDX or Syft JSON), or its labels
        (``docker inspect``). Empty for the environment of the task.
    conn_id
        Airflow connection of the object store.
    only
        Packages that matter; ``*`` and ``?`` match several. Empty for all.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> Packages(only=("numpy", "scikit-*")).title
    'installed packages'
    """

    path: str = ""
    _: KW_ONLY
    conn_id: str | None = None
    only: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The list's path, or what it is without one."""
        return f"packages in {without_secrets(self.path)}" if self.path else "installed packages"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read the list, or ask the environment."""
        from airflow_mlmonitor.data.dependencies.package_lists import installed, listed, normal
        from airflow_mlmonitor.data.dependencies.stored_bytes import text

        found = listed(text(self.path, self.conn_id, connections), self.label) if self.path else installed()
        wanted = {normal(pattern) for pattern in self.only}
        parts = {
            name: version
            for name, version in found.items()
            if not wanted or any(fnmatchcase(normal(name), pattern) for pattern in wanted)
        }
        if not parts:
            raise DataError(f"None of {', '.join(self.only) or 'any package'} is among {self.label}.")
        return Fingerprint(parts=parts)
