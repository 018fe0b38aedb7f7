from __future__ import annotations

from dataclasses import replace

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.diagnosis import Diagnosis
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.groups import grouped


def finding(name: str, column: str | None, value: float | None = 0.5, **fields: object) -> Verdict:
    status = fields.pop("status", Status.WARN)
    metric = Metric(name=name, column=column, value=value, **({"scale": "share"} | fields))  # type: ignore[arg-type]
    return Verdict(metric=metric, status=status)  # type: ignore[arg-type]


def test_findings_of_a_column_are_one_group_led_by_the_first() -> None:
    missing, mean, other = finding("null_share", "temp"), finding("mean", "temp"), finding("ks", "fare", 0.9)
    groups = grouped([missing, other, mean])
    assert [group.findings for group in groups] == [[missing, mean], [other]]
    assert groups[0].lead is missing


def test_findings_about_the_table_stand_alone() -> None:
    assert (
        len(grouped([finding("rows", None), finding("duplicates", None), finding("broken", None, None)])) == 3
    )


def test_columns_to_which_the_same_happened_are_twins() -> None:
    (group,) = grouped([finding("null_share", name, value) for name, value in (("a", 0.318), ("b", 0.3181))])
    assert [twin.lead.metric.column for twin in group.twins] == ["b"]
    assert group.size == 2


def test_twins_share_metric_status_slice_and_value() -> None:
    first = finding("null_share", "a", 0.318)
    for other in (
        finding("zero_share", "b", 0.318),
        finding("null_share", "b", 0.318, status=Status.FAIL),
        finding("null_share", "b", 0.318, slice="origin=EWR"),
        finding("null_share", "b", 0.33),
        finding("null_share", "b", None),
        finding("null_share", None, 0.318),
    ):
        assert [group.twins for group in grouped([first, other])] == [[], []]


def test_two_columns_with_one_mean_are_not_called_the_same() -> None:
    means = [finding("mean", name, 5.0, scale="location") for name in "ab"]
    assert [group.twins for group in grouped(means)] == [[], []]


def test_where_all_that_is_missing_belongs_to_one_key_the_finding_that_says_so_speaks() -> None:
    def column(name: str, share: float) -> list[Verdict]:
        ewr = finding("unjoined_by_origin", name, 0.363, family="unjoined")
        return [finding("ks", name, 0.9), finding("null_share", name, share), ewr]

    whole, more = column("temp", 0.363), column("gust", 0.7)
    assert grouped(whole)[0].located is whole[2]
    assert grouped(whole)[0].plain is whole[1]
    assert grouped(more)[0].located is more[1]
    alone = finding("unjoined_by_origin", "pressure", 0.363, family="unjoined")
    assert [twin.lead for twin in grouped([*whole, alone])[0].twins] == [alone]


def cause(*columns: str, **more: object) -> Diagnosis:
    told = {"cause": "join_failed", "likely": "", "evidence": (), "next": "", "confidence": 0.9}
    return Diagnosis(columns=columns, **(told | more))  # type: ignore[arg-type]


def test_columns_with_one_cause_are_one_group_whatever_they_show() -> None:
    join = cause("temp", "dewp", "humid")
    findings = [
        finding("null_share", "temp"),
        finding("sd", "fare"),
        finding("null_share", "dewp"),
        finding("ks", "humid", 0.9),
    ]
    first, second = grouped(findings, [join])
    assert first.cause is join
    assert [twin.lead.metric.column for twin in first.twins] == ["dewp"]
    assert [other.lead.metric.column for other in first.followers] == ["humid"]
    assert first.size == 3
    assert second.cause is None


def test_a_rule_of_several_columns_and_the_table_join_the_cause_that_explains_them() -> None:
    mixed = cause("tailnum", families=("rows",))
    (group,) = grouped(
        [finding("unseen_pair_share", "carrier+tailnum"), finding("rows", None, family="rows")], [mixed]
    )
    assert [other.lead.metric.name for other in group.followers] == ["rows"]


def test_the_plain_finding_speaks_for_an_abstract_one_that_is_graver() -> None:
    abstract, plain = finding("nulls_by_segment", "temp", 0.8), finding("null_share", "temp", 0.3)
    (group,) = grouped([replace(abstract, severity=9.0), replace(plain, severity=3.0)])
    assert (group.lead.metric.name, group.plain.metric.name) == ("nulls_by_segment", "null_share")
    (group,) = grouped([replace(abstract, severity=90.0), replace(plain, severity=1.0)])
    assert group.plain is group.lead
