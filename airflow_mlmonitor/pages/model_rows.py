"""Models as rows: how the monitors of each came out last, what is open and how much of its budget is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.pages.concluding import overall
from airflow_mlmonitor.pages.dag_facts import DagFacts
from airflow_mlmonitor.pages.documents import DisplayName
from airflow_mlmonitor.pages.findings_document import StripDocument
from airflow_mlmonitor.pages.incident_line import open_first
from airflow_mlmonitor.pages.lateness import distance, every_words, late_since
from airflow_mlmonitor.pages.moment_words import short_day
from airflow_mlmonitor.pages.strip import strip_cell
from airflow_mlmonitor.store.history import Run

STRIP = 30
"""Runs that are shown as small cells."""

GRAVITY: Mapping[DisplayName, int] = {"fail": 5, "broken": 4, "late": 3, "warn": 2}
"""Ways to come out that need somebody's attention, the gravest with the highest number."""

FORGOTTEN = timedelta(days=14)
"""A monitor that has had no run for so long, while others of its model had, is not one of the model's any more."""


@dataclass(frozen=True)
class ModelRow:
    """A model in the list of models.

    Parameters
    ----------
    model
        Its name.
    monitors
        The last runs of each of its monitors, latest first.
    dags
        What Airflow knows of DAGs.
    now
        The present.
    incidents
        Those of its monitors that are not over, the one to read first at the front.
    """

    model: str
    monitors: Mapping[str, Sequence[Run]]
    dags: Mapping[str, DagFacts]
    now: datetime
    incidents: Sequence[Incident] = field(default=())

    @cached_property
    def latest(self) -> list[Run]:
        """The latest run of each of its monitors."""
        return [runs[0] for runs in self.monitors.values()]

    @cached_property
    def last(self) -> Run:
        """The run that started last."""
        return max(self.latest, key=lambda run: run.started)

    @cached_property
    def gravest(self) -> Run:
        """The latest run that came out worst; of several the one that started last."""
        return max(self.latest, key=lambda run: (run.status.rank, run.started))

    @cached_property
    def end(self) -> datetime:
        """The end of the newest data that was looked at."""
        return max(run.window.end for run in self.latest)

    @cached_property
    def due(self) -> datetime | None:
        """When the first of its monitors that are late was due; None where none is."""
        since = (
            late_since(runs, self.dags.get(runs[0].tags.dag_id), self.now) for runs in self.monitors.values()
        )
        return min((due for due in since if due), default=None)

    @cached_property
    def status(self) -> DisplayName:
        """How it came out: the gravest of its monitors; a run that is missing stands above a warning."""
        found = overall([(run.monitor, run.status.value) for run in self.latest])
        late = self.due is not None and GRAVITY.get(found, 0) < GRAVITY["late"]
        return "late" if late else found

    @property
    def dag_id(self) -> str:
        """The DAG to look at: that of the gravest run."""
        return self.gravest.tags.dag_id

    @property
    def facts(self) -> DagFacts:
        """What Airflow knows of that DAG."""
        return self.dags.get(self.dag_id, DagFacts())

    @cached_property
    def needs_attention(self) -> bool:
        """Whether somebody should look at it: it is not as it should be, or has something open nobody knows of."""
        return self.status in GRAVITY or any(one.state.value == "open" for one in self.incidents)

    @property
    def note(self) -> str:
        """What there is to say where no incident says it."""
        if self.status != "late":
            return ""
        apart = min(filter(None, map(distance, self.monitors.values())), default=None)
        since = f"No run since {self.last.started:%a} {short_day(self.last.started)}"
        return "; ".join(filter(None, [since, every_words(apart)]))

    @property
    def order(self) -> tuple[bool, int, str, str]:
        """Its place in the list: what needs attention first, the gravest at the front, then by name."""
        attention = self.needs_attention
        return not attention, -GRAVITY.get(self.status, 0), self.model.casefold(), self.model

    def matches(self, query: str) -> bool:
        """Whether its name or its team holds a text."""
        wanted = query.strip().casefold()
        return wanted in self.model.casefold() or wanted in self.facts.owner.casefold()

    def strip(self) -> list[StripDocument]:
        """Its last runs, each the worst that its monitors came to in one DAG run."""
        together: dict[object, list[Run]] = defaultdict(list)
        for runs in self.monitors.values():
            for run in runs[:STRIP]:
                together[(run.tags.dag_id, run.tags.run_id) if run.tags.run_id else run.window].append(run)
        ordered = sorted(together.values(), key=lambda runs: max(run.window for run in runs))
        return [strip_cell(max(runs, key=_unusual)) for runs in ordered[-STRIP:]]


def model_rows(
    latest: Mapping[str, Sequence[Run]],
    incidents: Iterable[Incident],
    dags: Mapping[str, DagFacts],
    now: datetime,
) -> list[ModelRow]:
    """Gather monitors by model; ``latest`` are the last runs of each, ``incidents`` those that are not over."""
    by_model: dict[str, dict[str, Sequence[Run]]] = defaultdict(dict)
    for monitor, runs in latest.items():
        by_model[runs[0].model][monitor] = runs
    opened: dict[str, list[Incident]] = defaultdict(list)
    for one in incidents:
        opened[one.model].append(one)
    return [
        ModelRow(model, _current(monitors), dags, now, open_first(opened[model]))
        for model, monitors in by_model.items()
    ]


def _current(monitors: Mapping[str, Sequence[Run]]) -> dict[str, Sequence[Run]]:
    """Leave out monitors that have gone: long without a run, by the clock and in data time, while others had some."""
    started = max(runs[0].started for runs in monitors.values())
    end = max(runs[0].window.end for runs in monitors.values())
    return {
        name: runs
        for name, runs in monitors.items()
        if min(started - runs[0].started, end - runs[0].window.end)
        <= max(FORGOTTEN, 3 * (distance(runs) or timedelta()))
    }


def _unusual(run: Run) -> tuple[int, float]:
    scored = run.score / run.threshold if run.score is not None and run.threshold else 0.0
    return run.status.rank, scored
