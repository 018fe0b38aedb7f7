"""How templates write what documents hold: names set as code, moments, shares of a line, runs as cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from airflow_mlmonitor.pages.documents import IncidentDocument, MarkDocument, VerdictDocument
from airflow_mlmonitor.pages.findings_document import CompanionDocument, StripDocument
from airflow_mlmonitor.report.words import STATUS_WORDS, amount, capital, plural

DISPLAY_WORDS = STATUS_WORDS | {"waiting": "Waiting", "late": "Late", "running": "Running", "none": "No run"}
"""What people read for a status, and for what stands in its place."""

SHADES = 4
WIDEST = 3.0
"""Times the alert line beyond which a bar of unusualness is full."""


def rich(text: str, codes: Sequence[str] = ()) -> Markup:
    """Set what stands between backticks as code, and names wherever they are whole words; all else is plain text.

    >>> rich("Reload `weather`: temp < 0 in <b>", ["temp"])
    Markup('Reload <code>weather</code>: <code>temp</code> &lt; 0 in &lt;b&gt;')
    """
    names = sorted(filter(None, codes), key=len, reverse=True)
    known = [rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in names]
    parts = re.split(f"({'|'.join(['`[^`]+`', *known])})", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part.strip("`")) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def moment_words(iso: str | None) -> str:
    """Write a moment, in UTC.

    >>> moment_words("2026-11-20T04:04:02+01:00"), moment_words(None)
    ('20 Nov 2026, 03:04', '—')
    """
    if not iso:
        return "—"
    moment = datetime.fromisoformat(iso).astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def day_words(iso: str | None) -> str:
    """Write the day of a moment, in UTC.

    >>> day_words("2026-11-19T00:00:00+00:00")
    '19 Nov 2026'
    """
    return moment_words(iso).partition(",")[0]


def clock_words(iso: str) -> str:
    """Write the day and the time of a moment, in UTC.

    >>> clock_words("2026-11-20T03:14:00+00:00")
    '20 Nov, 03:14'
    """
    day, _, time = moment_words(iso).partition(", ")
    return f"{day.rpartition(' ')[0]}, {time}"


def of_line(ratio: float | None) -> str:
    """Write how unusual a run was, in parts of its alert line.

    >>> of_line(0.21), of_line(4.2), of_line(None)
    ('21%', 'over 300%', '—')
    """
    if ratio is None:
        return "—"
    return "over 300%" if ratio > WIDEST else f"{ratio:.0%}"


def filled(ratio: float) -> float:
    """Return how much of its bar a run fills, in percent; the alert line is at a third."""
    return round(100 * min(max(ratio, 0.0), WIDEST) / WIDEST, 1)


def cell(run: StripDocument) -> str:
    """Name the look of a run: what a person made of it first, then its status, then how far it went.

    >>> cell({"window_start": "", "run_id": "", "ratio": 0.6, "status": "ok", "state": "clean"})
    'shade2'
    """
    if run["state"] == "bad":
        return "bad"
    if run["status"] != "ok":
        return run["status"]
    return f"shade{min(max(int((run['ratio'] or 0.0) * SHADES), 0), SHADES - 1)}"


def strip_words(runs: Sequence[StripDocument]) -> str:
    """Say of a strip of runs how many alerted, and how the last one came out."""
    if not runs:
        return "No runs."
    alerts = sum(run["status"] in ("warn", "fail") for run in runs)
    told = f"{alerts} with an alert" if alerts else "no alert"
    return f"{plural(len(runs), 'run')}, {told}; the last one: {DISPLAY_WORDS[runs[-1]['status']]}."


def together(moves: Sequence[CompanionDocument]) -> list[tuple[list[str], str]]:
    """Gather columns that moved in the same way: what they did is said once."""
    groups: dict[str, list[str]] = {}
    for move in moves:
        groups.setdefault(move["words"], []).append(move["column"] or move["metric"])
    return [(names, words) for words, names in groups.items()]


def facts(head: VerdictDocument) -> list[str]:
    """Say what a run rests on: rows, the day of its data, the model, what it is compared with, when it was checked."""
    known = {
        head["rarity"]: head["rarity"],
        plural(head["rows"] or 0, "row"): head["rows"],
        f"data of {head['window_words']} (UTC)": head["window_words"],
        f"model {head['model_version']}": head["model_version"],
        f"compared with {plural(head['baseline_runs'] or 0, 'earlier run')}": head["baseline_runs"],
        f"checked {moment_words(head['judged_at'])} UTC": head["judged_at"],
    }
    return [said for said, is_known in known.items() if is_known]


def decided(incident: IncidentDocument) -> str:
    """Say how an incident stands, and who decided that."""
    who = f" by {incident['acknowledged_by']}" if incident["acknowledged_by"] else ""
    at = f", {moment_words(incident['acknowledged_at'])} UTC" if incident["acknowledged_at"] else ""
    until = f" until {moment_words(incident['snoozed_until'])} UTC" if incident["snoozed_until"] else ""
    return {
        "open": "open, nobody on it yet",
        "acknowledged": f"acknowledged{who}{at}",
        "snoozed": f"snoozed{until}{who}",
        "resolved": f"resolved with the data of {day_words(incident['resolved_at'])}",
        "accepted": f"accepted as the new normal{who}",
    }[incident["state"]]


def marked(mark: MarkDocument) -> str:
    """Say what a person made of a run."""
    what = {
        "bad": "Marked bad data; it does not train.",
        "accepted": "Accepted as the new normal; it trains.",
    }
    by = f" By {mark['by']}" if mark["by"] else ""
    at = f", {moment_words(mark['at'])} UTC" if by and mark["at"] else ""
    reason = f": “{mark['reason']}”" if by and mark["reason"] else ""
    return f"{what.get(mark['kind'], '')}{by}{at}{reason}{'.' if by else ''}"


FILTERS: dict[str, Any] = {
    "rich": rich,
    "moment": moment_words,
    "day": day_words,
    "clock": clock_words,
    "of_line": of_line,
    "filled": filled,
    "cell": cell,
    "strip_words": strip_words,
    "together": together,
    "facts": facts,
    "decided": decided,
    "marked": marked,
    "value": amount,
    "plural": plural,
    "sentence": capital,
}
"""What templates may call, by the name they call it by."""
