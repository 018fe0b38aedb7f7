"""The line above everything else: the worst open incident that nobody is on."""

from __future__ import annotations

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.banner import banner
from airflow_mlmonitor.pages.overview_documents import Banner
from airflow_mlmonitor.store import MetricsStore
from tests.pages.conforming import conforms
from tests.pages.scenes import missing, saved


def shown(store: MetricsStore, readable: list[str] | None = None) -> Banner:
    document = banner(store, readable=readable)
    conforms(document, Banner)
    return document


def test_nothing_is_open(store: MetricsStore) -> None:
    empty = shown(store)
    assert empty["open"] == 0
    assert (empty["headline"], empty["incident_id"]) == ("", None)
    saved(store, 0)
    assert shown(store) == empty


def test_the_gravest_comes_first_whatever_came_last(store: MetricsStore) -> None:
    saved(store, 0, missing(status=Status.FAIL), model="card_fraud", dag_id="fraud")
    saved(store, 1, missing(status=Status.WARN), model="churn", dag_id="churn")
    document = shown(store)
    assert document["open"] == 2
    assert document["model"] == "card_fraud"
    assert document["headline"] == "card_fraud: temp: missing in 36.0% of 981 rows"
    assert document["status"] == "fail"
    assert document["others"] == ["churn"]
    assert document["acknowledged"] == 0


def test_an_acknowledged_one_only_counts(store: MetricsStore) -> None:
    saved(store, 0, missing(status=Status.FAIL), model="card_fraud", dag_id="fraud")
    saved(store, 1, missing(status=Status.WARN), model="churn", dag_id="churn")
    worst = banner(store, readable=None)["incident_id"]
    store.acknowledge(worst or 0, who="ana")
    document = shown(store)
    assert (document["model"], document["status"]) == ("churn", "warn")
    assert (document["open"], document["acknowledged"], document["others"]) == (2, 1, [])
    store.snooze(document["incident_id"] or 0, unless_worse=True, who="ana")
    document = shown(store)
    assert document["headline"] == "2 incidents are open; somebody knows of all of them"
    assert (document["incident_id"], document["open"], document["acknowledged"]) == (None, 2, 2)


def test_a_resolved_one_is_not_there(store: MetricsStore) -> None:
    saved(store, 0, missing())
    saved(store, 1)
    assert shown(store)["open"] == 1
    saved(store, 2)
    assert shown(store)["open"] == 0


def test_nothing_of_other_dags_leaks_not_even_a_count(store: MetricsStore) -> None:
    saved(store, 0, missing(), model="secret", dag_id="payroll")
    saved(store, 0, missing(), model="by_hand", dag_id="")
    saved(store, 0, missing(status=Status.WARN), model="churn", dag_id="churn")
    document = shown(store, readable=["churn"])
    assert (document["open"], document["model"], document["others"]) == (1, "churn", [])
    assert shown(store, readable=[])["open"] == 0
    assert shown(store, readable=None)["open"] == 3


def test_a_monitor_that_moved_to_another_dag_does_not_take_its_incident_along(store: MetricsStore) -> None:
    saved(store, 0, missing(), monitor="m", dag_id="payroll")
    saved(store, 1, monitor="m", dag_id="open_to_all")
    assert shown(store, readable=["open_to_all"])["open"] == 0
    assert shown(store, readable=["payroll"])["open"] == 1


def test_an_incident_belongs_to_the_dag_that_saw_it_last(store: MetricsStore) -> None:
    saved(store, 0, missing(), monitor="m", dag_id="payroll")
    for number in range(1, 6):
        saved(store, number, missing(), monitor="m", dag_id="open_to_all")
    assert shown(store, readable=["payroll"])["open"] == 0
    assert shown(store, readable=["open_to_all"])["open"] == 1


def test_ugly_names_stay_on_one_line(store: MetricsStore) -> None:
    saved(store, 0, missing("a\nb\x1b[31m"), model="мод\u202eель\n", dag_id="d")
    document = shown(store)
    assert document["headline"].isprintable()
    assert document["model"] == "мод\u202eель\n"
