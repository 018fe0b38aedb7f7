"""What is read of one run, and of profiles: the statements, and what their rows become.

Reading stays quick at ten million metrics because no statement ranks, groups or sorts them: the last runs come from the
index of (monitor, window), and the metrics of a run lie side by side under their primary key. Tests ask each backend
for its plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from airflow_mlmonitor.checks.metric import Metric, Scale, Worse
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.store import tables
from airflow_mlmonitor.store.history import State
from airflow_mlmonitor.store.run_queries import STATUSES, run_id_of
from airflow_mlmonitor.store.store import Annotation, Pin
from airflow_mlmonitor.store.tables import digest

TRAINING = [state.value for state in State if state.trains]


def verdicts(
    connection: Connection,
    monitor: str,
    window: Window,
    *,
    status: Collection[Status] | None = None,
    keys: Collection[tuple[str, str, str]] | None = None,
) -> list[Verdict]:
    """Read the verdicts of one run in the order in which they were saved."""
    metric, own = tables.metric.c, tables.series.c
    found = judged().where(metric.run_id == run_id_of(monitor, window)).order_by(metric.position)
    if status is not None:
        found = found.where(metric.status.in_([one.value for one in status]))
    if keys is not None:
        found = found.where(own.digest.in_([digest(*key) for key in keys]))
    rows: Iterable[Sequence[Any]] = connection.execute(found)
    return [as_verdict(*row) for row in rows]


def judged(*more: ColumnElement[Any]) -> Select[Any]:
    """Select verdicts: what :func:`as_verdict` takes, after some other columns."""
    metric, own = tables.metric.c, tables.series.c
    named = (own.metric, own.column_name, own.slice, own.scale, own.family, own.worse)
    measured = (metric.value, metric.n, metric.baseline, metric.p_value, metric.effect, metric.basis)
    judged = (metric.status, metric.lower, metric.upper, metric.expected, metric.severity, metric.why)
    return select(*more, *named, *measured, *judged).join_from(
        tables.metric, tables.series, own.id == metric.series_id
    )


def facts(connection: Connection, monitor: str, window: Window) -> dict[str, str]:
    """Read the facts of one run."""
    fact = tables.fact.c
    found = (
        select(fact.name, fact.content).where(fact.run_id == run_id_of(monitor, window)).order_by(fact.digest)
    )
    return {row.name: row.content for row in connection.execute(found)}


def marks(connection: Connection, monitor: str, window: Window) -> list[Annotation]:
    """Read what people said of one run, oldest first."""
    note = tables.annotation.c
    found = connection.execute(
        select(tables.annotation)
        .where(note.run_id == run_id_of(monitor, window))
        .order_by(note.made_at, note.id)
    )
    return [
        Annotation(
            who=row.who,
            note=row.note,
            made_at=row.made_at,
            before=State(row.state_before),
            after=State(row.state_after),
        )
        for row in found
    ]


def pinned(connection: Connection, model: str, version: str | None) -> Pin | None:
    """Read the pin of a version, or the latest."""
    pin = tables.pin.c
    found = (
        select(tables.pin).where(pin.model_digest == digest(model)).order_by(pin.pinned_at.desc()).limit(1)
    )
    if version is not None:
        found = found.where(pin.version_digest == digest(version))
    row = connection.execute(found).one_or_none()
    if row is None:
        return None
    return Pin(
        model=row.model,
        version=row.version,
        profile=bytes(row.content),
        rows=row.row_count,
        label=row.label,
        pinned_at=row.pinned_at,
    )


def profiles(
    connection: Connection, label: str, *, asof: datetime, last: int, windows: Sequence[Window] | None
) -> list[tuple[Window, bytes]]:
    """Read the dated profiles of a label, oldest first, without those of runs that do not train."""
    part, run, of = tables.profile.c, tables.run, tables.monitor
    same_window = and_(run.c.window_start == part.window_start, run.c.window_end == part.window_end)
    owners = tables.profile.outerjoin(of, of.c.digest == part.digest)
    found = (
        select(part.window_start, part.window_end, part.content)
        .select_from(owners.outerjoin(run, and_(run.c.monitor_id == of.c.id, same_window)))
        .where(part.digest == digest(label), part.window_start < asof, part.window_end <= asof)
        .where(or_(run.c.id.is_(None), run.c.state.in_(TRAINING)))
        .order_by(part.window_start.desc(), part.window_end.desc())
        .limit(max(last, 0))
    )
    if windows is not None:
        wanted = [
            and_(part.window_start == window.start, part.window_end == window.end) for window in windows
        ]
        found = found.where(or_(false(), *wanted))
    rows = connection.execute(found).all()
    return [(Window(row.window_start, row.window_end), bytes(row.content)) for row in reversed(rows)]


def profile(connection: Connection, label: str, window: Window) -> bytes | None:
    """Read the profile of one window."""
    part = tables.profile.c
    same = (part.window_start == window.start, part.window_end == window.end)
    content = connection.scalar(select(part.content).where(part.digest == digest(label), *same))
    return None if content is None else bytes(content)


def as_verdict(  # noqa: PLR0913, PLR0917 - one for each column; by name they take twice as long
    name: str,
    column: str,
    part: str,
    scale: Scale,
    family: str,
    worse: Worse,
    value: float | None,
    n: int,
    baseline: float | None,
    p_value: float | None,
    effect: float | None,
    basis: str | None,
    status: str,
    lower: float | None,
    upper: float | None,
    expected: float | None,
    severity: float,
    why: str | None,
) -> Verdict:
    """Make a verdict of what was stored of it."""
    metric = Metric(
        name=name,
        value=value,
        column=column or None,
        slice=part,
        n=n,
        scale=scale,
        family=family,
        worse=worse,
        expected=baseline,
        p_value=p_value,
        effect=effect,
        why=basis,
    )
    return Verdict(
        metric=metric,
        status=STATUSES[status],
        lower=lower,
        upper=upper,
        expected=expected,
        severity=severity,
        why=why or "",
    )
