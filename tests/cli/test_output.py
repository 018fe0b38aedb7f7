from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from airflow_mlmonitor.cli.output import colourful, width, write_json
from tests.cli.conftest import strict_json


def test_json_holds_neither_nan_nor_anything_but_json(capsys: pytest.CaptureFixture[str]) -> None:
    write_json(
        {
            "numbers": (1.5, math.nan, math.inf),
            "when": datetime(2013, 2, 8, tzinfo=UTC),
            "names": {"Köln\ud800": None},
        }
    )
    out = capsys.readouterr().out
    assert out.isascii()
    assert strict_json(out) == {
        "numbers": [1.5, None, None],
        "when": "2013-02-08T00:00:00+00:00",
        "names": {"Köln\ud800": None},
    }


@pytest.mark.parametrize(("columns", "used"), [("40", 80), ("120", 120), ("400", 160)])
def test_lines_fit_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, used: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == used


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not colourful()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colourful()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colourful()
