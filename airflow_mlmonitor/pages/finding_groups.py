"""The findings of a run as cards: those that tell of one thing share one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from airflow_mlmonitor.diagnosis.cause import Diagnosis
from airflow_mlmonitor.judging.verdict import Verdict, ranked
from airflow_mlmonitor.pages.stored_causes import StoredCause, causes_in, fact
from airflow_mlmonitor.pages.titles import Place, is_missing, place_of
from airflow_mlmonitor.report.groups import SAME, Group, grouped


@dataclass(frozen=True)
class Card:
    """What one card is about.

    Parameters
    ----------
    group
        The findings.
    speaker
        The one that says it best, of the first of its columns.
    columns
        Those to which it happened, in the order of the schema.
    place
        The rows on which.
    """

    group: Group
    speaker: Verdict
    columns: tuple[str, ...]
    place: Place

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Columns (empty for the table) and families that its findings are about, also those that follow from it."""
        return list(dict.fromkeys((one.metric.column or "", one.metric.family) for one in _all(self.group)))

    @property
    def touched(self) -> set[str]:
        """All columns that a finding of the card is about."""
        members = [self.group, *self.group.twins, *self.group.followers]
        return {verdict.metric.column for one in members for verdict in _all(one) if verdict.metric.column}


def cards(verdicts: Sequence[Verdict], facts: Mapping[str, str]) -> list[Card]:
    """Gather the findings of a run, the most unusual first."""
    causes = [_diagnosis(cause) for cause in causes_in(facts)]
    groups = _with_missing_joined(grouped(ranked(verdicts), causes))
    schema = fact(facts, "schema")
    places = {name: place for place, name in enumerate(schema)} if isinstance(schema, dict) else {}
    return [_card(group, places) for group in groups]


def _card(group: Group, places: Mapping[str, int]) -> Card:
    members = [group, *group.twins]
    order = {id(one): place for place, one in enumerate(members)}
    members.sort(key=lambda one: (places.get(one.lead.metric.column or "", len(places)), order[id(one)]))
    alike = [one.plain for one in members if one.plain.metric.name == group.plain.metric.name]
    names = dict.fromkeys(one.lead.metric.column for one in members if one.lead.metric.column)
    return Card(group, alike[0], tuple(names), place_of(group))


def _with_missing_joined(groups: Sequence[Group]) -> list[Group]:
    """Let columns that are missing on the same rows share a card, whichever metric tells it of each."""
    kept: list[Group] = []
    for group in groups:
        twin = next((elder for elder in kept if _miss_together(elder, group)), None)
        if twin is None:
            kept.append(group)
        else:
            twin.twins += [group, *group.twins]
            twin.followers += group.followers
            group.twins, group.followers = [], []
    return kept


def _miss_together(elder: Group, group: Group) -> bool:
    mine, its = elder.plain.metric, group.plain.metric
    if not (is_missing(mine) and is_missing(its)) or mine.value is None or its.value is None:
        return False
    place = place_of(elder)
    is_near = abs(mine.value - its.value) <= SAME * abs(mine.value)
    return bool(place.words) and place.words == place_of(group).words and is_near


def _all(group: Group) -> list[Verdict]:
    return group.findings + [verdict for one in (*group.twins, *group.followers) for verdict in _all(one)]


def _diagnosis(cause: StoredCause) -> Diagnosis:
    return Diagnosis(
        cause=cause.cause,
        likely=cause.likely,
        evidence=cause.evidence,
        next=cause.next,
        confidence=0.0,
        columns=cause.columns,
        slice=cause.slice,
        rows=cause.rows,
        families=cause.families,
        may_be_meant=cause.may_be_meant,
    )
