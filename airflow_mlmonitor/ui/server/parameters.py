"""What routes are asked with."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AwareDatetime, BeforeValidator

LONGEST = 1000
"""Airflow's own ids have at most 250 characters, and names of series few more."""

UNMAPPED = -1
TEMPLATE = "{MAP_INDEX}"
"""Airflow leaves this in a link of a task that is not mapped."""


def map_index(said: Any) -> Any:
    """Read a map index as links write it.

    >>> map_index("{MAP_INDEX}"), map_index(""), map_index("3")
    (-1, -1, '3')
    """
    return UNMAPPED if said in ("", TEMPLATE, "undefined") else said


Text = Query(max_length=LONGEST)
DagId = Annotated[str, Query(min_length=1, max_length=LONGEST, description="Id of the DAG.")]
RunId = Annotated[str, Query(min_length=1, max_length=LONGEST, description="Id of the DAG run.")]
TaskId = Annotated[str, Query(min_length=1, max_length=LONGEST, description="Id of the task.")]
MapIndex = Annotated[
    int, BeforeValidator(map_index), Query(ge=-1, le=2**31 - 1, description="Of a mapped task; else -1.")
]
Monitor = Annotated[str, Query(min_length=1, max_length=LONGEST, description="Name of the monitor.")]
Named = Annotated[str, Query(max_length=LONGEST)]
Moment = Annotated[AwareDatetime | None, Query(description="ISO 8601, with an offset or Z.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the incident.")]
Offset = Annotated[int, Query(ge=0, le=10**6)]
Limit = Annotated[int, Query(ge=1, le=500)]
