from __future__ import annotations

from airflow_mlmonitor.pages.findings_document import DistributionDocument
from airflow_mlmonitor.report.distribution_paths import outline, pairs


def bins(edges: list[float], current: list[float], reference: list[float]) -> DistributionDocument:
    return {
        "kind": "bins",
        "title": "Fares",
        "edges": edges,
        "current": current,
        "reference": reference,
        "reference_words": "training v3",
    }


def test_bins_are_steps_as_high_as_their_share() -> None:
    drawn = outline(bins([0, 1, 4], [1.0, 0.5], [0.25, 0.25]))
    assert drawn is not None
    assert drawn.current == "M0 100H0V0H25V50H100V100"
    assert drawn.reference == "M0 100H0V75H25V75H100V100Z"
    assert [(tick.place, tick.words) for tick in drawn.ticks] == [(0.0, "0"), (25.0, "1"), (100.0, "4")]


def test_many_bins_have_few_ticks() -> None:
    drawn = outline(bins([float(edge) for edge in range(31)], [0.1] * 30, [0.1] * 30))
    assert drawn is not None
    assert len(drawn.ticks) <= 5


def test_bins_that_say_nothing_are_not_drawn() -> None:
    assert outline(bins([0, 1], [0.0], [0.0])) is None
    assert outline(bins([1, 1], [0.5], [0.5])) is None
    assert outline(bins([0, 1], [0.5, 0.5], [0.5, 0.5])) is None


def test_bars_come_in_pairs_and_those_of_private_columns_have_no_label() -> None:
    distribution: DistributionDocument = {
        "kind": "bars",
        "title": "Share of rows",
        "current": [0.5, 0.077],
        "reference": [1.0, 0.0],
        "reference_words": "",
    }
    found = pairs(distribution)
    assert [(pair.label, pair.current, pair.reference) for pair in found] == [
        ("", 50.0, 100.0),
        ("", 7.7, 0.0),
    ]
    assert found[1].words == ("7.7%", "0.0%")
