"""How old a model is, whether it is the promoted one that serves, and what its age costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.checks import Metric, ModelStaleness, Series
from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.dependencies import Stated
from airflow_mlmonitor.data.model_records import ServedVersion, StatedModel
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging import Learned, Significance, Status
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.monitor import Monitor
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.memory_store import MemoryStore

FIRST = datetime(2013, 3, 1, tzinfo=UTC)
V3 = StatedModel(version="v3", trained="2013-03-02", promoted="2013-03-02", data_until="2013-02-28")
AUC = Series(monitor="flights/quality", metric="auc", column="chance")


def day(number: int) -> Window:
    return Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))


def run(
    check: ModelStaleness,
    number: int,
    *,
    store: MemoryStore | None = None,
    now: Profile | None = None,
    judge: Judge | None = None,
) -> Report:
    monitor = Monitor(
        name="flights/staleness", model="flights", checks=[check], judge=judge or Significance()
    )
    return monitor.evaluate(
        now or Profile(),
        window=day(number),
        store=store or MemoryStore(),
        connections=EnvironmentConnections(),
    )


def metrics(report: Report) -> dict[str, Metric]:
    return {verdict.metric.name: verdict.metric for verdict in report.verdicts}


def words(report: Report) -> list[str]:
    return [verdict.why for verdict in report.findings]


@pytest.mark.parametrize("judge", [Significance(), Learned()])
def test_a_model_older_than_allowed_is_a_finding_that_says_how_old(judge: Judge) -> None:
    check = ModelStaleness(record=V3, max_age=timedelta(days=14), severity="fail")
    assert run(check, 14, judge=judge).status is not Status.FAIL
    late = run(check, 21, judge=judge)
    assert late.status is Status.FAIL
    assert words(late) == [
        "v3 was trained on 2 March, 21 days before the end of the window; at most 14 days are allowed"
    ]


def test_ages_are_as_of_the_end_of_the_window() -> None:
    found = metrics(run(ModelStaleness(record=V3), 9))
    assert found["model_age_days"].value == 9.0
    assert found["training_data_age_days"].value == 11.0


def test_what_came_after_the_window_is_not_known_and_no_finding() -> None:
    record = StatedModel(version="v3", trained="2013-03-20", attempted="2013-03-01")
    report = run(ModelStaleness(record=record, max_age=timedelta(days=3)), 5)
    assert report.findings == []
    assert metrics(report)["model_age_days"].value is None
    assert metrics(report)["since_attempt_days"].value == 6.0


def test_a_limit_on_what_nobody_wrote_down_is_a_finding() -> None:
    check = ModelStaleness(record=V3, max_age=timedelta(days=90), max_since_attempt=timedelta(days=7))
    assert words(run(check, 9)) == ["what the DAG says does not say when it was last tried to train it anew"]


def test_a_last_attempt_that_failed_is_told() -> None:
    record = StatedModel(trained="2013-03-02", attempted="2013-03-05", attempt="failed")
    assert words(run(ModelStaleness(record=record, max_since_attempt=timedelta(days=2)), 6)) == [
        "the last attempt to train it anew, failed, was on 5 March, 3 days before the end of the window; at most 2 days are allowed"
    ]


def scored(**counts: int) -> Profile:
    versions = [version for version, count in counts.items() for _ in range(count)]
    return read(Frame({"model": versions, "chance": [0.5] * len(versions)}))


def test_rows_that_the_former_version_still_scores() -> None:
    report = run(ModelStaleness(record=V3, version_column="model"), 9, now=scored(v2=18, v3=82))
    assert words(report) == ["v3 was promoted on 2 March, but 18% of rows are still scored by v2"]
    shares = {
        verdict.metric.slice: verdict.metric.value
        for verdict in report.verdicts
        if verdict.metric.name == "version_share"
    }
    assert shares == {"model=v3": 0.82, "model=v2": 0.18}


@pytest.mark.parametrize(
    ("counts", "allowed", "said"),
    [
        ({"v3": 50}, 0.0, []),
        ({"3": 50}, 0.0, []),
        ({"v2": 50}, 0.0, ["v3 was promoted on 2 March, but all rows are still scored by v2"]),
        ({"v2": 5, "v3": 95}, 0.1, []),
        (
            {"v1": 1, "v2": 12, "v3": 87},
            0.1,
            ["v3 was promoted on 2 March, but 13% of rows are still scored by v2 (12%), v1 (1%)"],
        ),
    ],
)
def test_versions_that_share_the_rows(counts: dict[str, int], allowed: float, said: list[str]) -> None:
    check = ModelStaleness(record=V3, version_column="model", max_other_share=allowed)
    assert words(run(check, 9, now=scored(**counts))) == said


def test_the_window_in_which_it_was_promoted_may_be_shared() -> None:
    report = run(ModelStaleness(record=V3, version_column="model"), 0, now=scored(v2=60, v3=40))
    assert report.findings == []
    promoted = StatedModel(version="v3", promoted="2013-03-02T09:00")
    report = run(ModelStaleness(record=promoted, version_column="model"), 1, now=scored(v2=60, v3=40))
    assert report.findings == []
    assert metrics(report)["version_share"].value is not None


def test_a_column_whose_values_are_no_names_of_versions_is_refused() -> None:
    hashed = read(Frame({"model": ["v2", "v3"]}, private=("model",)))
    for now in (hashed, read(Frame({"model": [2, 3]}))):
        (broken,) = run(ModelStaleness(record=V3, version_column="model"), 9, now=now).findings
        assert broken.status is Status.BROKEN
        assert "does not hold names of versions" in broken.why


def test_the_version_that_serves_is_another_than_the_promoted_one() -> None:
    told = Stated({"version": "v2"}, name="the scoring service")
    report = run(ModelStaleness(record=V3, serving=told), 9)
    assert words(report) == ["v3 was promoted on 2 March, but the scoring service serves v2"]
    assert run(ModelStaleness(record=V3, serving=StatedModel(version="3")), 9).findings == []


def test_since_when_it_is_the_one_to_be_used_is_remembered() -> None:
    store = MemoryStore()
    for number, version in enumerate(["v2", "v2", "v3", "v3"]):
        report = run(ModelStaleness(record=StatedModel(version=version)), number, store=store)
    assert metrics(report)["version_days"].value == 2.0
    assert metrics(report)["version_days"].why == "v3 is the one to be used since 3 March"


def quality(store: MemoryStore, version: str, number: int, auc: float, column: str = "chance") -> None:
    metric = Metric(name="auc", value=auc, column=column, scale="share", family="quality", worse="down")
    store.save(
        Report(
            monitor="flights/quality",
            model="flights",
            model_version=version,
            window=day(number),
            verdicts=(Verdict(metric=metric, status=Status.OK),),
            started=FIRST,
        )
    )


def lived(store: MemoryStore, *, loss: float = 0.002, versions: int = 3, days: int = 28) -> int:
    """Let versions serve, one after the other, each losing some of its quality a day; return the days."""
    noise = np.random.default_rng(3).normal(0, 0.004, versions * days)
    for number in range(versions * days):
        version, age = divmod(number, days)
        quality(store, f"v{version + 1}", number, 0.8 - loss * (age + 1) + noise[number])
    return versions * days


def test_what_age_cost_earlier_versions_says_by_when_to_retrain() -> None:
    store = MemoryStore()
    today = lived(store)
    check = ModelStaleness(record=ServedVersion("flights/quality"), quality=AUC, tolerated_loss=0.06)
    report = run(check, today - 1, store=store)
    assert report.findings == []
    found = metrics(report)
    assert found["loss_per_day"].value == pytest.approx(0.002, abs=0.0002)
    assert found["days_to_retrain"].why == (
        "auc falls by 0.0019 a day of age (0.0018–0.002, 3 versions, 84 runs), retrain by 27 May (25–29 May), "
        "which is older than any version was followed (28 days)"
    )


def test_a_model_whose_age_cost_more_than_is_tolerated_is_a_finding() -> None:
    store = MemoryStore()
    today = lived(store)
    check = ModelStaleness(record=ServedVersion("flights/quality"), quality=AUC, tolerated_loss=0.02)
    (finding,) = run(check, today - 1, store=store).findings
    assert finding.metric.name == "days_to_retrain"
    assert "retrain by 6 May (5–7 May)" in finding.why


@pytest.mark.parametrize(("loss", "versions"), [(0.0, 3), (0.002, 1), (-0.002, 3)])
def test_without_evidence_nothing_is_said(loss: float, versions: int) -> None:
    store = MemoryStore()
    today = lived(store, loss=loss, versions=versions)
    check = ModelStaleness(record=ServedVersion("flights/quality"), quality=AUC, tolerated_loss=0.02)
    assert not {"loss_per_day", "days_to_retrain"} & set(metrics(run(check, today - 1, store=store)))


def test_a_backfill_sees_no_evidence_from_its_future() -> None:
    store = MemoryStore()
    lived(store)
    check = ModelStaleness(record=ServedVersion("flights/quality"), quality=AUC, tolerated_loss=0.02)
    early = metrics(run(check, 20, store=store))
    assert "loss_per_day" not in early
    assert early["model_age_days"].value == 21.0
    assert early["model_age_days"].why is not None
    assert early["model_age_days"].why.startswith(
        "v1 was trained (when it was first seen serving) on 1 March"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_age": timedelta()},
        {"tolerated_loss": 0.02},
        {"tolerated_loss": -1.0, "quality": AUC},
        {"severity": "loud"},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        ModelStaleness(record=V3, **wrong)
