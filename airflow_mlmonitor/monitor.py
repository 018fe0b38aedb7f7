"""The whole flow of a run, on one screen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from airflow_mlmonitor.checks.check import Check
from airflow_mlmonitor.checks.consistency import Consistency
from airflow_mlmonitor.coinciding import with_coincidences
from airflow_mlmonitor.data.baseline import Pinned
from airflow_mlmonitor.data.connections import EnvironmentConnections
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import FreeRules
from airflow_mlmonitor.data.rules.learning import schema_rules
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.diagnosing import diagnosed
from airflow_mlmonitor.judging.bounds import Bounds
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.learned import Learned
from airflow_mlmonitor.judging.verdict import Verdict
from airflow_mlmonitor.measuring import NOVELTY, Measured, measure, remembered
from airflow_mlmonitor.rehearsing import with_training
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store.history import History
from airflow_mlmonitor.store.shelf import StoreShelf
from airflow_mlmonitor.store.store import MetricsStore

BUDGET = "budget"
"""Name of the fact with the false alerts a month that were asked for, as JSON."""

COMPARED = "compared"
"""Name of the fact with what a run was compared with, as JSON: how many earlier runs, and each check's baseline."""

NOTES = "notes"
"""Name of the fact with what could not be evaluated, as JSON: column to why."""

HISTORY = 365
"""Earlier runs a judge sees: a year of daily ones."""


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """The checks of one model in one place of its pipeline, and the flow of a run.

    Parameters
    ----------
    name
        Unique in the store; ``model/task`` by default in Airflow.
    model
        The model it watches.
    checks
        Each finds its baseline, measures and yields metrics; one that breaks becomes a broken verdict.
    judge
        Says which numbers are not normal.
    bounds
        What a person wrote; these stand beside the judge's verdicts and survive any history.
    """

    name: str
    model: str
    checks: Sequence[Check]
    judge: Judge = field(default_factory=Learned)
    bounds: Bounds | None = None

    def rules(self, store: MetricsStore) -> Rules | FreeRules:
        """What the rows are to be read with: what the checks ask for, and for a check of consistency all that is known.

        That are the rules of the pinned baseline, or else those that need none.

        Raises
        ------
        StoreError
            The baseline could not be read.
        """
        asked = tuple(rule for check in self.checks for rule in check.rules)
        if not any(isinstance(check, Consistency) for check in self.checks):
            return Rules(rules=asked)
        versions = [check.baseline.version for check in self.checks if isinstance(check.baseline, Pinned)]
        pin = store.pinned(self.model, versions[0] if versions else None)
        known = Profile.decode(pin.profile).rules if pin else None
        return known.joined(asked) if known else lambda layout: schema_rules(layout).joined(asked)

    def evaluate(
        self,
        now: Profile,
        *,
        window: Window,
        store: MetricsStore,
        connections: Connections | None = None,
        tags: Tags | None = None,
        model_version: str | None = None,
        announce: Callable[[Report], None] | None = None,
    ) -> Report:
        """Measure, judge and remember one run; ``now`` are its rows, read with :meth:`rules`.

        ``announce`` gets the report before it is saved: a store that fails then does not take the findings with it.

        Raises
        ------
        StoreError
            The history could not be read or the run not be saved. A failing check raises nothing.
        """
        started, clock = datetime.now(UTC), time.perf_counter()
        shelf = StoreShelf(store, self.name, self.model, window)
        history = store.history(
            self.name,
            asof=window.start,
            last=HISTORY,
            points=self.judge.wants_points,
            traces=(*self.judge.traces, NOVELTY),
        )
        now = now.settled(remembered(now, history))
        measured = measure(self.checks, now, shelf, window, connections or EnvironmentConnections())
        history = with_training(history, self.judge, measured.answers, shelf, most=HISTORY)
        judgement = self.judge.judge(measured.metrics, history, window)
        verdicts = self._limited(list(judgement.verdicts))
        if self.bounds:
            known = [*measured.metrics, *(verdict.metric for verdict in measured.broken)]
            # Of a table without rows there are no metrics of columns, and that alone is to be said.
            is_empty = now.columns and not now.rows
            verdicts = self.bounds.tighten(verdicts) + ([] if is_empty else self.bounds.unmatched(known))
        report = Report(
            monitor=self.name,
            model=self.model,
            model_version=model_version,
            window=window,
            verdicts=(*verdicts, *measured.broken),
            rows=now.rows,
            baselines=measured.baselines,
            notes=now.notes,
            facts={
                "schema": json.dumps(now.schema),
                COMPARED: json.dumps(_compared(measured, history)),
                **({NOTES: json.dumps(dict(now.notes))} if now.notes else {}),
                **self._asked(),
                **measured.facts,
            },
            score=judgement.score,
            threshold=judgement.threshold,
            traces={**judgement.traces, **({NOVELTY: now.novelty.encode()} if now.novelty else {})},
            tags=tags or Tags(),
            started=started,
            seconds=time.perf_counter() - clock,
        )
        report = with_coincidences(report, shelf)
        report = diagnosed(report, now, measured, history, shelf)
        if announce:
            announce(report)
        return replace(report, notices=tuple(store.save(report, profile=now.encode())))

    def _asked(self) -> dict[str, str]:
        """How many false alerts a month were asked for, where somebody was asked."""
        if isinstance(self.judge, Learned):
            return {BUDGET: json.dumps(self.judge.false_alerts_per_month)}
        return {}

    def _limited(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Hold the verdicts against the limits that the checks' own parameters set."""
        for check in self.checks:
            if check.limits:
                verdicts = Bounds(check.limits).tighten(verdicts)
        return verdicts


def _compared(measured: Measured, history: History) -> dict[str, Any]:
    """How many runs, or days of training that stand in for them, the judge learned from, and what checks looked at."""
    return {"runs": sum(run.state.trains for run in history.runs), "baselines": measured.baselines}
