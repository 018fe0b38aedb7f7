"""When another version of a model began to serve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from airflow_mlmonitor.pages.documents import DagEventDocument
from airflow_mlmonitor.pages.moment_words import iso
from airflow_mlmonitor.report.table import printable
from airflow_mlmonitor.store.history import Run

KIND = "model_version"


def version_events(runs: Iterable[Run]) -> list[DagEventDocument]:
    """Return where the version of each model changed from one run to the next, oldest first.

    The first version that is known is no change. A change that several monitors of a model saw is one, and happened
    when the first of them did.
    """
    by_monitor: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.window):
        if run.model_version:
            by_monitor[run.model, run.monitor].append(run)
    models = {model for model, _ in by_monitor}
    changes: dict[tuple[str, str, str, int], Run] = {}
    for (model, _), known in by_monitor.items():
        times: Counter[tuple[str, str]] = Counter()
        for before, run in pairwise(known):
            change = str(before.model_version), str(run.model_version)
            if change[0] != change[1]:
                times[change] += 1
                key = (model, *change, times[change])
                changes[key] = min(changes.get(key, run), run, key=lambda one: one.window)
    found = sorted(changes.items(), key=lambda one: one[1].window)
    return [
        {
            "at": iso(run.window.start),
            "kind": KIND,
            "label": printable(f"model {now}" if len(models) == 1 else f"{model} {now}"),
        }
        for (model, _, now, _), run in found
    ]
