"""Documents of pages as the pages room makes them, written by hand: a morning on which one airport's weather is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow_mlmonitor.pages.documents import DagRunPage, IncidentDocument, TaskPage, VerdictDocument
from airflow_mlmonitor.pages.findings_document import (
    FindingDocument,
    PointDocument,
    StatusName,
    StripDocument,
)
from airflow_mlmonitor.pages.overview_documents import IncidentPage, ModelsPage

LAST = datetime(2026, 11, 19, tzinfo=UTC)
MONITOR = "flight_delay/check_features"


def history(
    values: Sequence[float | None],
    *,
    upper: float | None = None,
    lower: float | None = None,
    found: Mapping[int, StatusName] | None = None,
    days: Sequence[int] | None = None,
) -> list[PointDocument]:
    """One point a day, the last one of 19 November; ``days`` are others to count back, ``found`` counts from the end."""
    count = len(values)
    back = days or range(count - 1, -1, -1)
    starts = [LAST - timedelta(days=day) for day in back]
    return [
        {
            "window_start": start.isoformat(),
            "window_end": (start + timedelta(days=1)).isoformat(),
            "value": value,
            "lower": lower,
            "upper": upper,
            "status": (found or {}).get(place - count, "ok"),
            "state": "clean",
            "run_id": f"scheduled__{start:%Y-%m-%d}",
        }
        for place, (value, start) in enumerate(zip(values, starts, strict=True))
    ]


def finding(rank: int = 1, column: str = "temp", **changes: Any) -> FindingDocument:
    """A third of a column's rows is missing for the first time."""
    made: FindingDocument = {
        "rank": rank,
        "status": "fail",
        "title": f"{column} is missing on EWR rows",
        "since": {
            "window_start": LAST.isoformat(),
            "runs": 1,
            "kind": "new",
            "words": "new in this run",
        },
        "series": {"monitor": MONITOR, "metric": "null_share", "column": column, "slice": ""},
        "metric_words": f"rows without {column}",
        "value": 0.36,
        "value_words": "36.0%",
        "unit": "share",
        "expected": {"lower": 0.0, "upper": 0.106, "words": "0–10.6%"},
        "record": {"value": 0.148, "at": None, "kind": "highest", "words": "highest before: 14.8%, 27 Aug"},
        "history": history(
            [0.0] * 6 + [0.148] + [0.0] * 82 + [0.36], lower=0.0, upper=0.106, found={-1: "fail", -84: "warn"}
        ),
        "distribution": {
            "kind": "bars",
            "title": "By origin",
            "labels": ["EWR", "JFK", "LGA"],
            "current": [1.0, 0.0, 0.0],
            "reference": [0.009, 0.006, 0.003],
            "reference_words": "28 earlier runs",
        },
        "moves_with": [
            {"column": "dewp", "metric": "null_share", "value": 0.36, "words": "same rows"},
            {"column": "prediction", "metric": "mean", "value": 0.07, "words": "0.070, expected 0.05–0.24"},
        ],
        "likely": "The weather join found no EWR rows.",
        "evidence": [
            "EWR has 0 of 24 hours in `weather`, the others 24",
            "all 8 columns miss on the same 356 rows",
        ],
        "next": "Reload EWR weather for 19 Nov, then clear `load_weather` and downstream.",
        "links": [{"label": "History of temp", "to": "/plugin/mlmonitor/series?column=temp"}],
        "columns": [column, "dewp"],
        "severity": 3.4,
        "groups": [{"column": column, "family": "missing"}],
        "accepted": False,
        "accept_advised": False,
    }
    return made | changes  # type: ignore[return-value]


def numeric(rank: int = 2, column: str = "prediction") -> FindingDocument:
    """Predictions fell, and their distribution with them."""
    values = [0.17 + 0.03 * ((day * 7) % 5 - 2) for day in range(89)]
    return finding(
        rank,
        column,
        status="warn",
        title="Predictions for EWR flights are far too low",
        metric_words="mean prediction, EWR",
        value=0.03,
        value_words="0.030",
        unit="number",
        expected={"lower": 0.1, "upper": 0.23, "words": "0.10–0.23"},
        history=history([*values, 0.03], lower=0.1, upper=0.23, found={-1: "warn"}),
        distribution={
            "kind": "bins",
            "title": "Predictions, EWR",
            "edges": [0.0, 0.1, 0.2, 0.3, 0.4],
            "current": [0.9, 0.08, 0.02, 0.0],
            "reference": [0.2, 0.35, 0.3, 0.15],
            "reference_words": "training v7",
        },
        moves_with=[],
        likely="",
        evidence=[],
    )


