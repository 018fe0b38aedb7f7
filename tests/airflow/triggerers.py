"""A triggerer in a process of its own, on the database of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 120


@contextmanager
def triggerer(log: Path) -> Iterator[Path]:
    """Run ``airflow triggerer`` until the block ends; its log is appended to a file."""
    code = "import sys; sys.argv = ['airflow', 'triggerer', '--skip-serve-logs']; from airflow.__main__ import main; main()"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=output, stderr=output, env={**os.environ}
        )
        try:
            yield log
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert status == 0, log.read_text()


def eventually(look: Callable[[], Any], within: float = START_SECONDS) -> Any:
    """Look until something is there, and return it."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing came within {within} s"
        time.sleep(0.2)
    return found
