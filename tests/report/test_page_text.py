from __future__ import annotations

from airflow_mlmonitor.report.page_text import page_lines
from tests.report.pages_made import clean_page, finding, numeric, task_page

FAILED = """\
flight_delay/check_features: Failed. Weather is missing on every EWR flight: 36% of rows, new in
this run.
1 finding failed, 1 warns. Scores for 356 EWR flights went out without weather. Start at
check_weather: it failed first, EWR sent 0 of 24 hours.
A run this unusual comes about once in 3 years · 988 rows · data of Thu 19 Nov 2026 (UTC) · model v7
· compared with 90 earlier runs · checked 20 Nov 2026, 03:04 UTC
Incident 142: open, nobody on it yet.

1. Failed: temp is missing on EWR rows (new in this run)
    36.0% rows without temp; expected 0–10.6%; highest before: 14.8%, 27 Aug
    With it: dewp same rows; prediction 0.070, expected 0.05–0.24
    Likely: The weather join found no EWR rows. Evidence: EWR has 0 of 24 hours in `weather`, the
    others 24; all 8 columns miss on the same 356 rows.
    Next: Reload EWR weather for 19 Nov, then clear `load_weather` and downstream.

and 49 more findings

Quiet: 3 columns (origin, dest, distance)."""


def test_a_page_reads_in_a_terminal_as_in_a_browser() -> None:
    lines = page_lines(task_page(findings=[finding()], findings_total=50), width=100)
    assert "\n".join(lines) == FAILED


def test_no_line_is_wider_and_no_name_commands_the_terminal() -> None:
    lines = page_lines(task_page(findings=[numeric(1, "fare\x1b[31m\nper mile")]), width=60)
    assert max(map(len, lines)) <= 60
    assert "\x1b" not in "".join(lines)


def test_a_quiet_day_is_short() -> None:
    assert len(page_lines(clean_page(), width=120)) == 5
