"""A page as lines of text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_mlmonitor.pages.documents import TaskPage
from airflow_mlmonitor.pages.findings_document import FindingDocument
from airflow_mlmonitor.report.page_words import DISPLAY_WORDS, decided, facts, marked, together
from airflow_mlmonitor.report.table import printable, wrapped
from airflow_mlmonitor.report.words import plural

INDENT = "    "
NAMED = 7
"""Quiet columns that are named."""


def page_lines(page: TaskPage, *, width: int) -> list[str]:
    """Write what one run of a monitor found, most unusual first.

    Parameters
    ----------
    page
        As :func:`~airflow_mlmonitor.pages.task_page.run_page` reads it.
    width
        Characters of a line.
    """
    head = page["verdict"]
    lines = _folded(f"{head['monitor']}: {DISPLAY_WORDS[head['status']]}. {head['headline']}", width)
    lines += _folded(_impact(page), width)
    lines += _folded(" · ".join(facts(head)), width)
    if head["mark"]:
        lines += _folded(marked(head["mark"]), width)
    if page["incident"]:
        lines += _folded(f"Incident {page['incident']['id']}: {decided(page['incident'])}.", width)
    if page["learning"]:
        lines += _folded(page["learning"]["still_alerts"], width)
    for broken in page["broken"]:
        lines += _folded(f"Could not check {broken['check']}: {broken['reason']}", width)
    for finding in page["findings"]:
        lines += ["", *_finding(finding, width)]
    if (more := page["findings_total"] - len(page["findings"])) > 0:
        lines += ["", f"and {plural(more, 'more finding')}"]
    if page["quiet_columns"]:
        lines += ["", *_folded(_quiet(page), width)]
    return lines


def _impact(page: TaskPage) -> str:
    start = page["verdict"]["start_at"]
    said = page["verdict"]["impact"]
    if start:
        why = f": {start['why']}" if start["why"] else ""
        said = f"{said} Start at {start['task_id']}{why}."
    return said.strip()


def _finding(finding: FindingDocument, width: int) -> Iterator[str]:
    title = f"{finding['rank']}. {DISPLAY_WORDS[finding['status']]}: {finding['title']}"
    yield from _folded(
        title + (f" ({finding['since']['words']})" if finding["since"]["words"] else ""), width
    )
    expected = f"expected {finding['expected']['words']}" if finding["expected"]["words"] else ""
    value = [f"{finding['value_words']} {finding['metric_words']}", expected, finding["record"]["words"]]
    evidence = f" Evidence: {'; '.join(finding['evidence'])}." if finding["evidence"] else ""
    moved = "; ".join(f"{', '.join(names)} {words}" for names, words in together(finding["moves_with"]))
    for label, said in (
        ("", "; ".join(filter(None, value))),
        ("With it: ", moved),
        ("Likely: ", finding["likely"] and f"{finding['likely']}{evidence}".replace("..", ".")),
        ("Next: ", finding["next"]),
    ):
        if said:
            yield from (f"{INDENT}{line}" for line in _folded(f"{label}{said}", width - len(INDENT)))


def _quiet(page: TaskPage) -> str:
    quiet = [column["column"] for column in page["quiet_columns"]]
    more = ", …" if len(quiet) > NAMED else ""
    return f"Quiet: {plural(len(quiet), 'column')} ({', '.join(quiet[:NAMED])}{more})."


def _folded(text: str, width: int) -> list[str]:
    return wrapped(printable(text), width) if text else []
