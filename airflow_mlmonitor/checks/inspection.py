"""A question that the rows of the run alone cannot answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.observation import Past, nothing
from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.source import Connections


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What an inspection may look at.

    Parameters
    ----------
    window
        The span of data time of the run.
    now
        The profile of the run's rows; without any where the monitor reads no source.
    connections
        Where credentials come from.
    facts
        What the last run that trains remembered, by name; empty on the first run.
    announced
        Dependency to who announced that it changes about now, and why.
    past
        Looks up what earlier runs of any monitor saw, up to the end of the window.
    """

    window: Window
    now: Profile
    connections: Connections
    facts: Mapping[str, str] = field(default_factory=dict)
    announced: Mapping[str, str] = field(default_factory=dict)
    past: Past = nothing


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What an inspection found.

    Parameters
    ----------
    metrics
        The answer.
    facts
        Texts to remember with the run, which the next run's inspection gets.
    """

    metrics: Sequence[Metric]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Inspection(Recipe, Check):
    """A question that the rows of the run alone cannot answer: it looks at files, tables or a second source itself.

    It is a check like any other, except that it is asked by :meth:`inspect`. Looking happens when the task runs, never
    when its DAG is parsed, and its strings may be templates, as those of a source.
    """

    @abstractmethod
    def inspect(self, scene: Scene) -> Inspected:
        """Look, and answer with metrics and with what is to be remembered."""

    def measure(self, now: Profile, before: Profile | None) -> Iterable[Metric]:
        """Answer nothing: the rows alone do not tell."""
        return ()
