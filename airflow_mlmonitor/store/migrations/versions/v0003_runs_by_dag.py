"""Digests by which the runs of a DAG, and those of a DAG run, are found in a store of any size.

Everything it needs is written out rather than imported, so that it does the same whatever the package is later.
Each statement may meet its own earlier work: MySQL commits every one of them, so a broken upgrade stops half-way.
"""

from __future__ import annotations

import hashlib
import json
import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"

WORDS = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
DIGEST = sa.String(32)
RUNS_A_BLOCK = 2_000
ESCAPED = re.compile("\x1a([0-9a-f]{4})")

run = sa.table(
    "mlmonitor_run",
    sa.column("id", sa.Integer),
    sa.column("dag_id", WORDS),
    sa.column("dag_run_id", WORDS),
    sa.column("dag_digest", DIGEST),
    sa.column("dag_run_digest", DIGEST),
)


def upgrade() -> None:
    """Add them, fill them for the runs that are there, and index them."""
    connection = op.get_bind()
    there = {column["name"] for column in sa.inspect(connection).get_columns(run.name)}
    for name in ("dag_digest", "dag_run_digest"):
        if name not in there:
            op.add_column(run.name, sa.Column(name, DIGEST, nullable=False, server_default=""))
    _fill(connection)
    for name, column in (
        ("mlmonitor_run_of_dag", "dag_digest"),
        ("mlmonitor_run_of_dag_run", "dag_run_digest"),
    ):
        op.create_index(name, run.name, [column, "window_start", "window_end", "id"], if_not_exists=True)


def _fill(connection: sa.Connection) -> None:
    """Write the digests of all runs, a block at a time: there may be millions."""
    block = (
        sa.select(run.c.id, run.c.dag_id, run.c.dag_run_id)
        .where(run.c.id > sa.bindparam("after"))
        .order_by(run.c.id)
        .limit(RUNS_A_BLOCK)
    )
    change = (
        sa.update(run)
        .where(run.c.id == sa.bindparam("of"))
        .values(dag_digest=sa.bindparam("dag"), dag_run_digest=sa.bindparam("dag_run"))
    )
    after = -1
    while found := connection.execute(block, {"after": after}).all():
        rows = [
            {
                "of": row.id,
                "dag": _digest(_read(row.dag_id)),
                "dag_run": _digest(_read(row.dag_id), _read(row.dag_run_id)),
            }
            for row in found
        ]
        connection.execute(change, rows)
        after = found[-1].id


def _read(text: str) -> str:
    """Undo how characters are written that no database takes."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _digest(*names: str) -> str:
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:32]
