"""Reading stays quick however much a store holds: no query reads a whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import Run, SqlStore, open_store, pruning
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.retention import Pruned
from benchmarks.store import filling, plans
from tests.starting import fresh_database
from tests.store.conftest import BACKENDS
from tests.store.making import report, verdict

SIZE = filling.Size(monitors=25, days=120, series=20)
MONITOR = filling.monitor(3)

TASK: dict[str, Any] = {"dag_id": filling.DAG, "run_id": filling.dag_run(90), "task_id": "monitor"}


def some_runs(store: SqlStore) -> list[Run]:
    """The runs of one day, and a few more."""
    runs = store.runs(dag_id=filling.DAG, run_id=filling.dag_run(90), last=60)
    return runs + store.runs(monitor=MONITOR, last=5)


def accepted_monitor(store: SqlStore) -> str:
    """A monitor of which a part of an incident was accepted."""
    name = filling.monitor(9)
    if not store.incidents(monitor=name):
        found = [
            verdict("null_share", column=filling.column(number), family="missing", status=Status.FAIL)
            for number in (1, 2)
        ]
        tags = Tags(dag_id="bench", task_id="monitor")
        store.save(report(0, *found, monitor=name, model="model_009", window=filling.day(95), tags=tags))
        (incident,) = store.incidents(monitor=name)
        store.accept(incident.id, who="ana", groups=incident.groups[:1])
    return name


QUESTIONS: dict[str, Callable[[SqlStore], object]] = {
    "the last runs of a monitor": lambda store: store.history(MONITOR, asof=SIZE.end, last=30),
    "the past of a day in between": lambda store: store.history(MONITOR, asof=filling.day(90).start, last=30),
    "one series": lambda store: store.history(
        MONITOR, asof=SIZE.end, last=30, metric="null_share", column=filling.column(7)
    ),
    "what the last runs left": lambda store: store.history(
        MONITOR, asof=SIZE.end, last=30, points=False, traces=[filling.TRACE]
    ),
    "the latest runs of all": lambda store: store.runs(),
    "the latest runs of a model": lambda store: store.runs(model="model_003"),
    "the incidents of a monitor": lambda store: store.incidents(monitor=MONITOR),
    "the incidents of all": lambda store: store.incidents(),
    "the incidents of a model": lambda store: store.incidents(model="model_003"),
    "the incidents of some monitors since a day": lambda store: store.incidents(
        monitor=[MONITOR, filling.monitor(4)], since=filling.day(90).start
    ),
    "the run of a task": lambda store: store.runs(**TASK),
    "the runs of a DAG run": lambda store: store.runs(dag_id=filling.DAG, run_id=filling.dag_run(90)),
    "the runs of a DAG over some days": lambda store: store.runs(
        dag_id=filling.DAG, since=filling.day(110).start, last=500
    ),
    "one run by its key": lambda store: store.run(MONITOR, filling.day(90)),
    "the last runs of every monitor": lambda store: store.latest_runs(last=5),
    "some series of some runs": lambda store: store.history(
        MONITOR,
        asof=SIZE.end,
        last=90,
        series=[("null_share", filling.column(number), "") for number in (3, 7)],
    ),
    "the statuses of one run": lambda store: store.status_counts(MONITOR, filling.day(90)),
    "what the last runs found": lambda store: store.alerts(MONITOR, since=filling.day(30).start),
    "facts of the last runs": lambda store: store.facts_of(MONITOR, ["schema"], asof=SIZE.end, last=90),
    "facts of many runs": lambda store: store.facts_of_runs(some_runs(store), ["schema"]),
    "one series of many runs": lambda store: store.points_of_runs(
        some_runs(store), ("null_share", filling.column(7), "")
    ),
    "the statuses of many runs": lambda store: store.status_counts_of_runs(some_runs(store)),
    "what many runs found": lambda store: store.alerts_of_runs(some_runs(store)),
    "verdicts of a few runs": lambda store: store.verdicts_of_runs(some_runs(store)[:3]),
    "what was found in one run": lambda store: store.verdicts(
        MONITOR, filling.day(90), status={Status.WARN, Status.FAIL}
    ),
    "some verdicts of one run": lambda store: store.verdicts(
        MONITOR, filling.day(90), series=[("null_share", filling.column(7), "")]
    ),
    "the last runs of some monitors as of a day": lambda store: store.latest_runs(
        [MONITOR, filling.monitor(4)], last=15, asof=filling.day(90).end
    ),
    "what was accepted in part": lambda store: store.history(
        accepted_monitor(store), asof=SIZE.end, last=30, points=False
    ),
    "one more run, and what it means for incidents": lambda store: store.save(alerting(SIZE.days)),
    "an old run again": lambda store: store.save(alerting(70)),
    "one run": lambda store: store.verdicts(MONITOR, filling.day(90)),
    "profiles to compare with": lambda store: store.profiles(MONITOR, asof=SIZE.end, last=28),
    "one profile": lambda store: store.profile(MONITOR, filling.day(90)),
    "profiles of the same weekday": lambda store: store.profiles(
        MONITOR, asof=SIZE.end, last=5, windows=[filling.day(number) for number in (79, 86, 93, 100, 107)]
    ),
}


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a store that holds a sixty thousand metrics."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'mlmonitor.db'}"
        _fill(url)
        yield url
        return
    server = request.getfixturevalue({"postgresql": "postgres_url", "mysql": "mysql_url"}[request.param])
    with fresh_database(server) as url:
        _fill(url)
        yield url


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_a_whole_table(filled: str, question: str) -> None:
    store = open_store(filled)
    asked = plans.asked_by(lambda: QUESTIONS[question](store))
    store.dispose()
    assert asked
    with _engine(filled).connect() as connection:
        for one in asked:
            plan = plans.explain(connection, one)
            assert plan.scanned == (), "\n".join(plan.lines)


@pytest.mark.parametrize(
    ("query", "table"),
    [
        ("SELECT avg(value) FROM mlmonitor_metric", "mlmonitor_metric"),
        ("SELECT window_start FROM mlmonitor_run ORDER BY row_count LIMIT 9", "mlmonitor_run"),
    ],
)
def test_a_query_that_does_read_a_whole_table_is_noticed(filled: str, query: str, table: str) -> None:
    def ask() -> None:
        with _engine(filled).connect() as connection:
            connection.execute(text(query)).close()

    (asked,) = plans.asked_by(ask)
    with _engine(filled).connect() as connection:
        assert plans.explain(connection, asked).scanned == (table,)


def test_a_task_is_found_without_reading_its_dag(filled: str) -> None:
    """One statement for the runs of its DAG run, one for their monitors."""
    store = open_store(filled)
    asked = plans.asked_by(lambda: store.runs(**TASK))
    assert len(store.runs(**TASK, last=99)) == SIZE.monitors
    store.dispose()
    (one,) = asked
    with _engine(filled).connect() as connection:
        assert "mlmonitor_run_of_dag_run" in "".join(plans.explain(connection, one).lines)


def test_history_reads_what_was_filled_in(filled: str) -> None:
    store = open_store(filled)
    history = store.history(MONITOR, asof=SIZE.end, last=30)
    store.dispose()
    assert [run.window for run in history.runs] == [filling.day(number) for number in range(90, 120)]
    assert all(len(points) >= 29 for points in history.points.values())
    assert len(history.points) == SIZE.series


def test_what_a_year_of_runs_left_is_one_statement(filled: str) -> None:
    store = open_store(filled)

    def ask() -> None:
        left = store.history(MONITOR, asof=SIZE.end, points=False, traces=[filling.TRACE]).traces
        assert left == {filling.TRACE: dict.fromkeys(range(SIZE.days), filling.PROFILE)}

    asked = plans.asked_by(ask)
    store.dispose()
    assert sum("mlmonitor_trace" in one.statement for one in asked) == 1
    assert not any("mlmonitor_metric" in one.statement for one in asked)


def test_removing_old_numbers_reads_no_more_than_it_removes(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one here: it takes from every monitor its first two runs."""
    monkeypatch.setattr(pruning, "KEPT", 30)
    store = open_store(filled)
    asked = plans.asked_by(lambda: store.prune(before=filling.day(1).end))
    assert store.prune(before=filling.day(1).end) == Pruned()
    store.dispose()
    removing = {
        table
        for one in asked
        if one.statement.startswith("DELETE")
        for table in plans.LARGE
        if table in one.statement
    }
    assert removing == {"mlmonitor_metric", "mlmonitor_trace", "mlmonitor_profile"}
    with _engine(filled).connect() as connection:
        for one in asked:
            plan = plans.explain(connection, one)
            assert plan.scanned == (), "\n".join(plan.lines)


def _fill(url: str) -> None:
    store = open_store(url)
    store.upgrade()
    with _engine(url).begin() as connection:
        filling.fill(connection, SIZE)
    for number in range(80, 90):
        store.save(alerting(number))
    store.dispose()
    with _engine(url).begin() as connection:
        filling.settle(connection)


def alerting(number: int) -> Report:
    """A run of the monitor that found something, as the filled ones did not."""
    tags = Tags(dag_id="bench", task_id="monitor")
    found = verdict("null_share", column=filling.column(1), family="missing", status=Status.FAIL)
    return report(
        0,
        found,
        monitor=MONITOR,
        model="model_003",
        window=filling.day(number),
        tags=tags,
        traces={filling.TRACE: filling.PROFILE},
    )


def _engine(url: str) -> Engine:
    return create_engine(read_url(url), poolclass=NullPool)
