"""The tables of incidents, as the code queries them; see :mod:`airflow_mlmonitor.store.tables`.

::

    run ─┬── alert            what a run with findings found, group by group
         ├─< accepted         groups of which a person accepted what this run showed as the new normal; one that an
         │                    incident was accepted of in part lies at the run that was the latest then, and its digest
         │                    has the moment of the decision in it
         └─< incident_run >── incident ──< incident_event      what happened to it, and who decided what
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from airflow_mlmonitor.store.column_types import Moment, Words
from airflow_mlmonitor.store.tables import OPTIONS, metadata, monitor, run

alert = Table(
    "mlmonitor_alert",
    metadata,
    Column(
        "run_id",
        ForeignKey(run.c.id, name="mlmonitor_alert_run", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("status", String(16), nullable=False),
    Column("title", Words, nullable=False),
    Column("severities", Words, nullable=False),
    **OPTIONS,
)

incident = Table(
    "mlmonitor_incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("monitor_id", ForeignKey(monitor.c.id, name="mlmonitor_incident_monitor"), nullable=False),
    Column("title", Words, nullable=False),
    Column("status", String(16), nullable=False),
    Column("severity", Double, nullable=False),
    Column("families", Words, nullable=False),
    Column("run_count", Integer, nullable=False),
    Column("opened_start", Moment, nullable=False),
    Column("opened_end", Moment, nullable=False),
    Column("resolved_start", Moment),
    Column("resolved_end", Moment),
    Column("settled_start", Moment),
    Column("settled_end", Moment),
    Index("mlmonitor_incident_of_monitor", "monitor_id", "opened_start", "opened_end"),
    **OPTIONS,
)

incident_run = Table(
    "mlmonitor_incident_run",
    metadata,
    Column(
        "incident_id",
        ForeignKey(incident.c.id, name="mlmonitor_incident_run_incident", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "run_id", ForeignKey(run.c.id, name="mlmonitor_incident_run_run", ondelete="CASCADE"), nullable=False
    ),
    PrimaryKeyConstraint("incident_id", "run_id", name="mlmonitor_incident_run_key"),
    Index("mlmonitor_incident_run_of_run", "run_id"),
    **OPTIONS,
)

event = Table(
    "mlmonitor_incident_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "incident_id",
        ForeignKey(incident.c.id, name="mlmonitor_incident_event_incident", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("what", String(16), nullable=False),
    Column("window_start", Moment, nullable=False),
    Column("window_end", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("until", Moment),
    Column("unless_worse", Boolean, nullable=False),
    Index("mlmonitor_incident_event_of_incident", "incident_id"),
    **OPTIONS,
)

accepted = Table(
    "mlmonitor_accepted",
    metadata,
    Column("run_id", ForeignKey(run.c.id, name="mlmonitor_accepted_run", ondelete="CASCADE"), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("column_name", Words, nullable=False),
    Column("family", Words, nullable=False),
    PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_accepted_key"),
    **OPTIONS,
)
