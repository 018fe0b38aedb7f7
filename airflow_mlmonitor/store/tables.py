"""The tables of the metrics store, as the code queries them.

::

    monitor ─┬─< run ─┬─< metric >── series      one row a metric of a run; ten million rows are ordinary
             │        ├─< fact                   texts about a run: its schema, versions, digests
             │        ├─< trace                  bytes that a run leaves for later ones, by name
             │        ├─< annotation             who marked the run, when and why
             │        └── incidents              in incident_tables.py
             └─< series                          (metric, column, slice): what stays the same over time
    profile                                      (label, window) -> encoded profile
    pin                                          (model, version) -> pinned profile

Every table name begins with ``mlmonitor_``, so the store may share a database with anything. The view
``mlmonitor_metrics`` shows all of it flat, one row a metric, for SQL and Grafana.

**Keys.** Names are text of any length and script, which no database indexes alike: MySQL's keys end at 3,072 bytes
and its collations see ``A`` and ``a``, or ``a`` and ``a `` with a blank, as one. So what makes a row unique is a
:func:`digest` of its names, and the names stand beside it for people. By what runs are looked for, the DAG and the DAG
run, has a digest for the same reason.

**Who makes them.** Only the migrations do, on every backend; a test proves that they make what stands here.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from airflow_mlmonitor.store.column_types import Content, Moment, Words

REVISION = "0003"
"""The newest migration. Revisions are four digits and count upwards."""

VERSION_TABLE = "mlmonitor_version"
"""Alembic's own note of the revision; a name of ours, since Airflow's database has an ``alembic_version`` already."""

OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_row_format": "DYNAMIC",
}

metadata = MetaData()


def digest(*names: str) -> str:
    """Tell names apart, whatever their length, case, script and trailing blanks.

    >>> digest("psi", "A", "") == digest("psi", "a", ""), digest("ab", "c") == digest("a", "bc"), len(digest("psi"))
    (False, False, 32)
    """
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:32]


monitor = Table(
    "mlmonitor_monitor",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(32), nullable=False),
    Column("name", Words, nullable=False),
    Column("model", Words, nullable=False),
    UniqueConstraint("digest", name="mlmonitor_monitor_key"),
    **OPTIONS,
)

run = Table(
    "mlmonitor_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("monitor_id", ForeignKey(monitor.c.id, name="mlmonitor_run_monitor"), nullable=False),
    Column("window_start", Moment, nullable=False),
    Column("window_end", Moment, nullable=False),
    Column("status", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("model_version", Words),
    Column("dag_id", Words, nullable=False),
    Column("task_id", Words, nullable=False),
    Column("map_index", Integer, nullable=False),
    Column("dag_run_id", Words, nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("started", Moment, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("score", Double),
    Column("threshold", Double),
    Column("dag_digest", String(32), nullable=False, server_default=""),
    Column("dag_run_digest", String(32), nullable=False, server_default=""),
    UniqueConstraint("monitor_id", "window_start", "window_end", name="mlmonitor_run_key"),
    Index("mlmonitor_run_latest", "window_start", "window_end", "id"),
    Index("mlmonitor_run_of_dag", "dag_digest", "window_start", "window_end", "id"),
    Index("mlmonitor_run_of_dag_run", "dag_run_digest", "window_start", "window_end", "id"),
    **OPTIONS,
)

series = Table(
    "mlmonitor_series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("monitor_id", ForeignKey(monitor.c.id, name="mlmonitor_series_monitor"), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("metric", Words, nullable=False),
    Column("column_name", Words, nullable=False),
    Column("slice", Words, nullable=False),
    Column("scale", String(16), nullable=False),
    Column("family", Words, nullable=False),
    Column("worse", String(16), nullable=False),
    UniqueConstraint("monitor_id", "digest", name="mlmonitor_series_key"),
    **OPTIONS,
)

# No foreign key on series_id: MySQL would add an index of its own for it, as large as the table.
metric = Table(
    "mlmonitor_metric",
    metadata,
    Column("run_id", ForeignKey(run.c.id, name="mlmonitor_metric_run", ondelete="CASCADE"), nullable=False),
    Column("series_id", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("value", Double),
    Column("lower", Double),
    Column("upper", Double),
    Column("expected", Double),
    Column("baseline", Double),
    Column("p_value", Double),
    Column("effect", Double),
    Column("severity", Double, nullable=False),
    Column("status", String(16), nullable=False),
    Column("why", Words),
    Column("basis", Words),
    PrimaryKeyConstraint("run_id", "series_id", name="mlmonitor_metric_key"),
    sqlite_with_rowid=False,
    **OPTIONS,
)

fact = Table(
    "mlmonitor_fact",
    metadata,
    Column("run_id", ForeignKey(run.c.id, name="mlmonitor_fact_run", ondelete="CASCADE"), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("name", Words, nullable=False),
    Column("content", Words, nullable=False),
    PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_fact_key"),
    **OPTIONS,
)

trace = Table(
    "mlmonitor_trace",
    metadata,
    Column("run_id", ForeignKey(run.c.id, name="mlmonitor_trace_run", ondelete="CASCADE"), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("name", Words, nullable=False),
    Column("content", Content, nullable=False),
    PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_trace_key"),
    **OPTIONS,
)

profile = Table(
    "mlmonitor_profile",
    metadata,
    Column("digest", String(32), nullable=False),
    Column("window_start", Moment, nullable=False),
    Column("window_end", Moment, nullable=False),
    Column("label", Words, nullable=False),
    Column("content", Content, nullable=False),
    PrimaryKeyConstraint("digest", "window_start", "window_end", name="mlmonitor_profile_key"),
    **OPTIONS,
)

pin = Table(
    "mlmonitor_pin",
    metadata,
    Column("model_digest", String(32), nullable=False),
    Column("version_digest", String(32), nullable=False),
    Column("model", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("pinned_at", Moment, nullable=False),
    Column("content", Content, nullable=False),
    PrimaryKeyConstraint("model_digest", "version_digest", name="mlmonitor_pin_key"),
    **OPTIONS,
)

annotation = Table(
    "mlmonitor_annotation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "run_id", ForeignKey(run.c.id, name="mlmonitor_annotation_run", ondelete="CASCADE"), nullable=False
    ),
    Column("made_at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("state_before", String(16), nullable=False),
    Column("state_after", String(16), nullable=False),
    Index("mlmonitor_annotation_of_run", "run_id"),
    **OPTIONS,
)
