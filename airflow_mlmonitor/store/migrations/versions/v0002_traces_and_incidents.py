"""What a run leaves for later ones, and incidents.

Its types are written out rather than imported, so that it makes the same tables whatever the package looks like later.
Each statement may meet its own earlier work: MySQL commits every one of them, so a broken upgrade stops half-way.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql")
WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
CONTENT = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql")
DIGEST = sa.String(32)
WORD = sa.String(16)


def upgrade() -> None:
    """Make them."""
    _trace_and_alert()
    _incident()
    _event()
    _accepted()


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        *parts,
        if_not_exists=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_row_format="DYNAMIC",
    )


def _of_run(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.ForeignKeyConstraint(["run_id"], ["mlmonitor_run.id"], name=name, ondelete="CASCADE")
    return sa.Column("run_id", sa.Integer, nullable=False, autoincrement=False), key


def _of_incident(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.ForeignKeyConstraint(["incident_id"], ["mlmonitor_incident.id"], name=name, ondelete="CASCADE")
    return sa.Column("incident_id", sa.Integer, nullable=False), key


def _trace_and_alert() -> None:
    _table(
        "mlmonitor_trace",
        *_of_run("mlmonitor_trace_run"),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_trace_key"),
    )
    _table(
        "mlmonitor_alert",
        *_of_run("mlmonitor_alert_run"),
        sa.Column("status", WORD, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("severities", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
    )


def _incident() -> None:
    _table(
        "mlmonitor_incident",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("monitor_id", sa.Integer, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("severity", sa.Double, nullable=False),
        sa.Column("families", WORDS, nullable=False),
        sa.Column("run_count", sa.Integer, nullable=False),
        sa.Column("opened_start", MOMENT, nullable=False),
        sa.Column("opened_end", MOMENT, nullable=False),
        *(
            sa.Column(f"{name}_{side}", MOMENT)
            for name in ("resolved", "settled")
            for side in ("start", "end")
        ),
        sa.ForeignKeyConstraint(["monitor_id"], ["mlmonitor_monitor.id"], name="mlmonitor_incident_monitor"),
    )
    op.create_index(
        "mlmonitor_incident_of_monitor",
        "mlmonitor_incident",
        ["monitor_id", "opened_start", "opened_end"],
        if_not_exists=True,
    )
    _table(
        "mlmonitor_incident_run",
        *_of_incident("mlmonitor_incident_run_incident"),
        *_of_run("mlmonitor_incident_run_run"),
        sa.PrimaryKeyConstraint("incident_id", "run_id", name="mlmonitor_incident_run_key"),
    )
    op.create_index("mlmonitor_incident_run_of_run", "mlmonitor_incident_run", ["run_id"], if_not_exists=True)


def _event() -> None:
    _table(
        "mlmonitor_incident_event",
        sa.Column("id", sa.Integer, primary_key=True),
        *_of_incident("mlmonitor_incident_event_incident"),
        sa.Column("what", WORD, nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("window_end", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("who", WORDS, nullable=False),
        sa.Column("note", WORDS, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("unless_worse", sa.Boolean, nullable=False),
    )
    op.create_index(
        "mlmonitor_incident_event_of_incident",
        "mlmonitor_incident_event",
        ["incident_id"],
        if_not_exists=True,
    )


def _accepted() -> None:
    _table(
        "mlmonitor_accepted",
        *_of_run("mlmonitor_accepted_run"),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("column_name", WORDS, nullable=False),
        sa.Column("family", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_accepted_key"),
    )
