"""What earlier runs concluded, and the profiles to compare with.

::

    store.py      the contract: MetricsStore, Pin, Annotation; casebook.py is its part on incidents
    history.py    what comes out of it: Run, State, Point, History
    shelf.py      the store as a baseline sees it
    saving.py     what holds for every save: who owns a window, what a run is worth
    deciding.py   what holds for every decision about an incident
    retention.py  how much is kept, and what was let go
    memory.py     MemoryStore, with memory_casebook.py
    sql.py        SqlStore, open_store: the contract in a SQL database, on
                    engines.py     its URL and drivers      database.py      its transactions
                    faults.py      its complaints
                    schema.py      its revision             migrations/      how it came about
                    tables.py      its tables               column_types.py  their types
                    queries.py     what is read             changes.py       what is written, with upsert.py
                    past.py        what a judge reads       pruning.py       what is removed
                    incident_tables.py, cases.py and tracking.py: the same for incidents
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.store.history import History, Point, Run, State
from airflow_mlmonitor.store.memory_store import MemoryStore
from airflow_mlmonitor.store.store import Annotation, MetricsStore, Pin

if TYPE_CHECKING:
    from airflow_mlmonitor.store.sql import SqlStore, open_store

__all__ = [
    "Annotation",
    "History",
    "MemoryStore",
    "MetricsStore",
    "Pin",
    "Point",
    "Run",
    "SqlStore",
    "State",
    "open_store",
]

# These need SQLAlchemy, which comparing two files must not import.
_HEAVY = {"SqlStore": "sql", "open_store": "sql"}


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HEAVY[name]}"), name)
