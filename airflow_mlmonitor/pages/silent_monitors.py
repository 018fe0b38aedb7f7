"""Monitors of a DAG run that could conclude nothing: the store does not know of them, Airflow does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_mlmonitor.pages.concluding import beside, headline, overall
from airflow_mlmonitor.pages.documents import DagRunPage, RunRowDocument

Instance = tuple[str, int]
"""A task instance of the DAG run: task id and map index."""


def with_silent(page: DagRunPage, silent: Mapping[Instance, str], order: Sequence[str] = ()) -> DagRunPage:
    """Add monitors that ended without a conclusion to the page of their DAG run, as ones that could not check.

    Parameters
    ----------
    page
        As :func:`~airflow_mlmonitor.pages.dag_run_page.dag_run_page` reads it. What an earlier try of a silent
        monitor concluded gives way.
    silent
        Each with a sentence that says why.
    order
        Task ids in the order of the pipeline.
    """
    if not silent:
        return page
    rows = [row for row in page["monitors"] if (row["task_id"], row["map_index"]) not in silent]
    rows += [_row(*instance, sentence) for instance, sentence in silent.items()]
    places = {task_id: place for place, task_id in enumerate(order)}
    rows.sort(key=lambda row: (places.get(row["task_id"], len(places)), row["map_index"]))
    concluded = [(_name(row), row["status"]) for row in rows]
    status = overall(concluded)
    start = next((row for row in rows if row["status"] == status), None)
    said = page["headline"] if status == page["status"] and status != "broken" else headline(concluded)
    return {
        **page,
        "status": status,
        "headline": said,
        "detail": beside(concluded),
        "monitors": [
            {**row, "position": position, "start_here": row is start} for position, row in enumerate(rows, 1)
        ],
    }


def _name(row: RunRowDocument) -> str:
    return f"{row['task_id']}[{row['map_index']}]" if row["map_index"] >= 0 else row["task_id"]


def _row(task_id: str, map_index: int, sentence: str) -> RunRowDocument:
    return {
        "position": 0,
        "task_id": task_id,
        "map_index": map_index,
        "monitor": "",
        "status": "broken",
        "sentence": sentence,
        "ratio": None,
        "metrics": 0,
        "start_here": False,
        "strip": [],
    }
