"""A model whose numbers are none, and where they come from."""

from __future__ import annotations

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data import Frame, read
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.diagnosis import Circumstances, Diagnosis, diagnose
from airflow_mlmonitor.judging.verdict import Status, Verdict

LOSS = "loss rose from 0.31 to 8.2e4 between steps 1,200 and 1,260, then NaN"
WEIGHTS = "NaN in 3 of 12 numbers of layer"
SCORES = "missing in 40 of 40 rows"


def failed(name: str, column: str, why: str, status: Status = Status.FAIL) -> Verdict:
    metric = Metric(name=name, column=column, value=1.0, family="stability", why=why)
    return Verdict(metric=metric, status=status, severity=1.0, why=why)


def causes(*verdicts: Verdict) -> list[Diagnosis]:
    now = read(Frame({"score": [None] * 40, "fare": [1.5] * 40}))
    lost = Metric(name="all_null", column="score", value=1.0, family="shape", why="all 40 rows are null")
    gone = Verdict(metric=lost, status=Status.FAIL, severity=100.0, why="all 40 rows are null")
    before = read(Frame({"score": [0.5, 0.25] * 20, "fare": [1.5] * 40}))
    return diagnose(Circumstances(verdicts=[gone, *verdicts], now=now, before=before))


def test_predictions_and_weights_that_are_no_numbers_come_from_the_training() -> None:
    found = causes(
        failed("nan_share", "score", SCORES),
        failed("nonfinite_weights", "layer", WEIGHTS),
        failed("challenger.diverged", "loss", LOSS),
    )
    assert [one.cause for one in found] == ["training_diverged"]
    assert found[0].evidence == (LOSS, WEIGHTS, f"score: {SCORES}")
    assert found[0].columns == ("loss", "layer", "score")


def test_without_a_log_they_come_from_the_weights() -> None:
    found = causes(failed("nan_share", "score", SCORES), failed("nonfinite_weights", "layer", WEIGHTS))
    assert [one.cause for one in found] == ["broken_weights"]
    assert found[0].evidence == (WEIGHTS, f"score: {SCORES}")


def test_predictions_that_are_missing_alone_were_not_made() -> None:
    (found,) = causes(failed("nan_share", "score", SCORES))
    assert found.cause == "values_missing"


def test_a_loss_that_only_is_higher_than_usual_broke_no_weights() -> None:
    found = causes(failed("loss_rise", "loss", LOSS, Status.WARN))
    assert "training_diverged" not in [one.cause for one in found]
    assert diagnose(Circumstances(verdicts=[], now=Profile())) == []