def strip(*last: StatusName, runs: int = 30) -> list[StripDocument]:
    """Quiet runs, and the last ones as given."""
    statuses: list[StatusName] = [*["ok"] * (runs - len(last)), *last]
    return [
        {
            "window_start": (LAST - timedelta(days=runs - 1 - place)).isoformat(),
            "run_id": f"run{place}",
            "ratio": {"ok": 0.1 * (place % 9), "warn": 1.2}.get(status, 4.0),
            "status": status,
            "state": "clean" if status == "ok" else "alert",
        }
        for place, status in enumerate(statuses)
    ]


def incident(**changes: Any) -> IncidentDocument:
    """The incident that the morning opened."""
    made: IncidentDocument = {
        "id": 142,
        "title": "Weather is missing on every EWR flight",
        "status": "fail",
        "state": "open",
        "monitor": MONITOR,
        "model": "flight_delay",
        "dag_id": "flight_delay_daily",
        "opened_at": LAST.isoformat(),
        "recorded_at": "2026-11-20T03:04:00+00:00",
        "resolved_at": None,
        "runs": 1,
        "acknowledged_by": "",
        "acknowledged_at": None,
        "snoozed_until": None,
        "can_undo": False,
    }
    return made | changes  # type: ignore[return-value]


def verdict(**changes: Any) -> VerdictDocument:
    """The head of the morning's page."""
    made: VerdictDocument = {
        "status": "fail",
        "headline": "Weather is missing on every EWR flight: 36% of rows, new in this run.",
        "impact": "1 finding failed, 1 warns. Scores for 356 EWR flights went out without weather.",
        "start_at": {"task_id": "check_weather", "why": "it failed first, EWR sent 0 of 24 hours"},
        "counts": {"fail": 1, "warn": 1, "ok": 12, "learning": 0, "broken": 0},
        "rows": 988,
        "columns": 25,
        "window_start": LAST.isoformat(),
        "window_end": (LAST + timedelta(days=1)).isoformat(),
        "window_words": "Thu 19 Nov 2026",
        "model": "flight_delay",
        "model_version": "v7",
        "monitor": MONITOR,
        "baseline_runs": 90,
        "rarity": "A run this unusual comes about once in 3 years",
        "judged_at": "2026-11-20T03:04:02+00:00",
        "seconds": 21.4,
        "score": 9.0,
        "threshold": 3.0,
        "mark": None,
    }
    return made | changes  # type: ignore[return-value]


def task_page(**changes: Any) -> TaskPage:
    """The failing run of the morning."""
    made: TaskPage = {
        "verdict": verdict(),
        "incident": incident(),
        "findings": [finding(1), numeric(2)],
        "findings_total": 2,
        "other_groups": [],
        "quiet_columns": [
            {"column": name, "words": "all as expected", "ratio": 0.4}
            for name in ("origin", "dest", "distance")
        ],
        "closest": [],
        "strip": strip("warn", "fail"),
        "learning": None,
        "broken": [],
        "can_edit": False,
    }
    return made | changes  # type: ignore[return-value]


def clean_page(**changes: Any) -> TaskPage:
    """A morning on which nothing is unusual."""
    quiet = [
        finding(
            place, column, status="ok", history=history([0.2] * 90, lower=0.1, upper=0.3), distribution=None
        )
        for place, column in enumerate(("age", "prediction", "visib"), start=1)
    ]
    head = verdict(
        status="ok",
        headline="Nothing unusual. All 25 columns are within their expected range.",
        impact="Closest to its limit: `age` missing in 22.4% of rows, limit 23.5%.",
        start_at=None,
        rarity="",
    )
    parts = {
        "findings": [],
        "findings_total": 0,
        "other_groups": [],
        "closest": quiet,
        "strip": strip(),
        "incident": None,
    }
    return task_page(verdict=head, **(parts | changes))


