"""What people decide about an incident."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.pages.incident_page import incident_page
from airflow_mlmonitor.store import MetricsStore
from airflow_mlmonitor.ui.server.access import AskerDep
from airflow_mlmonitor.ui.server.answers import answer
from airflow_mlmonitor.ui.server.origin import require_own_page
from airflow_mlmonitor.ui.server.page_reader import ReaderDep
from airflow_mlmonitor.ui.server.parameters import Number
from airflow_mlmonitor.ui.server.problems import Problem

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api")

Action = Literal["acknowledge", "snooze", "accept", "bad", "note", "undo"]

TAKES: dict[str, frozenset[str]] = {
    "acknowledge": frozenset({"reason"}),
    "snooze": frozenset({"reason", "until", "unless_worse"}),
    "accept": frozenset({"reason", "groups"}),
    "bad": frozenset({"reason"}),
    "note": frozenset({"text"}),
    "undo": frozenset({"reason"}),
}
"""Decision to what it may be given."""


MOST_GROUPS = 10_000


class Accepted(BaseModel):
    """What is accepted together, as the documents of findings have it.

    Parameters
    ----------
    column
        Empty for the table.
    family
        What kind of thing was found of it.
    """

    model_config = ConfigDict(extra="forbid")

    column: str
    family: str


class Decision(BaseModel):
    """What a decision is given; an empty object is enough for most.

    Parameters
    ----------
    until, unless_worse
        A snooze is over when a run's data end later than this moment, or when the problem gets worse.
    reason
        Why, for everybody who looks at the incident.
    text
        A note.
    groups
        What is accepted, where that is not the whole incident.
    """

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime | None = None
    unless_worse: bool = False
    reason: str = Field(default="", max_length=2000)
    text: str = Field(default="", max_length=2000)
    groups: list[Accepted] | None = Field(default=None, min_length=1, max_length=MOST_GROUPS)


@router.post("/incident/{number}/{action}", dependencies=[Depends(require_own_page)])
async def decide(
    reader: ReaderDep, asker: AskerDep, number: Number, action: Action, decision: Decision
) -> JSONResponse:
    """Acknowledge, snooze, accept, mark bad, note, or take the last decision back; answers how it stands then."""
    _require_fitting(action, decision)
    dag_id = await reader.dag_of_incident(asker, number)
    await run_in_threadpool(asker.require_editing, dag_id)
    change = _changes(number, asker.name, decision)[action]

    def changed(store: MetricsStore) -> object:
        change(store)
        return incident_page(store, number)["incident"]

    standing = await reader.decide(changed)
    log.info("%s: %s incident %d of DAG %s.", asker.name, action, number, dag_id)
    return answer(standing)


def _require_fitting(action: Action, decision: Decision) -> None:
    given = {name for name in type(decision).model_fields if getattr(decision, name)}
    if unfit := sorted(given - TAKES[action]):
        raise Problem("request", 422, f"{action} takes no {', '.join(unfit)}.", "Leave it out.")
    if action == "snooze" and not given & {"until", "unless_worse"}:
        raise Problem("request", 422, "A snooze needs an end.", "Give until, or unless_worse.")
    if action == "note" and not decision.text.strip():
        raise Problem("request", 422, "A note needs a text.", "Give text.")


def _changes(number: int, who: str, decision: Decision) -> dict[str, Callable[[MetricsStore], Incident]]:
    reason = decision.reason
    groups = None if decision.groups is None else [(one.column, one.family) for one in decision.groups]
    return {
        "acknowledge": lambda store: store.acknowledge(number, who=who, note=reason),
        "snooze": lambda store: store.snooze(
            number, until=decision.until, unless_worse=decision.unless_worse, who=who, note=reason
        ),
        "accept": lambda store: store.accept(number, who=who, note=reason, groups=groups),
        "bad": lambda store: store.mark_bad(number, who=who, note=reason),
        "note": lambda store: store.note(number, decision.text, who=who),
        "undo": lambda store: store.undo(number, who=who, note=reason),
    }
