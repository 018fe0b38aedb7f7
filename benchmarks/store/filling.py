"""A store as a few years of many monitors leave it, written in bulk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Double, LargeBinary, cast, func, insert, literal, null, select, text

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store import tables
from airflow_mlmonitor.store.tables import digest

FIRST = datetime(2010, 1, 1, tzinfo=UTC)
RUNS_A_BLOCK = 500
PROFILE = bytes(1_000)
TRACE = "learned"
DAG = "bench"


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much a store holds: every monitor ran every day, the monitors of one day one after the other."""

    monitors: int
    days: int
    series: int

    @property
    def metrics(self) -> int:
        return self.monitors * self.days * self.series

    @property
    def end(self) -> datetime:
        """The end of the last day."""
        return FIRST + timedelta(days=self.days)


def monitor(number: int) -> str:
    return f"model_{number:03d}/monitor"


def column(number: int) -> str:
    return f"column_{number:03d}"


def dag_run(number: int) -> str:
    """The DAG run of a day, which ran all monitors."""
    return f"scheduled__{day(number).label}"


def day(number: int) -> Window:
    return Window(FIRST + timedelta(days=number), FIRST + timedelta(days=number + 1))


def fill(connection: Connection, size: Size, tell: Callable[[int], None] = lambda written: None) -> None:
    """Write it; ``tell`` gets the metrics written so far. Rows lie in the order in which runs would have come."""
    _hurry(connection)
    _name(connection, size)
    _run(connection, size)
    run, series = tables.run.c, tables.series.c
    first, last = connection.execute(select(func.min(run.id), func.max(run.id))).one()
    for begin in range(first, last + 1, RUNS_A_BLOCK):
        value = cast((run.id * 7_919 + series.id * 104_729) % 100_003, Double) / 100_003.0
        columns = {
            "run_id": run.id,
            "series_id": series.id,
            "position": series.id,
            "n": literal(10_000),
            "value": value,
            "lower": literal(0.01),
            "upper": literal(0.99),
            "expected": literal(0.5),
            "baseline": null(),
            "p_value": value,
            "effect": literal(0.1),
            "severity": literal(0.0),
            "status": literal("ok"),
            "why": null(),
            "basis": null(),
        }
        rows = (
            select(*columns.values())
            .join_from(tables.run, tables.series, series.monitor_id == run.monitor_id)
            .where(run.id.between(begin, begin + RUNS_A_BLOCK - 1))
            .order_by(run.id, series.id)
        )
        connection.execute(insert(tables.metric).from_select(list(columns), rows))
        left = select(run.id, literal(digest(TRACE)), literal(TRACE), literal(PROFILE, LargeBinary))
        connection.execute(
            insert(tables.trace).from_select(
                ["run_id", "digest", "name", "content"],
                left.where(run.id.between(begin, begin + RUNS_A_BLOCK - 1)).order_by(run.id),
            )
        )
        tell(min(begin + RUNS_A_BLOCK - first, last + 1 - first) * size.series)


def settle(connection: Connection) -> None:
    """Count rows, as servers do by themselves after a while; SQLite never does."""
    if connection.dialect.name != "sqlite":
        for table in tables.metadata.sorted_tables:
            verb = "ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE TABLE"
            connection.execute(text(f"{verb} {table.name}")).close()


def _hurry(connection: Connection) -> None:
    """Leave out checks of keys that are right by construction."""
    hurry = {
        "sqlite": "PRAGMA foreign_keys = OFF",
        "postgresql": "SET LOCAL session_replication_role = replica",
        "mysql": "SET foreign_key_checks = 0",
    }
    connection.execute(text(hurry[connection.dialect.name]))


def _name(connection: Connection, size: Size) -> None:
    names = [
        {"name": monitor(number), "digest": digest(monitor(number)), "model": f"model_{number:03d}"}
        for number in range(size.monitors)
    ]
    connection.execute(insert(tables.monitor), names)
    kind = {"slice": "", "scale": "share", "family": "missing", "worse": "up"}
    rows = [
        {
            "monitor_id": one,
            "metric": "null_share",
            "column_name": column(number),
            **kind,
            "digest": digest("null_share", column(number), ""),
        }
        for one in connection.scalars(select(tables.monitor.c.id)).all()
        for number in range(size.series)
    ]
    connection.execute(insert(tables.series), rows)


def _run(connection: Connection, size: Size) -> None:
    monitors = connection.execute(
        select(tables.monitor.c.id, tables.monitor.c.name).order_by(tables.monitor.c.id)
    ).all()
    task = {"task_id": "monitor", "map_index": -1, "try_number": 1, "dag_id": DAG, "dag_digest": digest(DAG)}
    for number in range(size.days):
        window = {"window_start": day(number).start, "window_end": day(number).end}
        of_day = {"dag_run_id": dag_run(number), "dag_run_digest": digest(DAG, dag_run(number))}
        connection.execute(
            insert(tables.run),
            [
                {
                    "monitor_id": one.id,
                    **window,
                    **task,
                    **of_day,
                    "status": "ok",
                    "state": "clean",
                    "row_count": 10_000,
                    "started": day(number).end,
                    "seconds": 1.0,
                }
                for one in monitors
            ],
        )
        connection.execute(
            insert(tables.profile),
            [
                {"digest": digest(one.name), "label": one.name, **window, "content": PROFILE}
                for one in monitors
            ],
        )
