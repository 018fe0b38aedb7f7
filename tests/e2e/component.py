"""One process of Airflow, with its log in a file, stopped together with everything it started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

TOLD_LINES = 40


class Component:
    """A process of a cluster, in a process group of its own.

    A signal to the group reaches what the process started too: workers, log readers, the tasks that are running.

    :param name: what it is called in messages, and its log file.
    :param command: what to run.
    :param env: its whole environment.
    :param folder: where its log goes.
    """

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = psutil.Popen(
                command,
                env=dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    @property
    def process(self) -> psutil.Process:
        """The process; its id is that of its group too."""
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def written(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")

    def said(self) -> str:
        """The end of its log, under its name."""
        lines = self.written().splitlines()[-TOLD_LINES:]
        return "\n".join([f"--- the end of {self.log} (exit status {self._process.poll()})", *lines])

    def ask_to_stop(self) -> None:
        """Ask the process to end; it ends what it started."""
        if self.is_running:
            self._process.terminate()

    def stop(self, seconds: float) -> None:
        """Wait for its end, so long at most; whatever is left of its group then is killed."""
        with suppress(psutil.TimeoutExpired):
            self._process.wait(max(0.0, seconds))
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
