"""What each page says, as plain JSON: the contract between the store and every renderer.

The React tabs, the pages without scripts, the static report and the messages all show these documents and compute
nothing themselves. Moments are ISO 8601 texts in UTC. Numbers are finite; None is "not known", never zero.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from airflow_mlmonitor.pages.findings_document import (
    FindingDocument,
    GroupDocument,
    PointDocument,
    SeriesDocument,
    StateName,
    StatusName,
    StripDocument,
)

DisplayName = Literal["ok", "learning", "warn", "broken", "fail", "waiting", "late", "running", "none"]
"""A status, or what stands in its place: labels are late, the run itself is, it is running, there is none."""


class StartDocument(TypedDict):
    """The task of the same DAG run whose monitor found something first."""

    task_id: str
    why: str


class CountsDocument(TypedDict):
    """Number of series by status."""

    fail: int
    warn: int
    ok: int
    learning: int
    broken: int


class MarkDocument(TypedDict):
    """What a person made of a run: marked it bad, or accepted it."""

    kind: StateName
    by: str
    at: str | None
    reason: str


class IncidentDocument(TypedDict):
    """An incident in one line, and what was decided of it."""

    id: int
    title: str
    status: StatusName
    state: Literal["open", "acknowledged", "snoozed", "resolved", "accepted"]
    monitor: str
    model: str
    dag_id: str
    opened_at: str
    """Start of the data window with which it opened."""
    recorded_at: str
    """The moment at which that was seen."""
    resolved_at: str | None
    runs: int
    acknowledged_by: str
    acknowledged_at: str | None
    snoozed_until: str | None
    can_undo: bool


class VerdictDocument(TypedDict):
    """The head of a page: what came out, in a sentence, and the facts beside it."""

    status: DisplayName
    headline: str
    impact: str
    start_at: StartDocument | None
    counts: CountsDocument
    rows: int
    columns: int
    window_start: str
    window_end: str
    window_words: str
    """``Thu 19 Nov 2026``, in UTC."""
    model: str
    model_version: str
    monitor: str
    baseline_runs: int
    rarity: str
    """``A run this unusual comes about once in 3 years``; empty where it is not known."""
    judged_at: str
    seconds: float
    score: float | None
    threshold: float | None
    mark: MarkDocument | None


class WouldHaveDocument(TypedDict):
    """What would have warned if enough had been known."""

    series: SeriesDocument
    words: str
    window_start: str


class LearningDocument(TypedDict):
    """How far a young monitor has come."""

    runs: int
    needed: int
    until: str | None
    still_alerts: str
    would_have: list[WouldHaveDocument]


class BrokenDocument(TypedDict):
    """A check that could not run, or a column that could not be evaluated."""

    check: str
    reason: str


class QuietDocument(TypedDict):
    """A column within its range, in one line."""

    column: str
    words: str
    ratio: float


class TaskPage(TypedDict):
    """``GET api/report``: one run of one monitor."""

    verdict: VerdictDocument
    incident: IncidentDocument | None
    findings: list[FindingDocument]
    findings_total: int
    other_groups: list[GroupDocument]
    """What its incident is about beside the findings."""
    quiet_columns: list[QuietDocument]
    closest: list[FindingDocument]
    strip: list[StripDocument]
    learning: LearningDocument | None
    broken: list[BrokenDocument]
    can_edit: bool
    task_state: NotRequired[str]
    """Airflow's state of the task, where Airflow shows it: it may be running again while this is its last try."""


class CellDocument(StripDocument):
    """A cell of the heat map."""

    day: str
    top: str
    """Its first finding in words; empty where it found nothing."""
    incident_id: int | None


class MonitorRowDocument(TypedDict):
    """A row of the heat map."""

    monitor: str
    task_id: str
    status: DisplayName
    cells: list[CellDocument]


class LaneDocument(TypedDict):
    """An incident below the heat map."""

    id: int
    title: str
    status: StatusName
    opened_at: str
    resolved_at: str | None
    monitors: list[str]


class DagEventDocument(TypedDict):
    """Something that changed at a moment: a model version began to serve."""

    at: str
    kind: str
    label: str


class DagPage(TypedDict):
    """``GET api/dag``: the monitors of a DAG over time."""

    status: DisplayName
    headline: str
    detail: str
    incident: IncidentDocument | None
    days: list[str]
    monitors: list[MonitorRowDocument]
    incidents: list[LaneDocument]
    events: list[DagEventDocument]
    can_edit: bool


class ChartDocument(TypedDict):
    """``GET api/series``: one series over time, with what happened meanwhile."""

    series: SeriesDocument
    metric_words: str
    help: str
    unit: str
    value_words: str
    expected_words: str
    history: list[PointDocument]
    incidents: list[LaneDocument]
    events: list[DagEventDocument]


class MetricNameDocument(TypedDict):
    """A metric, in plain words and in its own."""

    name: str
    plain: str
    help: str


class SeriesNames(TypedDict):
    """``GET api/series/names``: what there is to look at."""

    monitors: list[str]
    columns: list[str]
    metrics: list[MetricNameDocument]
    slices: list[str]
    """Columns by which there are slices, such as ``origin``."""
    series: list[SeriesDocument]


class RunRowDocument(TypedDict):
    """A monitor in the list of a DAG run."""

    position: int
    task_id: str
    map_index: int
    monitor: str
    status: DisplayName
    sentence: str
    ratio: float | None
    metrics: int
    start_here: bool
    strip: list[StripDocument]


class DagRunPage(TypedDict):
    """``GET api/run``: all monitors of one DAG run, in pipeline order."""

    status: DisplayName
    headline: str
    cause: str
    detail: str
    incident: IncidentDocument | None
    window_start: str | None
    window_end: str | None
    model_version: str
    monitors: list[RunRowDocument]
    can_edit: bool
