"""What changed before an incident opened: hints, nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Incident
from airflow_mlmonitor.pages.moment_words import iso, span_words
from airflow_mlmonitor.pages.overview_documents import ChangeDocument
from airflow_mlmonitor.pages.stored_causes import fact
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.store.history import Run
from airflow_mlmonitor.store.store import MetricsStore

SCHEMA = "schema"
DEPENDENCIES = "dependency changes"
"""Name of the fact in which a run says what its dependencies are not any more."""

FAR = 180
"""Earlier runs among which another model version is looked for."""

NEAR = 15
"""Earlier runs whose schema and dependencies are looked at."""

MOST = 20
"""Changes that are told."""

SPELLINGS = (
    re.compile(r"(?P<part>.+?) was (?P<before>.*), is (?P<after>.*)"),
    re.compile(r"(?P<part>.+?) is gone \(was (?P<before>.*)\)(?P<after>)"),
    re.compile(r"(?P<part>.+?) is (?P<before>)new \((?P<after>.*)\)"),
)
"""How a part of a dependency says that it is not what it was."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that a run saw for the first time.

    Parameters
    ----------
    kind
        ``model_version``, ``schema`` or ``dependency``.
    name
        What changed.
    before, after
        What it was and is; empty where it was not there, or is not any more.
    window
        The first run that saw it so.
    runs_since
        How many runs there were from then until the incident opened; 0 where that run opened it.
    """

    kind: str
    name: str
    before: str
    after: str
    window: Window
    runs_since: int

    def document(self, incident: Incident) -> ChangeDocument:
        """Write it, seen from the opening of an incident."""
        apart = incident.opened.start - self.window.start
        return {
            "kind": self.kind,
            "name": printable(self.name),
            "before": printable(self.before),
            "after": printable(self.after),
            "at": iso(self.window.start),
            "words": f"{span_words(apart)} before" if apart.total_seconds() > 0 else "in the same run",
            "runs_since": self.runs_since,
        }


def changes(
    store: MetricsStore, incident: Incident, runs: Sequence[Run], neighbours: Iterable[str]
) -> list[Change]:
    """Find what changed before an incident opened, or with it; nearest first.

    Parameters
    ----------
    store
        Where the runs are.
    incident
        The incident.
    runs
        Its monitor's runs up to the one that opened it, latest first.
    neighbours
        Monitors of the same model and DAG, which may look at what the model depends on.

    Raises
    ------
    StoreError
        The store could not be read.
    """
    found = [*_versions(runs), *_schema(store, incident)]
    near = store.latest_runs(list(neighbours), last=NEAR, asof=incident.opened.end)
    facts = store.facts_of_runs([run for runs in near.values() for run in runs], [DEPENDENCIES])
    for its in near.values():
        found += _dependencies([(run.window, facts[run.monitor, run.window]) for run in reversed(its)])
    order = {"dependency": 0, "model_version": 1, "schema": 2}
    found.sort(key=lambda one: (-one.window.start.timestamp(), order[one.kind], one.name))
    return found[:MOST]


def _versions(runs: Sequence[Run]) -> Iterator[Change]:
    known = [(place, run) for place, run in enumerate(runs) if run.model_version]
    for (place, run), (_, earlier) in pairwise(known):
        if run.model_version != earlier.model_version:
            yield Change(
                kind="model_version",
                name="model",
                before=str(earlier.model_version),
                after=str(run.model_version),
                window=run.window,
                runs_since=place,
            )


def _schema(store: MetricsStore, incident: Incident) -> Iterator[Change]:
    facts = store.facts_of(incident.monitor, [SCHEMA], asof=incident.opened.end, last=NEAR)
    known = [(window, columns) for window, told in facts.items() if (columns := _columns(told))]
    for place, ((_, before), (window, after)) in enumerate(pairwise(known)):
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                yield Change(
                    kind="schema",
                    name=f"column {name}",
                    before=before.get(name, ""),
                    after=after.get(name, "gone") if name in before else f"new, {after[name]}",
                    window=window,
                    runs_since=len(known) - 2 - place,
                )


def _columns(facts: Mapping[str, str]) -> dict[str, str]:
    told = fact(facts, SCHEMA)
    return {str(name): str(kind) for name, kind in told.items()} if isinstance(told, dict) else {}


def _dependencies(runs: Sequence[tuple[Window, Mapping[str, str]]]) -> Iterator[Change]:
    """What dependencies are not any more, as the facts of some runs, oldest first, have it.

    A change is told by every run until somebody accepts it: the first counts.
    """
    told = [(window, set(_told(fact(found, DEPENDENCIES)))) for window, found in runs]
    before: set[tuple[str, str]] = set()
    for place, (window, now) in enumerate(told):
        for title, words in sorted(now - before):
            part, was, is_ = _spelled(words)
            yield Change(
                kind="dependency",
                name=f"{title}: {part}" if part else title,
                before=was,
                after=is_,
                window=window,
                runs_since=len(told) - 1 - place,
            )
        before = now


def _told(told: Any) -> Iterator[tuple[str, str]]:
    for title, words in told.items() if isinstance(told, dict) else ():
        yield from ((str(title), str(said)) for said in (words if isinstance(words, list) else ()))


def _spelled(words: str) -> tuple[str, str, str]:
    found = next(filter(None, (spelling.fullmatch(words) for spelling in SPELLINGS)), None)
    if found is None:
        return "", "", words
    if found.re is SPELLINGS[-1]:
        return found["part"], "", f"new, {found['after']}"
    return found["part"], found["before"], found["after"] or "gone"
