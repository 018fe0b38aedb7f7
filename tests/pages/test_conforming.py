"""The judge of documents refuses what it should."""

from __future__ import annotations

import pytest

from airflow_mlmonitor.pages.documents import StartDocument, WouldHaveDocument
from airflow_mlmonitor.pages.findings_document import DistributionDocument, StripDocument
from tests.pages.conforming import conforms, faults

CELL = {
    "window_start": "2013-01-01T00:00:00+00:00",
    "run_id": "r",
    "ratio": 0.5,
    "status": "ok",
    "state": "clean",
}


def test_what_fits_is_taken() -> None:
    conforms(CELL, StripDocument)
    conforms({**CELL, "ratio": None}, StripDocument)
    conforms(
        {"kind": "bins", "title": "", "current": [], "reference": [], "reference_words": ""},
        DistributionDocument,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ratio": float("nan")}, "not a finite number"),
        ({"ratio": "0.5"}, "ratio is '0.5'"),
        ({"status": "fine"}, "none of"),
        ({"window_start": "2013-01-01"}, "not a moment in UTC"),
        ({"more": 1}, "is unknown"),
        ({"run_id": None}, "not str"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], said: str) -> None:
    (fault,) = faults({**CELL, **change}, StripDocument)
    assert said in fault


def test_what_is_not_there_is_named() -> None:
    assert list(faults({}, StartDocument)) == ["$.task_id is not there", "$.why is not there"]
    assert list(faults([], StartDocument)) == ["$ is list, not a document"]
    deep = {"series": {"monitor": 1}, "words": "a\x1b", "window_start": ""}
    assert len(list(faults(deep, WouldHaveDocument))) == 5
