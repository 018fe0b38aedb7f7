"""What Airflow knows of a DAG and the metrics store does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class DagFacts:
    """What Airflow knows of a DAG and the metrics store does not.

    Parameters
    ----------
    owner
        Who owns it, as Airflow shows it.
    due_at
        The moment by which the run after the last one has to be there; None where it has no schedule.
    is_paused
        Whether it is paused: then nothing of it is late.
    """

    owner: str = ""
    due_at: datetime | None = None
    is_paused: bool = False
