"""The runs of one monitor, copied to all days of all monitors inside the database."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, literal, select, text

from airflow_mlmonitor.store import tables
from airflow_mlmonitor.store.tables import digest
from benchmarks.viewers.names import SEED, Stock, Tell, window

RUNS_A_BLOCK = 500
RECENT = 60
"""Days for which traces and profiles are kept too."""

copied = Table(
    "copied",
    MetaData(),
    Column("run_id", Integer),
    Column("seed_id", Integer),
    Column("monitor_id", Integer),
    Column("back", Integer),
    prefixes=["TEMPORARY"],
)
"""Each copy, and the run that it is a copy of."""


def copy(connection: Connection, size: Stock, tell: Tell) -> None:
    """Write everything but the last runs."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # keys are right by construction
    seed = connection.scalar(select(tables.monitor.c.id).where(tables.monitor.c.model == SEED))
    monitors = _name(connection, size, int(seed or 0))
    _run(connection, size, int(seed or 0), monitors)
    _measure(connection, int(seed or 0), tell)
    _remember(connection, size, int(seed or 0), monitors)


def _name(connection: Connection, size: Stock, seed: int) -> list[int]:
    """Name the monitors, and give each the series of the seed and each model its training data."""
    rows = [
        {"name": size.monitor(number), "model": size.model(number), "digest": digest(size.monitor(number))}
        for number in range(size.monitors)
    ]
    connection.execute(insert(tables.monitor), rows)
    known = connection.execute(select(tables.monitor.c.name, tables.monitor.c.id)).all()
    ids = {row.name: row.id for row in known}
    monitors = [ids[size.monitor(number)] for number in range(size.monitors)]
    series = _others(tables.series, "id", "monitor_id")
    pin = _others(tables.pin, "model", "model_digest")
    for number, one in enumerate(monitors):
        of_seed = select(literal(one), *(tables.series.c[name] for name in series)).order_by(
            tables.series.c.id
        )
        connection.execute(
            insert(tables.series).from_select(
                ["monitor_id", *series], of_seed.where(tables.series.c.monitor_id == seed)
            )
        )
        model = size.model(number)
        pinned = select(literal(model), literal(digest(model)), *(tables.pin.c[name] for name in pin))
        connection.execute(
            insert(tables.pin).from_select(
                ["model", "model_digest", *pin], pinned.where(tables.pin.c.model == SEED)
            )
        )
    return monitors


def _run(connection: Connection, size: Stock, seed: int, monitors: list[int]) -> None:
    """Give every day of every monitor one of the seed's runs, in the order in which they would have come."""
    clean = [
        dict(row)
        for row in connection.execute(
            select(tables.run)
            .where(tables.run.c.monitor_id == seed, tables.run.c.state == "clean")
            .order_by(tables.run.c.window_start)
        ).mappings()
    ]
    for back in range(size.days - 1, -1, -1):
        span, run_id = window(size.day(back)), size.run(back)
        when = {"window_start": span.start, "window_end": span.end, "started": span.end}
        rows = []
        for number, monitor in enumerate(monitors):
            dag_id = size.dag(number)
            digests = {"dag_digest": digest(dag_id), "dag_run_digest": digest(dag_id, run_id)}
            where = {"dag_id": dag_id, "task_id": size.task(number), "dag_run_id": run_id}
            row = clean[back % len(clean)] | when | digests | where | {"monitor_id": monitor}
            row.pop("id")
            rows.append(row)
        connection.execute(insert(tables.run), rows)
    copied.create(connection)
    starts = {window(size.day(back)).start: back for back in range(size.days)}
    made = connection.execute(
        select(tables.run.c.id, tables.run.c.monitor_id, tables.run.c.window_start)
        .where(tables.run.c.monitor_id.in_(monitors))
        .order_by(tables.run.c.id)
    )
    pairs = []
    for run_id, monitor, start in made:
        back = starts[start]
        seed_id = clean[back % len(clean)]["id"]
        pairs.append({"run_id": run_id, "seed_id": seed_id, "monitor_id": monitor, "back": back})
    connection.execute(insert(copied), pairs)
    connection.execute(text("ANALYZE"))


def _measure(connection: Connection, seed: int, tell: Tell) -> None:
    """Copy the metrics: ten million rows, block by block."""
    theirs, ours = tables.series.alias("theirs"), tables.series.alias("ours")
    names = _others(tables.metric, "run_id", "series_id")
    rows = (
        select(copied.c.run_id, ours.c.id, *(tables.metric.c[name] for name in names))
        .join_from(copied, tables.metric, tables.metric.c.run_id == copied.c.seed_id)
        .join(theirs, (theirs.c.id == tables.metric.c.series_id) & (theirs.c.monitor_id == seed))
        .join(ours, (ours.c.monitor_id == copied.c.monitor_id) & (ours.c.digest == theirs.c.digest))
        .order_by(copied.c.run_id, ours.c.id)
    )
    runs = connection.scalars(select(copied.c.run_id).order_by(copied.c.run_id)).all()
    for begin in range(0, len(runs), RUNS_A_BLOCK):
        block = runs[begin : begin + RUNS_A_BLOCK]
        of_block = rows.where(copied.c.run_id.between(block[0], block[-1]))
        connection.execute(insert(tables.metric).from_select(["run_id", "series_id", *names], of_block))
        tell("copying metrics", begin + len(block), len(runs))


def _remember(connection: Connection, size: Stock, seed: int, monitors: list[int]) -> None:
    """Copy the facts of all runs, and the traces and profiles of the recent ones."""
    for table, oldest in ((tables.fact, size.days), (tables.trace, RECENT)):
        names = _others(table, "run_id")
        found = select(copied.c.run_id, *(table.c[name] for name in names)).join_from(
            copied, table, table.c.run_id == copied.c.seed_id
        )
        connection.execute(insert(table).from_select(["run_id", *names], found.where(copied.c.back < oldest)))
    label = connection.scalar(select(tables.monitor.c.name).where(tables.monitor.c.id == seed))
    contents = connection.scalars(
        select(tables.profile.c.content).where(tables.profile.c.label == label)
    ).all()
    for back in range(min(RECENT, size.days)):
        span = window(size.day(back))
        rows = [
            {
                "digest": digest(size.monitor(number)),
                "label": size.monitor(number),
                "window_start": span.start,
                "window_end": span.end,
                "content": contents[back % len(contents)],
            }
            for number in range(len(monitors))
        ]
        connection.execute(insert(tables.profile), rows)


def _others(table: Table, *names: str) -> list[str]:
    """The columns of a table that are copied as they are."""
    return [column.name for column in table.c if column.name not in names]
