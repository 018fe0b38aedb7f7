"""A report as text: for task logs, terminals and messages."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.examples import mismatches
from airflow_mlmonitor.report.groups import Group, grouped
from airflow_mlmonitor.report.reasons import accepting, rarity, reasons
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import printable, shortened, table, wrapped
from airflow_mlmonitor.report.words import STATUS_WORDS, amount, expectation, plural

SHOWN = 30
"""Rows of a table of findings, and lines of notes: more is not read by anybody."""

BESIDE = 5
"""Further findings of a column named in the row of the gravest one."""

TWINS = 10
"""Columns named to which the same happened."""

NAME = 32
"""Characters of a name in a table, and at most a quarter of the line."""

TEXT = 400
"""Characters of one reason; a broken check may carry a long message from a database."""

COLOURS = {"OK": "32", "Learning": "2", "Warning": "33", "Could not check": "35", "Failed": "31"}


def headline(report: Report) -> str:
    """Say in one sentence what was found, where and how much.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> from airflow_mlmonitor.data.window import Window
    >>> missing = Metric(name="null_share", value=0.318, column="temp", scale="share", n=981)
    >>> found = Verdict(metric=missing, status=Status.FAIL, why="missing in 31.8% of 981 rows; expected 0–1.2%")
    >>> report = Report(
    ...     monitor="flight_delay/skew",
    ...     model="flight_delay",
    ...     window=Window.parse("2013-02-08"),
    ...     verdicts=(found,),
    ...     started=datetime.now(UTC),
    ... )
    >>> headline(report)
    'temp: missing in 31.8% of 981 rows (flight_delay/skew on 2013-02-08).'
    """
    groups = grouped(report.findings, report.causes)
    said = heading(groups[0]) if groups else _quiet(report)
    more = f", and {plural(len(groups) - 1, 'more finding')}" if groups[1:] else ""
    preposition = "in" if "/" in report.window.label else "on"
    return f"{said}{more} ({printable(report.monitor)} {preposition} {report.window.label})."


def heading(group: Group) -> str:
    """Say what a group of findings is about: its columns, and what happened to them."""
    names, said = group.columns, foremost([group.located])
    if len(names) < 2:
        return said
    others = names[1] if len(names) == 2 else f"{len(names) - 1} more columns"
    own = _subject(group.located.metric)
    return f"{printable(f'{own} and {others}')}{said.removeprefix(printable(own))}"


def foremost(findings: Sequence[Verdict]) -> str:
    """Say the first of some ranked findings, and how many more there are; empty when there is none."""
    if not findings:
        return ""
    first, said = findings[0], brief(findings[0])
    if first.metric.column is None and (first.lower, first.upper) != (None, None):
        said += f", expected {expectation(first.lower, first.upper, None, first.metric.scale)}"
    if subject := _subject(first.metric):
        said = f"{subject}: {said}"
    more = f", and {plural(len(findings) - 1, 'more finding')}" if findings[1:] else ""
    return printable(said) + more


def brief(verdict: Verdict) -> str:
    """Say the first part of a verdict's reason: what happened, without what was expected.

    >>> from airflow_mlmonitor.checks.metric import Metric
    >>> metric = Metric(name="drift.ks", value=0.2, column="temp")
    >>> brief(Verdict(metric=metric, status=Status.WARN, why="values moved by about 0.5 sd; expected 0–0.1"))
    'drift: values moved by about 0.5 sd'
    """
    prefix, said = verdict.metric.name.rpartition(".")[0], _reason(verdict).partition("; ")[0]
    return f"{prefix}: {said}" if prefix else said


def render(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """Write a report for a log or a terminal.

    The findings stand in a table, farthest out first, one row a column, or a cause of several; below it what they
    probably come from and what to do, what was compared with what, what could not be evaluated, and the commands that
    show more.

    Parameters
    ----------
    report
        The report.
    width
        Characters a line may take. Only commands are longer where names are: they stay in one piece.
    colour
        Colour the status words with terminal escapes.
    """
    groups = grouped(report.findings, report.causes)
    blocks = [
        [
            line
            for said in (headline(report), _facts(report), rarity(report))
            if said
            for line in wrapped(said, width)
        ],
        _table(groups, width, colour),
        *reasons(groups, width),
        *mismatches(report, width),
        _learning(report, width),
        _compared(report.baselines, width),
        _notes(report.notes, width),
        _further(report, groups),
        accepting(report, groups),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def painted(text: str) -> str:
    r"""Colour a status word for a terminal; leave any other text as it is.

    >>> painted("Failed"), painted("temp")
    ('\x1b[31mFailed\x1b[0m', 'temp')
    """
    code = COLOURS.get(text)
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def _quiet(report: Report) -> str:
    rows = plural(report.rows, "row")
    if not report.verdicts:
        return f"Nothing was measured in {rows}"
    if report.status is Status.LEARNING:
        return f"Still learning: {rows} measured, too few earlier runs to judge them"
    return f"Nothing unusual in {rows}"


def _facts(report: Report) -> str:
    columns = {verdict.metric.column for verdict in report.verdicts if verdict.metric.column}
    version = f", version {report.model_version}" if report.model_version else ""
    breadth = f"{plural(len(report.verdicts), 'metric')} of {plural(len(columns), 'column')}"
    return printable(
        f"{STATUS_WORDS[report.status]}. {plural(report.rows, 'row')}; {breadth} in {report.seconds:.1f} s; "
        f"model {report.model}{version}."
    )


def _table(groups: Sequence[Group], width: int, colour: bool) -> list[str]:
    if not groups:
        return []
    name = min(NAME, width // 4)
    rows = [_row(position, group, name) for position, group in enumerate(groups[:SHOWN], 1)]
    header = ["#", "Status", "Column", "What happened", "Metric"]
    lines = table(header, rows, width=width, right=[0], wrap=3, paint={1: painted} if colour else {})
    hidden = sum(group.size for group in groups[SHOWN:])
    return [*lines, f"and {hidden} more"] if hidden else lines


def _row(position: int, group: Group, name: int) -> list[str]:
    lead = group.located
    what, beside = [_reason(lead)], [verdict for verdict in group.findings if verdict is not lead]
    if beside:
        what.append("with it: " + _listed([_beside(verdict) for verdict in beside], BESIDE))
    if group.twins:
        rows = f" on the same rows ({group.cause.slice})" if group.cause and group.cause.slice else ""
        what.append("the same in " + _listed([_twin(twin, group) for twin in group.twins], TWINS) + rows)
    if group.followers:
        names = [_subject(other.lead.metric) or other.lead.metric.name for other in group.followers]
        what.append("from the same cause: " + _listed(names, TWINS))
    return [
        str(position),
        STATUS_WORDS[group.lead.status],
        shortened(_subject(lead.metric) or "(table)", name),
        "\n".join(printable(text) for text in what),
        shortened(_measured(lead.metric), name),
    ]


def _subject(metric: Metric) -> str:
    """Name what a metric is about: a column, a check that broke, a slice; empty for all of the table."""
    name = f"check {metric.name}" if metric.family == "check" else metric.column or ""
    if not metric.slice or metric.slice.endswith("=*"):  # the worst of all slices, which the reason names
        return name
    return f"{name} ({metric.slice})" if name else metric.slice


def _measured(metric: Metric) -> str:
    return "" if metric.value is None else f"{metric.name} {amount(metric.value, metric.scale)}"


def _reason(verdict: Verdict) -> str:
    metric = verdict.metric
    text = " ".join(verdict.why.split()) or f"{metric.name} is {amount(metric.value, metric.scale)}"
    return text if len(text) <= TEXT else text[: TEXT - 1] + "…"


def _beside(verdict: Verdict) -> str:
    part = verdict.metric.slice
    place = (
        f" where {part}"
        if part and part not in brief(verdict).replace(" = ", "=") and part[-2:] != "=*"
        else ""
    )
    return brief(verdict) + place


def _twin(twin: Group, elder: Group) -> str:
    """Name a column to which the same happened, and how much else that the elder does not have."""
    known = {(verdict.metric.name, verdict.metric.slice) for verdict in elder.findings}
    others = [
        verdict for verdict in twin.findings if (verdict.metric.name, verdict.metric.slice) not in known
    ]
    name = str(twin.lead.metric.column)
    return f"{name} ({plural(len(others), 'more finding')})" if others else name


def _listed(texts: Sequence[str], most: int) -> str:
    hidden = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {hidden} more" if hidden > 0 else "")


def _learning(report: Report, width: int) -> list[str]:
    """What would have warned, had there been enough earlier runs to know how usual it is."""
    learning = [
        verdict for verdict in report.verdicts if verdict.status is Status.LEARNING and verdict.severity
    ]
    learning.sort(key=lambda verdict: -verdict.severity)
    said = [f"{_subject(verdict.metric) or '(table)'}: {brief(verdict)}" for verdict in learning]
    hidden = [f"and {len(said) - BESIDE} more"] if len(said) > BESIDE else []
    title = "Still learning what is usual; different from the baseline:"
    return [title, *_indented(said[:BESIDE] + hidden, width)] if said else []


def _compared(baselines: Mapping[str, str], width: int) -> list[str]:
    checks: dict[str, list[str]] = defaultdict(list)
    for check, label in baselines.items():
        checks[label].append(check)
    said = [f"{', '.join(names)}: {label}" for label, names in checks.items()]
    return ["Compared with:", *_indented(said, width)] if said else []


def _notes(notes: Mapping[str, str], width: int) -> list[str]:
    said = [f"{column}: {note}" if column else note for column, note in notes.items()]
    hidden = [f"and {len(said) - SHOWN} more"] if len(said) > SHOWN else []
    return ["Not evaluated, or only in part:", *_indented(said[:SHOWN] + hidden, width)] if said else []


def _indented(texts: Sequence[str], width: int) -> list[str]:
    lines = []
    for text in texts:
        first, *later = wrapped(printable(text), width - 4)
        lines += [f"  {first}", *(f"    {line}" for line in later)]
    return lines


def _further(report: Report, groups: Sequence[Group]) -> list[str]:
    monitor = ["--monitor", report.monitor]
    commands = [["mlmonitor", "runs", *monitor]]
    metric = next((group.lead.metric for group in groups if group.lead.metric.family != "check"), None)
    if metric:
        place = ["--column", metric.column] if metric.column else []
        place += ["--slice", metric.slice] if metric.slice else []
        commands.insert(0, ["mlmonitor", "history", report.model, metric.name, *place, *monitor])
    return ["To look further:", *(f"  {printable(shlex.join(command))}" for command in commands)]
