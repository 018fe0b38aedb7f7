"""What people are told, once: every builder writes the same of it in the form of its channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from airflow_mlmonitor.report.report import Tags

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.documents import TaskPage
    from airflow_mlmonitor.pages.findings_document import FindingDocument

Occasion = Literal[
    "opened", "escalated", "reminded", "reopened", "resolved", "acknowledged", "failed", "late"
]
"""What is the news: of an incident, of a task that failed without a verdict, of a check that did not run in time."""

OVER = frozenset({"resolved", "acknowledged"})
"""Occasions after which nobody has to do anything."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A labelled line of a message, such as what was expected."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way from a message into Airflow."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing that people are told: what is wrong, where, how much, since when, and what to do.

    Parameters
    ----------
    occasion
        Why it is told now.
    status
        ``fail``, ``broken`` or ``warn``: how grave it is, of an incident its gravest run.
    subject
        What it is about: the model, or the DAG where no model is known.
    title
        What is wrong, in a few words, without a full stop.
    place
        The task instance that noticed.
    model, monitor, owner
        What a route may ask for, and what it says in a webhook.
    window
        The data it is about, in words.
    facts
        What is known, in the order in which people want it.
    also
        What else was found, in one sentence.
    why
        Why this message comes, and when the next one will.
    note
        What is missing in it, and why.
    incident
        The number of its incident.
    links
        Where to look; the first is the one to open.
    told_as
        Statuses as which its incident has been told of so far: who heard of it then, hears how it goes on.
    finding
        The finding whose chart is shown.
    page
        The page of the run, where the store could be read.
    """

    occasion: Occasion
    status: str
    subject: str
    title: str
    place: Tags = field(default_factory=Tags)
    model: str = ""
    monitor: str = ""
    owner: str = ""
    window: str = ""
    facts: tuple[Fact, ...] = ()
    also: str = ""
    why: str = ""
    note: str = ""
    incident: int | None = None
    links: tuple[Link, ...] = ()
    told_as: frozenset[str] = frozenset()
    finding: FindingDocument | None = field(default=None, repr=False)
    page: TaskPage | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """What stays the same from an incident's first message to its last, and differs from any other's.

        >>> News(occasion="opened", status="fail", subject="flight_delay", title="temp is missing", incident=12).key
        'mlmonitor-incident-12'
        """
        if self.incident:
            return f"mlmonitor-incident-{self.incident}"
        place = (self.occasion, self.place.dag_id, self.place.run_id, self.place.task_id)
        mapped = (str(self.place.map_index),) if self.place.map_index >= 0 else ()
        return "mlmonitor-" + "-".join(filter(None, (*place, *mapped)))

    @property
    def moment_key(self) -> str:
        """What differs from one message of an incident to the next, and stays when one is sent twice."""
        return f"{self.key}-{self.occasion}-{self.place.run_id}"

    def fact(self, label: str) -> Fact | None:
        """Return the fact of a label; None where nothing is known."""
        return next((fact for fact in self.facts if fact.label == label), None)
