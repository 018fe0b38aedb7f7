"""What came out, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from benchmarks.detection.partition import Days
from benchmarks.detection.plan import Plan
from benchmarks.detection.targets import Target, targets

Figures = dict[str, Any]

NOTHING = "–"


def heading(days: Days, plan: Plan) -> str:
    """What is about to be measured."""
    subject = days.subject
    unit = "days" if days.step == 1 else f"partitions of {days.step} days"
    rows = f"{len(subject.frame):,} rows, {subject.frame.shape[1]} columns, {len(days)} {unit}"
    split = f"trained on the first {days.reference}, history from {days.start}, tested from {days.test}"
    failures = f"{len(plan.positions)} days x {len(plan.kinds)} failures x {len(plan.shares)} shares"
    creeps = f"{len(plan.creeps)} creeps x {len(plan.starts)} starts x {plan.length} days"
    lines = [
        f"{subject.name}: {rows}; {split}.",
        f"{failures}; {creeps}.",
        *(f"Note: {note}." for note in subject.notes),
    ]
    return "\n".join(lines)


def tables(figures: Figures) -> list[Table | Text]:
    """All tables, the targets last, where they are seen."""
    found: list[Table | Text] = [by_failure(figures)]
    if "peers" in figures:
        found.append(methods(figures))
    if "asked_vs_measured" in figures:
        found.append(asked(figures))
    if "extras" in figures:
        found.append(extra(figures["extras"]))
    found += [Text(f"Note: {note}.") for note in figures["notes"]]
    found.append(against_targets(figures))
    return found


def against_targets(figures: Figures) -> Table:
    """Each target beside what was reached."""
    table = Table(title=f"{figures['data']}: targets")
    table.add_column("")
    table.add_column("target", justify="right")
    table.add_column("reached", justify="right")
    for target in targets(figures):
        table.add_row(target.what, target.aim, _reached(target, target.value(figures)))
    return table


def _reached(target: Target, value: float | None) -> Text:
    if value is None:
        return Text(NOTHING, style="dim")
    return Text(number(value), style="green" if target.met(value) else "bold red")


def methods(figures: Figures) -> Table:
    """Ours and the peers, by their own lines and by lines drawn afterwards."""
    table = Table(
        title="Methods at their defaults, and with a line drawn afterwards at 1 false alert in 30 days"
    )
    headings = (
        "method", "false alert days in 30 d", "worst 30 d", "incidents", "net recall", "root cause", "creeps",
        "CPU ms", "tuned",
    )  # fmt: skip
    for name in headings:
        table.add_column(name, justify="left" if name == "method" else "right")
    for name, found in {"ours": figures, **figures["peers"]}.items():
        rates = found["false_alerts_per_30d"]
        cells = (
            rates["whole"], rates["worst_30_days"], found["false_incidents_per_30d"], found["net_recall"],
            found["root_cause_top1"], found["creeps"]["share"], found.get("cpu_ms_per_run"),
            found["tuned_to_1_per_30d"]["net_recall"],
        )  # fmt: skip
        table.add_row(name, *map(number, cells), style="bold" if name == "ours" else "")
    return table


def by_failure(figures: Figures) -> Table:
    """Net recall of ours by failure and share, and creeps."""
    known = figures["recall_by_failure_and_share"]
    shares = sorted({share for found in known.values() for share in found}, key=float, reverse=True)
    table = Table(title="Ours: failures caught on days that stay quiet without them, by share of the rows")
    table.add_column("failure")
    for share in shares:
        table.add_column(f"{100 * float(share):g} %", justify="right")
    for kind, found in known.items():
        table.add_row(kind, *(number(found.get(share)) for share in shares))
    for kind, share in figures["creeps"]["by_kind"].items():
        table.add_row(f"creep: {kind}", number(share))
    return table


def asked(figures: Figures) -> Table:
    """False alerts asked for, and measured."""
    table = Table(title="False alerts in 30 days")
    for name in ("asked for", "incidents", "days"):
        table.add_column(name, justify="right")
    for budget, measured in figures["asked_vs_measured"].items():
        table.add_row(budget, number(measured), number(figures["asked_vs_measured_days"][budget]))
    return table


def extra(extras: Mapping[str, Any]) -> Table:
    """What is reported apart."""
    table = Table(title="Apart from the 26")
    table.add_column("")
    table.add_column("reached", justify="right")
    for name in ("other_columns", "weekly"):
        if name in extras:
            title = name.replace("_", " ")
            table.add_row(
                f"{title}: false alert days in 30 d", number(extras[name]["false_alerts_per_30d"]["whole"])
            )
            table.add_row(f"{title}: net recall", number(extras[name]["net_recall"]))
    for kind, found in extras["other_columns"]["recall_by_failure_and_share"].items():
        table.add_row(
            kind, ", ".join(f"{100 * float(share):g} %: {number(hit)}" for share, hit in found.items())
        )
    for kind, found in extras["operational"].items():
        words = (
            number(found)
            if not isinstance(found, dict)
            else ", ".join(f"{name.replace('_', ' ')}: {number(hit)}" for name, hit in found.items())
        )
        table.add_row(kind.replace("_", " "), words)
    return table


def number(value: float | None) -> str:
    """A number as tables show it."""
    if value is None:
        return NOTHING
    return f"{value:.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.2f}"
