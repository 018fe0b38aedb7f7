from __future__ import annotations

import io
import sys

import pytest

from airflow_mlmonitor.cli import progress as shown
from airflow_mlmonitor.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Let somebody watch. No fixture: pytest puts its own stream back between a fixture and its test."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def read(rows: list[int], expected: int | None) -> None:
    """Read some rows, batch by batch."""
    with progress("Reading flights.csv") as advance:
        for seen in rows:
            if seen < 0:
                raise OSError("gone")
            if advance:
                advance(seen, expected)


def test_without_a_terminal_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    read([1000], 2000)
    assert sys.stderr.getvalue() == ""


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    read([1000], 2000)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("expected", [2000, None])
def test_long_work_shows_what_and_how_far(monkeypatch: pytest.MonkeyPatch, expected: int | None) -> None:
    monkeypatch.setattr(shown, "PATIENCE", 0.0)
    terminal = watched(monkeypatch)
    read([1000, 1500], expected)
    assert "Reading flights.csv" in terminal.getvalue()
    assert "1,500 rows" in terminal.getvalue()


def test_the_bar_goes_away_when_reading_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PATIENCE", 0.0)
    terminal = watched(monkeypatch)
    with pytest.raises(OSError, match="gone"):
        read([1000, -1], None)
    assert terminal.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K"), "the cursor is back, the line wiped"
