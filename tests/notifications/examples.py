"""News as a day of flights brings them."""

from __future__ import annotations

from typing import Any

from airflow_mlmonitor.notifications.airflow_links import links_of
from airflow_mlmonitor.notifications.news import Fact, News
from airflow_mlmonitor.report.report import Tags

PLACE = Tags(dag_id="flights", run_id="scheduled__2026-11-19T03:00:00+00:00", task_id="skew")


def news(**more: Any) -> News:
    """An incident that opened: weather is missing."""
    given: dict[str, Any] = {
        "occasion": "opened",
        "status": "fail",
        "subject": "flight_delay",
        "model": "flight_delay",
        "monitor": "flight_delay/skew",
        "owner": "ana",
        "title": "weather is missing on every EWR flight (36.0% of rows)",
        "place": PLACE,
        "window": "Thu 19 Nov 2026",
        "facts": (
            Fact(label="Value", lines=("36.0% (rows without temp)",)),
            Fact(label="Expected", lines=("0–10.6% (90 runs; highest before: 14.8%, 27 Aug)",)),
            Fact(label="Since", lines=("new in this run",)),
            Fact(
                label="With it",
                lines=(
                    "dewp, humid, wind_dir, wind_speed, precip, pressure, visib: same rows",
                    "prediction: 0.030, expected 0.10–0.23",
                ),
            ),
            Fact(label="Likely", lines=("the weather join found no EWR rows (0 of 24 hours)",)),
            Fact(label="Next", lines=("reload EWR weather, then clear `load_weather` and downstream",)),
        ),
        "also": "Also 2 findings: carrier has a new value; age creeps up.",
        "incident": 142,
        "links": links_of(PLACE, 142),
    }
    return News(**{**given, **more})
