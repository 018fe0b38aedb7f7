"""What can be accepted of an incident, finding by finding, on the pages of its run and of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_mlmonitor.judging.incident import KEPT, IncidentState
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.documents import TaskPage
from airflow_mlmonitor.pages.findings_document import GroupDocument
from airflow_mlmonitor.pages.incident_page import incident_page
from airflow_mlmonitor.pages.overview_documents import IncidentPage
from airflow_mlmonitor.store import MetricsStore
from tests.pages.conforming import conforms
from tests.pages.scenes import join_failed, missing, quiet, saved
from tests.pages.test_task_page import page_of
from tests.store.making import verdict


def group(column: str, family: str = "missing") -> GroupDocument:
    return {"column": column, "family": family}


def drifted(column: str = "fare", **more: Any) -> Any:
    return verdict(
        "mean",
        9.0,
        column,
        family="values",
        status=more.pop("status", Status.WARN),
        lower=1.0,
        upper=2.0,
        severity=more.pop("severity", 2.0),
        said="mean is high",
        **more,
    )


def of_incident(store: MetricsStore, number: int = 1) -> IncidentPage:
    document = incident_page(store, number)
    conforms(document, IncidentPage)
    return document


def shown(page: TaskPage | IncidentPage, name: str) -> list[Any]:
    """One thing of each finding, in the order of the page."""
    found: list[Any] = page["findings"] if "findings" in page else page["groups"]  # type: ignore[typeddict-item]
    return [one[name] for one in found]


def test_each_finding_says_what_accepting_it_accepts(store: MetricsStore) -> None:
    follows = drifted("pred", status=Status.FAIL)
    more = [missing("temp"), missing("dewp"), follows, drifted()]
    saved(store, 0, *more, facts=join_failed(["temp", "dewp", "pred"]))
    both = [group("temp"), group("dewp"), group("pred", "values")]
    page = page_of(store, 0)
    assert shown(page, "groups") == [both, [group("fare", "values")]]
    assert page["other_groups"] == []
    incident = of_incident(store)
    assert shown(incident, "groups") == [both, [], [group("fare", "values")]]
    assert incident["other_groups"] == []


def test_only_warnings_that_may_be_accepted_are_advised(store: MetricsStore) -> None:
    gone = verdict(
        "column_gone", 1.0, "old", family="shape", status=Status.WARN, severity=1.0, said="it is gone"
    )
    saved(store, 0, missing("temp"), drifted(), gone)
    advised = {
        one["series"]["column"]: (one["status"], one["accept_advised"])
        for one in page_of(store, 0)["findings"]
    }
    assert advised == {"temp": ("fail", False), "fare": ("warn", True), "old": ("warn", False)}
    assert shown(of_incident(store), "accept_advised") == [False, True, False]


@pytest.mark.parametrize("meant", [False, True])
def test_a_warning_that_comes_from_a_fault_is_not_advised(store: MetricsStore, meant: bool) -> None:
    (cause,) = json.loads(join_failed(["fare"])["causes"])
    saved(store, 0, drifted(), facts={"causes": json.dumps([cause | {"may_be_meant": meant}])})
    (finding,) = page_of(store, 0)["findings"]
    assert finding["accept_advised"] is meant
    assert ("accept it as the new normal" in finding["next"]) is meant


def test_what_was_accepted_says_so_and_can_not_be_accepted_again(store: MetricsStore) -> None:
    saved(store, 0, missing("temp"), drifted())
    (incident,) = store.incidents()
    store.accept(incident.id, who="ana@example.com", note="as announced", groups=[("fare", "values")])
    page, own = page_of(store, 0), of_incident(store)
    for document in (page, own):
        assert shown(document, "accepted") == [False, True]
        assert shown(document, "groups") == [[group("temp")], []]
        assert shown(document, "accept_advised") == [False, False]
    assert own["incident"]["state"] == "open"
    assert own["incident"]["can_undo"] is True
    (entry,) = [one for one in own["timeline"] if one["kind"] == "accepted"]
    assert (entry["title"], entry["detail"], entry["by"]) == (
        "Accepted as the new normal: fare",
        "as announced",
        "ana",
    )


def test_many_that_were_accepted_are_counted(store: MetricsStore) -> None:
    saved(store, 0, *(drifted(f"c{number}") for number in range(12)), missing("temp"))
    groups = [(f"c{number}", "values") for number in range(12)]
    store.accept(1, who="ana", groups=groups)
    (entry,) = [one for one in of_incident(store)["timeline"] if one["kind"] == "accepted"]
    assert entry["title"].endswith("c0, c1, c10, c11, c2, c3, c4, c5 and 4 more")
    assert entry["detail"].endswith("the rest of it stays as it is.")


def test_what_other_runs_found_can_be_accepted_too(store: MetricsStore) -> None:
    saved(store, 0, drifted("dewp", status=Status.WARN))
    saved(store, 1, missing("temp"))
    assert page_of(store, 1)["other_groups"] == [group("dewp", "values")]
    assert page_of(store, 0)["other_groups"] == [group("temp")]
    assert of_incident(store)["other_groups"] == [group("dewp", "values")]


def test_what_has_no_card_is_with_the_others(store: MetricsStore) -> None:
    found = [drifted(f"c{number}", severity=9.0 - number) for number in range(7)]
    saved(store, 0, *found)
    page = page_of(store, 0)
    assert (len(page["findings"]), page["findings_total"]) == (5, 7)
    assert page["other_groups"] == [group("c5", "values"), group("c6", "values")]


def test_of_another_incident_nothing_can_be_accepted_here(store: MetricsStore) -> None:
    saved(store, 0, missing("temp"))
    store.acknowledge(1, who="ana")
    saved(store, 1, drifted("fare", status=Status.FAIL, severity=9.0), missing("temp", status=Status.WARN))
    assert len(store.incidents(state={IncidentState.OPEN})) == 1
    page = page_of(store, 1)
    assert page["incident"] is not None
    own = dict(zip(shown(page, "title"), shown(page, "groups"), strict=True))
    known = [(one["column"], one["family"]) for groups in own.values() for one in groups]
    assert known == list(store.incident(page["incident"]["id"]).groups)
    assert [] in own.values()


def test_of_a_storm_every_finding_can_be_accepted(store: MetricsStore) -> None:
    found = [missing(f"c{number:02}", value=0.36) for number in range(KEPT + 8)]
    saved(store, 0, *found)
    (groups,) = shown(page_of(store, 0), "groups")
    assert len(groups) == KEPT + 8
    store.accept(1, who="ana", groups=[(one["column"], one["family"]) for one in groups])
    assert store.incident(1).state is IncidentState.ACCEPTED


def test_of_a_clean_run_there_is_nothing_to_accept(store: MetricsStore) -> None:
    saved(store, 0, quiet())
    page = page_of(store, 0)
    assert page["other_groups"] == []
    assert shown(page, "groups") == []
    assert {len(one["groups"]) for one in page["closest"]} == {0}
