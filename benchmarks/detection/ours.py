"""Ours: what the product measures of a day, and what its judge says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd

from airflow_mlmonitor.checks import Check, Metric
from airflow_mlmonitor.checks.quality import Quality
from airflow_mlmonitor.checks.standard import standard_checks
from airflow_mlmonitor.data import Frame, Pinned, Profile, Window, read
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.rules.learning import learn_rules
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rules import Rules, distinct
from airflow_mlmonitor.measuring import measure
from airflow_mlmonitor.store.memory_store import MemoryStore
from airflow_mlmonitor.store.shelf import StoreShelf
from benchmarks.detection.partition import Days
from benchmarks.detection.subject import Subject

MODEL = "model"
VERSION = "training"
MONITOR = "model/serving"


@dataclass(frozen=True)
class Shelf(StoreShelf):
    """The pinned profile and that of the day before, decoded already."""

    training: Profile
    yesterday: tuple[Window, Profile] | None

    def pinned(self, version: str | None) -> tuple[str, Profile] | None:
        """The training window."""
        return version or VERSION, self.training

    def earlier(self, last: int, windows: Sequence[Window] | None = None) -> list[tuple[Window, Profile]]:
        """The day before."""
        return [self.yesterday] if self.yesterday and not windows else []


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A monitor with its checks, its baseline and its rules, without a judge.

    Parameters
    ----------
    checks
        What it asks.
    rules
        What the training window's rows always did.
    training
        Their profile.
    moment
        Name of the column that says which day it is.
    """

    checks: tuple[Check, ...]
    rules: Rules
    training: Profile
    moment: str

    @classmethod
    def of(cls, days: Days) -> Watch:
        """Learn from the training window, with defaults."""
        checks = checks_of(days.subject)
        moment = "day"
        while moment in days.subject.frame:
            moment += "_"
        dated = zip(days.frames[: days.reference], days.dates, strict=False)
        rows = pd.concat([frame.assign(**{moment: date}) for frame, date in dated], ignore_index=True)
        source = Frame(rows, timestamp=moment)
        learned = learn_rules(source, span=timedelta(days=days.step))
        asked = [rule for check in checks for rule in check.rules]
        rules = replace(learned, rules=distinct((*learned.rules, *asked)))
        return cls(checks=checks, rules=rules, training=read(source).compact(), moment=moment)

    def read(self, rows: pd.DataFrame, date: pd.Timestamp) -> Profile:
        """Read the rows of a day once."""
        return read(Frame(rows.assign(**{self.moment: date}), timestamp=self.moment), rules=self.rules)

    def measure(
        self, profile: Profile, memory: Memory, window: Window, yesterday: tuple[Window, Profile] | None
    ) -> tuple[list[Metric], Profile]:
        """Measure a day that was read, and settle what is new about it."""
        settled = profile.settled(memory)
        shelf = Shelf(MemoryStore(), MONITOR, MODEL, window, self.training, yesterday)
        measured = measure(self.checks, settled, shelf, window, EnvironmentConnections())
        return measured.metrics, settled


def checks_of(subject: Subject) -> tuple[Check, ...]:
    """The standard set, and quality where there are labels."""
    standard = standard_checks(Pinned(VERSION))
    if subject.prediction is None or subject.label is None:
        return standard
    few = [
        name
        for name in (subject.segment, subject.segment2)
        if name is not None and subject.frame[name].nunique() <= 40
    ]
    quality = Quality(
        prediction=subject.prediction, label=subject.label, segments=tuple(few[:1]), baseline=Pinned(VERSION)
    )
    return (*standard, quality)


def grown(memory: Memory, novelty: Novelty | None) -> Memory:
    """The memory after a day."""
    return memory + novelty if novelty else memory


def described(watch: Watch) -> Mapping[str, Any]:
    """What was learned, for the report."""
    return {kind: len(words) for kind, words in watch.rules.words().items()}
