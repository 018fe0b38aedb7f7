"""Rows in, profiles out: sources, windows, profiles and baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.baseline import Baseline, Pinned, Previous, Reference, SameWeekday, Trailing
from airflow_mlmonitor.data.files import Files
from airflow_mlmonitor.data.frame import Frame
from airflow_mlmonitor.data.relations import Query, Table
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    from airflow_mlmonitor.data.profile import Profile
    from airflow_mlmonitor.data.reading import read, read_days

__all__ = [
    "Baseline",
    "Connections",
    "Files",
    "Frame",
    "Pinned",
    "Previous",
    "Profile",
    "Query",
    "Reference",
    "Rows",
    "SameWeekday",
    "Source",
    "Table",
    "Trailing",
    "Window",
    "read",
    "read_days",
]

# These need numpy and pyarrow, which parsing a DAG file must not import.
_HEAVY = {"Profile": "profile", "read": "reading", "read_days": "reading"}


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HEAVY[name]}"), name)
