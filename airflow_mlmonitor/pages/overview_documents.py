"""What the pages that stand above single runs say, as plain JSON: models, incidents and the banner."""

from __future__ import annotations

from typing import TypedDict

from airflow_mlmonitor.pages.documents import DisplayName, IncidentDocument, StartDocument, VerdictDocument
from airflow_mlmonitor.pages.findings_document import (
    FindingDocument,
    GroupDocument,
    StatusName,
    StripDocument,
)


class ModelRowDocument(TypedDict):
    """A model in the list of models."""

    model: str
    team: str
    dag_id: str
    status: DisplayName
    needs_attention: bool
    """Whether it stands among those that somebody should look at."""
    note: str
    """What there is to say where no incident says it: ``No run since Tue 17 Nov; due every day``."""
    incident: IncidentDocument | None
    incidents_open: int
    budget_left: float | None
    """Part of the alerts asked for in the last 30 days that is left: 1 is all, 0 or less used up."""
    budget_goal: float
    strip: list[StripDocument]
    last_run_at: str | None
    due_at: str | None
    trained_at: str | None
    age_days: float | None
    max_age_days: float | None


class ModelsPage(TypedDict):
    """``GET api/models``: every model that the user may read."""

    counts: dict[str, int]
    """Models by status, as far as the search fits them; ``all`` of them, and those that need ``attention``."""
    models: list[ModelRowDocument]
    total: int
    next: str | None
    """The offset of the next page; None on the last one."""


class TimelineDocument(TypedDict):
    """One thing that happened to an incident, or just before it."""

    at: str
    kind: str
    title: str
    detail: str
    by: str


class ChangeDocument(TypedDict):
    """Something that changed before an incident opened: a hint, not a proof."""

    kind: str
    name: str
    before: str
    after: str
    at: str
    words: str
    """``11 h before``."""
    runs_since: int


class AffectedDocument(TypedDict):
    """Columns that an incident touches for one reason."""

    title: str
    why: str
    rows: int | None
    series: list[FindingDocument]
    groups: list[GroupDocument]
    """What accepting it alone accepts; empty for what follows from another one."""
    accepted: bool
    accept_advised: bool


class NoteDocument(TypedDict):
    """What a person wrote."""

    at: str
    by: str
    text: str


class IncidentPage(TypedDict):
    """``GET api/incident/{id}``: one problem over time."""

    verdict: VerdictDocument
    incident: IncidentDocument
    likely: str
    evidence: list[str]
    next: str
    budget_words: str
    task: StartDocument
    run_id: str
    map_index: int
    timeline: list[TimelineDocument]
    changes: list[ChangeDocument]
    groups: list[AffectedDocument]
    other_groups: list[GroupDocument]
    """What it is about beside these: what other runs found."""
    notes: list[NoteDocument]
    can_edit: bool


class Banner(TypedDict):
    """``GET api/banner``: the worst open incident nobody has acknowledged, in one line."""

    open: int
    headline: str
    model: str
    status: StatusName
    incident_id: int | None
    opened_at: str | None
    acknowledged: int
    others: list[str]
