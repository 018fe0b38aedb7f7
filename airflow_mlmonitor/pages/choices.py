"""What a person can accept of an incident, finding by finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from airflow_mlmonitor.judging.incident import KEPT, Group, Incident
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.pages.finding_groups import Card
from airflow_mlmonitor.pages.findings_document import GroupDocument
from airflow_mlmonitor.report.reasons import may_be_normal


class Choice(TypedDict):
    """What there is to choose of one finding; a part of its document."""

    groups: list[GroupDocument]
    accepted: bool
    accept_advised: bool


NOTHING: Choice = {"groups": [], "accepted": False, "accept_advised": False}
"""Of what is no finding, or is a part of another one."""


def choice(card: Card, incident: Incident | None) -> Choice:
    """Say what accepting a card's findings accepts.

    Parameters
    ----------
    card
        The findings; those that follow from them are accepted with them.
    incident
        The one that its run belongs to; None for none, and nothing can be accepted then.
    """
    if incident is None:
        return NOTHING
    own = card.groups
    accepted = set(incident.accepted_groups)
    # Of a storm an incident keeps the gravest groups only, though all of them are its.
    is_full = len(incident.groups) >= KEPT
    left = [one for one in own if one in incident.groups or (is_full and one not in accepted)]
    lead = card.group.lead
    return {
        "groups": [_document(one) for one in left],
        "accepted": not left and any(one in accepted for one in own),
        "accept_advised": bool(left) and lead.status is Status.WARN and may_be_normal(card.group),
    }


def other_groups(incident: Incident | None, shown: Iterable[Sequence[GroupDocument]]) -> list[GroupDocument]:
    """Return what an incident is about beside the findings that are shown."""
    known = {(one["column"], one["family"]) for groups in shown for one in groups}
    return [_document(one) for one in (incident.groups if incident else ()) if one not in known]


def _document(group: Group) -> GroupDocument:
    column, family = group
    return {"column": column, "family": family}
