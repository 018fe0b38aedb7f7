"""What an operator that monitors tells OpenLineage, where Airflow's provider for it is installed and configured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.judging.verdict import Status

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.facet_v2 import (
        data_quality_assertions_dataset,
        data_quality_metrics_input_dataset,
    )

    from airflow_mlmonitor.data.column import Column
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.source import Source
    from airflow_mlmonitor.judging.verdict import Verdict
    from airflow_mlmonitor.operators.lineage_names import Place
    from airflow_mlmonitor.report.report import Report

FINDINGS = 100
"""Findings that become assertions of their own: the first-ranked ones."""

FAMILIES = 100
"""Kinds of metrics, without findings, that become one assertion each."""

COLUMNS = 200
"""Columns whose counts are told."""

NAMESPACE = "mlmonitor"
"""Of what is monitored without lying anywhere: rows in memory, or a model that is looked at itself."""

SEVERITIES = {Status.WARN: "warn", Status.FAIL: "error", Status.BROKEN: "error"}


class Lineage:
    """Tells OpenLineage which rows an operator read, what is in them, and how each question about them was answered.

    Findings are assertions that failed; metrics without findings stand together, one assertion for each name. Of
    columns listed as ``private`` only their nulls and how many distinct values they have are told.
    """

    source: Source | None
    _report: Report | None = None
    _profile_of_run: Profile | None = None

    def _note_for_lineage(self, report: Report, profile: Profile) -> None:
        self._report, self._profile_of_run = report, profile

    def get_openlineage_facets_on_start(self) -> OperatorLineage[Any, Any]:
        """Name what is going to be read."""
        return self._lineage()

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Name what was read, what is in it and what was concluded of it."""
        return self._lineage()

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """The same for a task that failed: because of its findings, or before it had any."""
        return self._lineage()

    def _lineage(self) -> OperatorLineage[Any, Any]:
        from airflow.providers.openlineage.extractors import OperatorLineage

        return OperatorLineage(inputs=self._inputs())

    def _inputs(self) -> list[InputDataset]:
        from openlineage.client.event_v2 import InputDataset

        places = self._places()
        facets: dict[str, Any] = {}
        if self._report is not None:
            facets["dataQualityAssertions"] = _assertions(self._report)
            if (
                len(places) == 1 and self._profile_of_run is not None
            ):  # of several together no single one has them
                private = () if self.source is None else self.source.private
                facets["dataQualityMetrics"] = _metrics(self._profile_of_run, private)
        return [
            InputDataset(namespace=place.namespace, name=place.name, inputFacets=dict(facets))
            for place in places
        ]

    def _places(self) -> list[Place]:
        from airflow_mlmonitor.hooks import AirflowConnections
        from airflow_mlmonitor.operators.lineage_names import Place, places_of

        try:
            found = places_of(self.source, AirflowConnections())
        except MLMonitorError:  # the task itself says what is wrong with its connection
            found = []
        if found or self._report is None:
            return found
        return [Place(NAMESPACE, self._report.monitor)]


def _assertions(report: Report) -> data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as facet

    found = [_failed(verdict) for verdict in report.findings[:FINDINGS]]
    return facet.DataQualityAssertionsDatasetFacet(assertions=[*found, *_passed(report)])


def _failed(verdict: Verdict) -> data_quality_assertions_dataset.Assertion:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as facet

    metric = verdict.metric
    return facet.Assertion(
        assertion=metric.name,
        success=False,
        column=metric.column or None,
        severity=SEVERITIES[verdict.status],
        name=":".join(filter(None, metric.key)),
        description=verdict.why,
        expected=_range(verdict),
        actual=None if metric.value is None else f"{metric.value:.6g}",
        params={"slice": metric.slice} if metric.slice else {},
    )


def _passed(report: Report) -> Iterator[data_quality_assertions_dataset.Assertion]:
    """One assertion for each metric that was judged and is nowhere a finding."""
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as facet

    unusual = {verdict.metric.name for verdict in report.findings}
    judged = Counter(verdict.metric.name for verdict in report.verdicts if verdict.status is Status.OK)
    for name in sorted(judged.keys() - unusual)[:FAMILIES]:
        times = judged[name]
        said = "as expected" if times == 1 else f"as expected, {times} times"
        yield facet.Assertion(assertion=name, success=True, name=name, description=said)


def _range(verdict: Verdict) -> str | None:
    """The range in which the value would have been no finding.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> from airflow_mlmonitor.judging.verdict import Status, Verdict
    >>> _range(Verdict(metric=Metric(name="psi", value=0.3), status=Status.FAIL, upper=0.2))
    '<= 0.2'
    """
    lower, upper = verdict.lower, verdict.upper
    if lower is not None and upper is not None:
        return f"{lower:.6g} to {upper:.6g}"
    if upper is not None:
        return f"<= {upper:.6g}"
    return None if lower is None else f">= {lower:.6g}"


def _metrics(
    profile: Profile, private: tuple[str, ...]
) -> data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet:
    from openlineage.client.facet_v2 import data_quality_metrics_input_dataset as facet

    columns = list(profile.columns.items())[:COLUMNS]
    return facet.DataQualityMetricsInputDatasetFacet(
        rowCount=profile.rows,
        columnMetrics={
            name: facet.ColumnMetrics(
                nullCount=column.nulls, distinctCount=column.distinct, **_limits(name, column, private)
            )
            for name, column in columns
        },
    )


def _limits(name: str, column: Column, private: tuple[str, ...]) -> dict[str, Any]:
    """The least and the largest value of a column of numbers."""
    if column.kind != "number" or name in private:
        return {}
    limits = {"min": getattr(column, "min", None), "max": getattr(column, "max", None)}
    return {which: value for which, value in limits.items() if value is not None}
