"""What a run leaves for later ones.

Its types are written out rather than imported, so that it makes the same tables whatever the package looks like later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"

WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
CONTENT = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql")
DIGEST = sa.String(32)


def upgrade() -> None:
    """Make the table of traces."""
    op.create_table(
        "mlmonitor_trace",
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("content", CONTENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["mlmonitor_run.id"], name="mlmonitor_trace_run", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "digest", name="mlmonitor_trace_key"),
        if_not_exists=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_row_format="DYNAMIC",
    )
