"""A virtual environment for each peer, made on first use and kept: their requirements contradict one another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.speed.peers.peer import Peer, PythonVersion
from benchmarks.speed.process import why


class NotInstalledError(Exception):
    """The peer could not be installed; the message is one line of why."""


def prepare(peer: Peer, folder: Path) -> Path:
    """The Python of the peer's environment in ``folder``, which is built unless it holds these requirements already."""
    python, stamp = folder / "bin" / "python", folder / "requirements.txt"
    wanted = "\n".join(peer.requirements)
    if not (stamp.exists() and stamp.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        base = find_python(*peer.pythons)
        for command in _commands(base, folder, python, peer.requirements):
            _check(command)
        stamp.write_text(wanted)
    return python


def find_python(oldest: PythonVersion, newest: PythonVersion) -> str:
    """The running Python if it is between the two, otherwise the newest such one on PATH or under ``PYENV_ROOT``."""
    if oldest <= sys.version_info[:2] <= newest:
        return sys.executable
    for minor in range(newest[1], oldest[1] - 1, -1):
        for candidate in _candidates(f"3.{minor}"):
            if _version(candidate) == f"3.{minor}":
                return candidate
    wanted = " to ".join(f"{major}.{minor}" for major, minor in (oldest, newest))
    raise NotInstalledError(f"needs Python {wanted}, and none is on PATH or under PYENV_ROOT")


def _candidates(version: str) -> Iterator[str]:
    found = shutil.which(f"python{version}")
    if found:
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def _version(python: str) -> str:
    """What the interpreter says of itself; a pyenv shim without a version behind it says nothing."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def _commands(base: str, folder: Path, python: Path, requirements: tuple[str, ...]) -> Iterator[list[str]]:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        yield [uv, "venv", "--quiet", "--python", base, str(folder)]
        yield [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *requirements]
    else:
        yield [base, "-m", "venv", str(folder)]
        yield [str(python), "-m", "pip", "install", "--quiet", *requirements]


def _check(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError(why(done.stderr) or f"{command[0]} ended with status {done.returncode}")
