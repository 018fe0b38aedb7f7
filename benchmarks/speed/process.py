"""One whole process: its wall time, its CPU time and its highest memory.

The kernel counts them (``wait4``), so imports and the interpreter's start are in, as for a task that Airflow starts.
Linux begins a child's peak with the memory of the process that started it; so the benchmark's own process imports
neither numpy nor pyarrow and has the files written by a child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of wall time and of CPU (user and system), and the peak resident memory in MB of 10^6 bytes."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to stop a process: after ``seconds``, or above ``memory_mb`` resident (seen on Linux only)."""

    seconds: float = 900.0
    memory_mb: float = 10_000.0


class RunFailedError(Exception):
    """The process ended badly or was stopped; the message is one line of why."""


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, limits: Limits | None = None
) -> tuple[Cost, str]:
    """Run ``command`` to its end and return its cost and what it printed.

    Raises
    ------
    RunFailedError
        When it exits with another status than 0 or exceeds ``limits``.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=out, stderr=err, env=os.environ | (environment or {}), start_new_session=True
        )
        guard = _Guard(child.pid, limits or Limits())
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            _kill(child.pid)  # Ctrl-C does not reach a session of its own
            raise
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)  # Popen must not wait for it again
        stopped = guard.end()
        if stopped or child.returncode:
            raise RunFailedError(stopped or why(_text(err)) or f"ended with status {child.returncode}")
        cost = Cost(
            wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak_mb=usage.ru_maxrss * _PEAK_UNIT / 1e6
        )
        return cost, _text(out)


def why(stderr: str) -> str:
    """The line of a program's complaints that says most: the last one that is no hint."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return next((line[:200] for line in reversed(lines) if not line.startswith("hint")), "")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _kill(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


class _Guard:
    """Watches one process from a thread and kills its session when it exceeds its limits."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._pid = pid
        self._limits = limits
        self._reason = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> str:
        """Stop watching, and say why the process was stopped, if it was."""
        self._ended.set()
        self._thread.join()
        return self._reason

    def _watch(self) -> None:
        deadline = time.monotonic() + self._limits.seconds
        while not self._ended.wait(0.2):
            if time.monotonic() > deadline:
                self._reason = f"stopped after {self._limits.seconds:.0f} s"
            elif self._resident_mb() > self._limits.memory_mb:
                self._reason = f"stopped above {self._limits.memory_mb:,.0f} MB"
            if self._reason:
                _kill(self._pid)
                return

    def _resident_mb(self) -> float:
        try:
            pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
