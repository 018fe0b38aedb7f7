"""The revision of code."""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError


@dataclass(frozen=True)
class CodeRevision(Dependency):
    """The revision of code: the commit of a git checkout, or what an environment variable says.

    The checkout's own files are read; the program git is not needed.

    Parameters
    ----------
    path
        A checkout, or a folder inside one.
    variable
        Instead: an environment variable of the worker, such as ``GIT_SHA``.

    The other parameters are those of :class:`Dependency`.

    Raises
    ------
    ConfigurationError
        Neither is given, or both.

    Examples
    --------
    >>> CodeRevision(variable="GIT_SHA").title
    'code revision in $GIT_SHA'
    """

    path: str = ""
    _: KW_ONLY
    variable: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.path) == bool(self.variable):
            raise ConfigurationError("CodeRevision() takes the path of a checkout, or variable='GIT_SHA'.")

    @property
    def label(self) -> str:
        """The folder or the variable."""
        return f"code of {self.path}" if self.path else f"code revision in ${self.variable}"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read the checkout's head, or the variable."""
        if self.variable:
            revision = os.environ.get(self.variable)
            if not revision:
                raise DataError(f"The environment variable {self.variable} is not set on this worker.")
            return Fingerprint(parts={"revision": revision})
        folder = _git_folder(Path(self.path).expanduser())
        head = _line(folder / "HEAD")
        if not head.startswith("ref: "):
            return Fingerprint(parts={"revision": head, "branch": "none"})
        branch = head.removeprefix("ref: ")
        parts = {"revision": _resolved(folder, branch), "branch": branch.removeprefix("refs/heads/")}
        return Fingerprint(parts=parts)


def _git_folder(path: Path) -> Path:
    """The folder in which a checkout keeps its head; a worktree's lies elsewhere."""
    for folder in (path.absolute(), *path.absolute().parents):
        git = folder / ".git"
        if git.is_dir():
            return git
        if git.is_file():
            return folder / _line(git).removeprefix("gitdir: ")
    raise DataError(f"{path} is in no git checkout; correct the path, or give variable= instead.")


def _resolved(folder: Path, branch: str) -> str:
    """The commit that a branch points to: in a file of its own, or packed with others."""
    common = folder / _line(folder / "commondir") if (folder / "commondir").exists() else folder
    for place in (folder, common):
        if (place / branch).is_file():
            return _line(place / branch)
    packed = common / "packed-refs"
    if packed.is_file():
        for line in packed.read_text("utf-8", "replace").splitlines():
            commit, _, name = line.partition(" ")
            if name == branch:
                return commit
    raise DataError(f"The branch {branch} in {folder} has no commit yet.")


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
