"""The first tables: runs, their metrics, facts and profiles, pinned baselines, and people's marks.

Its types are written out rather than imported, so that it makes the same tables whatever the package looks like later.
Each statement may meet its own earlier work: MySQL commits every one of them, so a broken upgrade stops half-way.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql")
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
CONTENT = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql")
DIGEST = sa.String(32)
WORD = sa.String(16)

VIEW = """
CREATE VIEW mlmonitor_metrics AS
SELECT mlmonitor_monitor.name AS monitor, mlmonitor_monitor.model AS model,
       mlmonitor_run.window_start, mlmonitor_run.window_end,
       mlmonitor_series.metric, mlmonitor_series.column_name, mlmonitor_series.slice,
       mlmonitor_metric.value, mlmonitor_metric.n,
       mlmonitor_metric.expected, mlmonitor_metric.lower, mlmonitor_metric.upper,
       mlmonitor_metric.baseline, mlmonitor_metric.p_value, mlmonitor_metric.effect,
       mlmonitor_metric.severity, mlmonitor_metric.status, mlmonitor_metric.why, mlmonitor_metric.basis,
       mlmonitor_series.scale, mlmonitor_series.family,
       mlmonitor_run.status AS run_status, mlmonitor_run.state AS run_state, mlmonitor_run.row_count,
       mlmonitor_run.model_version, mlmonitor_run.dag_id, mlmonitor_run.task_id, mlmonitor_run.map_index,
       mlmonitor_run.dag_run_id, mlmonitor_run.try_number
FROM mlmonitor_metric
JOIN mlmonitor_run ON mlmonitor_run.id = mlmonitor_metric.run_id
JOIN mlmonitor_monitor ON mlmonitor_monitor.id = mlmonitor_run.monitor_id
JOIN mlmonitor_series ON mlmonitor_series.id = mlmonitor_metric.series_id
"""


def upgrade() -> None:
    """Make them."""
    _monitor_and_run()
    _series_and_metric()
    _fact_and_annotation()
    _profile_and_pin()
    op.execute("DROP VIEW IF EXISTS mlmonitor_metrics")
    op.execute(VIEW)


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    op.create_table(
        name,
        *parts,
        if_not_exists=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_row_format="DYNAMIC",
        **options,
    )


def _of_run(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.ForeignKeyConstraint(["run_id"], ["mlmonitor_run.id"], name=name, ondelete="CASCADE")
    return sa.Column("run_id", sa.Integer, nullable=False), key


def _of_monitor(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.ForeignKeyConstraint(["monitor_id"], ["mlmonitor_monitor.id"], name=name)
    return sa.Column("monitor_id", sa.Integer, nullable=False), key


def _monitor_and_run() -> None:
    _table(
        "mlmonitor_monitor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("model", WORDS, nullable=False),
        sa.UniqueConstraint("digest", name="mlmonitor_monitor_key"),
    )
    _table(
        "mlmonitor_run",
        sa.Column("id", sa.Integer, primary_key=True),
        *_of_monitor("mlmonitor_run_monitor"),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("window_end", MOMENT, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("model_version", WORDS),
        sa.Column("dag_id", WORDS, nullable=False),
        sa.Column("task_id", WORDS, nullable=False),
        sa.Column("map_index", sa.Integer, nullable=False),
        sa.Column("dag_run_id", WORDS, nullable=False),
        sa.Column("try_number", sa.Integer, nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("threshold", sa.Double),
        sa.UniqueConstraint("monitor_id", "window_start", "window_end", name="mlmonitor_run_key"),
    )
    op.create_index(
        "mlmonitor_run_latest", "mlmonitor_run", ["window_start", "window_end", "id"], if_not_exists=True
    )


def _series_and_metric() -> None:
    _table(
        "mlmonitor_series",
        sa.Column("id", sa.Integer, primary_key=True),
        *_of_monitor("mlmonitor_series_monitor"),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("metric", WORDS, nullable=False),
        sa.Column("column_name", WORDS, nullable=False),
        sa.Column("slice", WORDS, nullable=False),
        sa.Column("scale", WORD, nullable=False),
        sa.Column("family", WORDS, nullable=False),
        sa.Column("worse", WORD, nullable=False),
        sa.UniqueConstraint("monitor_id", "digest", name="mlmonitor_series_key"),
    )
    _table(
        "mlmonitor_metric",
        *_of_run("mlmonitor_metric_run"),
        sa.Column("series_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("value", "lower", "upper", "expected")),
        *(sa.Column(name, sa.Double) for name in ("baseline", "p_value", "effect")),
        sa.Column("severity", sa.Double, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("why", WORDS),
        sa.Column("basis", WORDS),
        sa.PrimaryKeyConstraint("run_id", "series_id", name="mlmonitor_metric_key"),
        sqlite_with_rowid=False,
    )


def _fact_and_annotation() -> None:
    _table(
        "mlmonitor_fact",
        *_of_run("mlmonitor_fact_run"),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("content", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_fact_key"),
    )
    _table(
        "mlmonitor_annotation",
        sa.Column("id", sa.Integer, primary_key=True),
        *_of_run("mlmonitor_annotation_run"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("who", WORDS, nullable=False),
        sa.Column("note", WORDS, nullable=False),
        sa.Column("state_before", WORD, nullable=False),
        sa.Column("state_after", WORD, nullable=False),
    )
    op.create_index("mlmonitor_annotation_of_run", "mlmonitor_annotation", ["run_id"], if_not_exists=True)


def _profile_and_pin() -> None:
    _table(
        "mlmonitor_profile",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("window_end", MOMENT, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", "window_start", "window_end", name="mlmonitor_profile_key"),
    )
    _table(
        "mlmonitor_pin",
        sa.Column("model_digest", DIGEST, nullable=False),
        sa.Column("version_digest", DIGEST, nullable=False),
        sa.Column("model", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("pinned_at", MOMENT, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.PrimaryKeyConstraint("model_digest", "version_digest", name="mlmonitor_pin_key"),
    )
