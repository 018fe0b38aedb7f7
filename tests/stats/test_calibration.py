"""The small grid; ``python -m benchmarks.calibration`` runs the large one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibration.__main__ import main
from benchmarks.calibration.grid import Cell, measure
from benchmarks.calibration.nulls import Categories, Numbers, categories, numbers

ERRORS = 3.5
"""A promised rate may leave the window by so many standard errors of its own before chance is no excuse."""


@pytest.mark.parametrize("data", [*categories(), *numbers()], ids=lambda data: data.name)
def test_nothing_is_found_where_nothing_changed(data: Categories | Numbers) -> None:
    draws = 150 if isinstance(data, Numbers) else 400
    cells = measure(data, draws=draws, rng=np.random.default_rng(7), sizes=(50, 20_000))
    assert len(cells) >= 12
    assert [cell for cell in cells if cell.promised and cell.is_outside(ERRORS)] == []


def cell(*, offered: int = 2000, rejected: int = 100, test: str = "PSI", data: str = "2 equal") -> Cell:
    return Cell(test=test, data=data, n=50, m=50, draws=2000, offered=offered, rejected=rejected)


@pytest.mark.parametrize(("rejected", "outside"), [(39, True), (40, False), (140, False), (141, True)])
def test_a_rate_outside_two_to_seven_percent_is_marked(rejected: int, outside: bool) -> None:
    assert cell(rejected=rejected).is_outside() == outside


def test_a_rate_may_be_given_the_benefit_of_its_standard_error() -> None:
    assert not cell(rejected=150).is_outside(errors=1)
    assert cell(rejected=160).is_outside(errors=1)


def test_a_p_value_mostly_withheld_has_no_rate() -> None:
    assert cell(offered=900, rejected=900).rate is None
    assert not cell(offered=900, rejected=900).is_outside()


def test_the_benchmark_prints_both_tables_and_writes_every_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cells.json"
    status = main(["--draws", "1", "--json", str(out)])
    printed = capsys.readouterr().out
    written = json.loads(out.read_text())
    assert status == 1  # one draw makes every rate 0 or 1
    assert "Summary" in printed
    assert "Kolmogorov-Smirnov" in printed
    assert "(not promised)" in printed
    assert len(written["cells"]) == 8 * 25 * 3 + 2 * 25 * 3 + 4 * 25 * 8
    assert {cell["rate"] for cell in written["cells"]} <= {0.0, 1.0, None}
