"""``python -m tests.golden.make``: keep a store as the newest revision writes it, for the upgrade tests to come.

Run it once for each new revision, and never again for an old one: what a released version wrote is what later ones
must read.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.report.report import Tags
from airflow_mlmonitor.store import MetricsStore, SqlStore, State, open_store
from airflow_mlmonitor.store.tables import REVISION
from tests.store.making import day, report, verdict

FOLDER = Path(__file__).parent
MONITOR = "flight_delay/skew"
LATER = datetime(2014, 1, 1, tzinfo=UTC)


def fill(store: MetricsStore) -> None:
    """A few runs of two monitors, a mark, a pin: something in every table and every column."""
    store.pin(
        "flight_delay", "v3", b"pinned", rows=51_955, label="training data", days={day(-1): b"a day of it"}
    )
    for number in range(3):
        store.save(
            report(
                number,
                verdict(
                    "ks",
                    0.1 * number + 1 / 3,
                    scale="distance",
                    family="distance",
                    worse="up",
                    n=981,
                    expected=0.1,
                    p_value=1e-7,
                    effect=0.8,
                    status=Status.FAIL if number == 1 else Status.OK,
                    lower=0.0,
                    upper=0.4,
                    severity=1.5 * number,
                    said="ks is 0.433; expected 0 to 0.4" if number == 1 else "",
                ),
                verdict("null_share", None, "Größe 🛫", slice="origin=EWR", why="every value is missing"),
                verdict("rows", 981, column=None, scale="count", family="rows"),
                rows=981,
                model_version="v3",
                facts={"schema": '{"temp": "double"}'},
                score=0.5 + number,
                threshold=1.25,
                traces={"learned": b"scores of day %d" % number},
                seconds=1.25,
            ),
            profile=b"profile of day %d" % number,
        )
    store.mark(MONITOR, day(1), State.ACCEPTED, who="ana", note="new aircraft")
    (incident,) = store.incidents(monitor=MONITOR)
    store.snooze(incident.id, until=day(30).end, unless_worse=True, who="ana", note="Größe 🛫")
    hours = Window(day(2).start, day(2).start + timedelta(hours=6))
    mapped = Tags(dag_id="hourly", task_id="watch", map_index=2, run_id="manual__1", try_number=3)
    store.save(report(window=hours, monitor="fares", model="fare", tags=mapped))


def content(store: SqlStore) -> dict[str, Any]:
    """Everything the store says, as JSON can hold it."""
    runs = store.runs(last=99)
    pin = store.pinned("flight_delay")
    labels = (MONITOR, "fares", "flight_delay@v3")
    said = {
        "runs": [asdict(run) for run in runs],
        "verdicts": {
            _name(run.monitor, run.window): _verdicts(store, run.monitor, run.window) for run in runs
        },
        "facts": {_name(run.monitor, run.window): store.facts(run.monitor, run.window) for run in runs},
        "annotations": [asdict(note) for run in runs for note in store.annotations(run.monitor, run.window)],
        "pin": asdict(pin) if pin else None,
        "profiles": {
            label: {window.label: found for window, found in store.profiles(label, asof=LATER, last=99)}
            for label in labels
        },
        "incidents": [asdict(one) for one in store.incidents(last=99)],
        "accepted": [[*group, since] for group, since in store.history(MONITOR, asof=LATER).accepted.items()],
        "traces": store.history(MONITOR, asof=LATER, points=False, traces=["learned"]).traces,
        "ks": store.history(MONITOR, asof=LATER).values("ks", "temp").tolist(),
    }
    return dict(json.loads(json.dumps(said, default=_plain)))


def _verdicts(store: SqlStore, monitor: str, window: Window) -> list[Mapping[str, Any]]:
    return [asdict(one) for one in store.verdicts(monitor, window)]


def _name(monitor: str, window: Window) -> str:
    return f"{monitor} {window.label}"


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def main() -> None:
    """Write the store and what it says, unless they are there."""
    path = FOLDER / f"store_{REVISION}.db"
    if path.exists():
        sys.exit(f"{path} is there already; a golden store is never made again.")
    store = open_store(f"sqlite:///{path}")
    fill(store)
    path.with_suffix(".json").write_text(
        json.dumps(content(store), indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = DELETE")  # a copy of the file alone is then the whole store


if __name__ == "__main__":
    main()