def dag_run_page(**changes: Any) -> DagRunPage:
    """The monitors of the morning's DAG run."""
    rows = [
        ("check_flights", "ok", "988 rows, 14 columns, as usual.", 0.21),
        ("check_weather", "fail", "EWR sent 0 of 24 hours.", 4.2),
        ("check_features", "fail", "8 weather columns are missing on EWR rows; 3 more findings.", 3.1),
        ("check_dependencies", "warn", "weather_client changed 3.1.0 → 4.0.0.", 1.2),
        ("check_quality", "waiting", "Labels arrive tomorrow; last judged: 18 Nov, OK.", None),
    ]
    made: DagRunPage = {
        "status": "fail",
        "headline": "2 of 5 monitors failed, from one cause: EWR is missing from the weather feed.",
        "cause": "EWR is missing from the weather feed",
        "detail": "1 warning came first: weather_client 3.1.0 → 4.0.0, new in this run.",
        "incident": incident(),
        "window_start": LAST.isoformat(),
        "window_end": (LAST + timedelta(days=1)).isoformat(),
        "model_version": "v7",
        "monitors": [
            {
                "position": place,
                "task_id": task_id,
                "map_index": -1,
                "monitor": f"flight_delay/{task_id}",
                "status": status,  # type: ignore[typeddict-item]
                "sentence": sentence,
                "ratio": ratio,
                "metrics": 31,
                "start_here": task_id == "check_weather",
                "strip": strip("ok" if status == "waiting" else status),  # type: ignore[arg-type]
            }
            for place, (task_id, status, sentence, ratio) in enumerate(rows, start=1)
        ],
        "can_edit": False,
    }
    return made | changes  # type: ignore[return-value]


def incident_page(**changes: Any) -> IncidentPage:
    """The incident of the morning, ten minutes later."""
    made: IncidentPage = {
        "verdict": verdict(
            headline="Weather is missing on every EWR flight", impact="Open for 13 min · 1 run"
        ),
        "incident": incident(state="acknowledged", acknowledged_by="on-call (data)"),
        "likely": "weather_client 4.0.0, first used in this run.",
        "evidence": ["Only EWR is affected; JFK and LGA have 24 of 24 hours."],
        "next": "Reload EWR with station code KEWR, clear `load_weather` and downstream.",
        "budget_words": "used up, 1 of 1 alerts in 30 days",
        "task": {"task_id": "check_features", "why": ""},
        "run_id": "scheduled__2026-11-20",
        "map_index": -1,
        "timeline": [
            {
                "at": "2026-11-20T03:14:00+00:00",
                "kind": "note",
                "title": "Note by on-call (data)",
                "detail": "Client 4.0 asks for station codes with a K.",
                "by": "on-call (data)",
            },
            {
                "at": "2026-11-20T03:03:00+00:00",
                "kind": "opened",
                "title": "Opened: EWR sent 0 of 24 hours",
                "detail": "check_weather, data of 19 Nov.",
                "by": "",
            },
        ],
        "changes": [
            {
                "kind": "package",
                "name": "weather_client",
                "before": "3.1.0",
                "after": "4.0.0",
                "at": "2026-11-19T16:20:00+00:00",
                "words": "11 h before",
                "runs_since": 1,
            }
        ],
        "groups": [
            {
                "title": "Missing on the same 356 rows",
                "why": "origin = EWR · 2 columns",
                "rows": 356,
                "series": [finding(1, "temp"), finding(2, "dewp")],
                "groups": [{"column": "temp", "family": "missing"}, {"column": "dewp", "family": "missing"}],
                "accepted": False,
                "accept_advised": False,
            }
        ],
        "other_groups": [],
        "notes": [],
        "can_edit": False,
    }
    return made | changes  # type: ignore[return-value]


def models_page(**changes: Any) -> ModelsPage:
    """Two models: one needs attention, one is quiet."""
    made: ModelsPage = {
        "counts": {"all": 2, "fail": 1, "ok": 1},
        "models": [
            {
                "model": "flight_delay",
                "team": "travel",
                "dag_id": "flight_delay_daily",
                "status": "fail",
                "incident": incident(),
                "incidents_open": 1,
                "budget_left": 0.0,
                "budget_goal": 1.0,
                "strip": strip("fail"),
                "last_run_at": "2026-11-20T03:04:02+00:00",
                "due_at": None,
                "trained_at": "2026-10-02T00:00:00+00:00",
                "age_days": 48.0,
                "max_age_days": 90.0,
            },
            {
                "model": "ad_click",
                "team": "",
                "dag_id": "ads",
                "status": "ok",
                "incident": None,
                "incidents_open": 0,
                "budget_left": 0.98,
                "budget_goal": 1.0,
                "strip": strip(),
                "last_run_at": None,
                "due_at": None,
                "trained_at": None,
                "age_days": None,
                "max_age_days": None,
            },
        ],
        "total": 2,
        "next": None,
    }
    return made | changes  # type: ignore[return-value]
