"""Is the right cause named, first, and no other? Faults put into real flights, one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from airflow_mlmonitor.diagnosis import CAUSES, Cause, Circumstances, Diagnosis, diagnose
from tests.diagnosis.faults import FAULTS
from tests.diagnosis.flights import day
from tests.diagnosis.scene import scene

DAY = 46
"""An ordinary Sunday in April."""

ELSEWHERE = {"new_model_version", "day_month_swapped", "training_diverged", "broken_weights"}
"""Causes whose faults are in other tests: flights have no versions and no model, and their dates choose the day."""

DECIDED = {
    "schema_changed",
    "category_renamed",
    "categories_merged",
    "unit_change",
    "constant_offset",
    "decimals_lost",
}
"""Causes that may be meant to stay, and come of these faults."""


@pytest.fixture(scope="module")
def found() -> dict[str, list[Diagnosis]]:
    """What each fault is taken for."""
    rows, before = day(DAY), day(DAY - 1)
    return {name: diagnose(scene(fault.do(rows, before), DAY)) for name, fault in FAULTS.items()}


def test_the_cause_of_nearly_every_fault_is_named_first(found: dict[str, list[Diagnosis]]) -> None:
    wrong = {
        name: [one.cause for one in found[name]]
        for name, fault in FAULTS.items()
        if not found[name] or found[name][0].cause != fault.cause
    }
    assert len(wrong) <= 0.05 * len(FAULTS), wrong


def test_the_first_diagnosis_names_the_columns(found: dict[str, list[Diagnosis]]) -> None:
    named = {
        name: (found[name][0].columns, fault.columns)
        for name, fault in FAULTS.items()
        if fault.columns and found[name] and found[name][0].cause == fault.cause
    }
    assert {name: pair for name, pair in named.items() if not set(pair[0]) & set(pair[1])} == {}


def test_every_cause_is_named_first_for_a_fault_of_its_own(found: dict[str, list[Diagnosis]]) -> None:
    right = {
        fault.cause for name, fault in FAULTS.items() if found[name] and found[name][0].cause == fault.cause
    }
    assert {cause.name for cause in CAUSES} - right == ELSEWHERE


def test_hardly_ever_is_a_second_cause_named_beside_the_right_one(found: dict[str, list[Diagnosis]]) -> None:
    strange = {
        name: [one.cause for one in found[name][1:]]
        for name, fault in FAULTS.items()
        if any(one.cause != fault.cause and one.confidence >= 0.9 for one in found[name][1:])
    }
    assert len(strange) <= 0.15 * len(FAULTS), strange


def test_only_what_somebody_may_have_decided_may_be_meant(found: dict[str, list[Diagnosis]]) -> None:
    meant = {(one.cause, one.may_be_meant) for several in found.values() for one in several}
    assert {name for name, may in meant if may} == DECIDED
    assert not {name for name, may in meant if not may} & DECIDED


def test_every_diagnosis_has_evidence_with_numbers_and_a_step(found: dict[str, list[Diagnosis]]) -> None:
    for diagnosis in (one for several in found.values() for one in several):
        text = " ".join((diagnosis.likely, *diagnosis.evidence, diagnosis.next))
        assert diagnosis.evidence
        assert diagnosis.next
        assert "!" not in text
        assert "anomal" not in text.lower()
        assert not any(said.endswith(".") for said in (*diagnosis.evidence, diagnosis.likely, diagnosis.next))
        assert 0 < diagnosis.confidence <= 1
        assert set(diagnosis.document()) >= {
            "cause",
            "likely",
            "evidence",
            "next",
            "columns",
            "slice",
            "rows",
        }
        if diagnosis.cause != "schema_changed":
            assert any(sign.isdigit() for sign in "".join(diagnosis.evidence)), diagnosis


def test_an_ordinary_day_has_no_cause() -> None:
    assert diagnose(scene(day(DAY), DAY)) == []


def test_without_a_finding_nobody_looks() -> None:
    circumstances = scene(day(DAY), DAY)
    assert diagnose(replace(circumstances, verdicts=[]), [Stumbling()]) == []


class Stumbling(Cause):
    """Breaks."""

    def look(self, circumstances: Circumstances) -> Iterable[Diagnosis]:
        raise ZeroDivisionError


def test_a_cause_that_stumbles_takes_no_other_down(found: dict[str, list[Diagnosis]]) -> None:
    circumstances = scene(FAULTS["MQ renamed"].do(day(DAY), day(DAY - 1)), DAY)
    assert diagnose(circumstances, [Stumbling(), *CAUSES]) == diagnose(circumstances)
