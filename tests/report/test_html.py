"""The pages, read as a browser reads them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from airflow_mlmonitor.report.html import dag_run_html, incident_html, models_html, problem_html, task_html
from airflow_mlmonitor.report.links import Links
from tests.report import pages_made
from tests.report.pages_made import clean_page, finding, incident, numeric, task_page, verdict

VOID = {"meta", "link", "input", "br", "img", "path", "circle", "use"}
BLOCKS = {"div", "p", "h1", "h2", "dt", "dd", "td", "th", "tr", "li", "small", "strong", "summary"}
LINKS = Links(base="https://airflow.example.com/", dag_id="flight_delay_daily", run_id="scheduled__1")
UGLY = "a<script>alert(1)</script>\"'>&amp;<img src=x onerror=alert(2)>{{ 7 * 7 }}`x`\\\x00é"

PAGES: dict[str, tuple[Callable[[], Any], Callable[..., str]]] = {
    "task": (task_page, task_html),
    "clean": (clean_page, task_html),
    "dag_run": (pages_made.dag_run_page, dag_run_html),
    "incident": (pages_made.incident_page, incident_html),
    "models": (pages_made.models_page, models_html),
}


class Page(HTMLParser):
    """A page taken apart: every element closed where it should be, its text, its addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.hrefs: list[str] = []
        self.images: list[str] = []
        self.ids: list[str] = []
        self.uses: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag in BLOCKS:
            self.words.append(" ")
        if tag not in VOID:
            self.open.append(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "use":
            self.uses.append(given["href"] or "")
        elif "href" in given or "src" in given:
            self.hrefs.append(given.get("href") or given.get("src") or "")
        if given.get("role") == "img":
            self.images.append(given.get("aria-label") or "")
        if "id" in given:
            self.ids.append(given["id"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(params=PAGES)
def made(request: pytest.FixtureRequest) -> tuple[Any, Callable[..., str]]:
    """Every kind of page: its document, and what shows it."""
    document, show = PAGES[request.param]
    return document(), show


def test_a_page_needs_nothing_but_itself(made: tuple[Any, Callable[..., str]]) -> None:
    document, show = made
    text = show(document)
    page = Page(text)
    assert not {"script", "iframe", "img", "object", "embed"} & {*page.tags}
    assert page.handlers == []
    assert page.hrefs == ["data:,"], "a page without links asks for nothing, not even an icon"
    assert {*page.uses} <= {f"#{name}" for name in page.ids}
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_links_lead_into_airflow_and_only_there(made: tuple[Any, Callable[..., str]]) -> None:
    document, show = made
    own = {f"#{name}" for name in Page(show(document, links=LINKS)).ids}
    found = [to for to in Page(show(document, links=LINKS)).hrefs if to not in own | {"data:,"}]
    assert found
    assert [to for to in found if not to.startswith("https://airflow.example.com/")] == []


def spoilt(value: Any) -> Any:
    """The same document with ugly text at the end of everything that people or data named."""
    fixed = {
        "status",
        "state",
        "kind",
        "unit",
        "window_start",
        "window_end",
        "at",
        "opened_at",
        "recorded_at",
    }
    fixed |= {
        "judged_at",
        "resolved_at",
        "acknowledged_at",
        "snoozed_until",
        "last_run_at",
        "due_at",
        "trained_at",
    }
    if isinstance(value, dict):
        return {name: item if name in fixed else spoilt(item) for name, item in value.items()}
    if isinstance(value, list):
        return [spoilt(item) for item in value]
    return value + UGLY if isinstance(value, str) and value else value


def test_no_name_gets_out_of_its_text(made: tuple[Any, Callable[..., str]]) -> None:
    document, show = made
    plain, ugly = Page(show(document, links=LINKS)), Page(show(spoilt(copy.deepcopy(document)), links=LINKS))
    assert {*ugly.tags} - {"code"} == {*plain.tags} - {"code"}
    assert [tag for tag in ugly.tags if tag != "code"] == [tag for tag in plain.tags if tag != "code"]
    assert ugly.handlers == []
    assert "<script>alert(1)</script>" in ugly.text
    assert "{{ 7 * 7 }}" in ugly.text


def test_a_link_that_would_run_is_none() -> None:
    ways = [
        {"label": "History", "to": "/dags/x"},
        {"label": "Runbook", "to": "https://wiki.example.com/runbook"},
        {"label": "Bad", "to": "JavaScript:alert(1)"},
        {"label": "Elsewhere", "to": "//evil.example.com"},
    ]
    page = Page(task_html(task_page(findings=[finding(links=ways)]), links=LINKS))
    assert "https://airflow.example.com/dags/x" in page.hrefs
    assert "https://wiki.example.com/runbook" in page.hrefs
    assert not [to for to in page.hrefs if "alert" in to or "evil" in to]
    assert "Bad" not in page.text


def test_a_finding_says_everything_that_its_card_should() -> None:
    text = Page(task_html(task_page())).text
    for said in (
        "Failed: Weather is missing on every EWR flight: 36% of rows, new in this run.",
        "Start at check_weather: it failed first, EWR sent 0 of 24 hours.",
        "A run this unusual comes about once in 3 years · 988 rows · data of Thu 19 Nov 2026 (UTC) · model v7",
        "compared with 90 earlier runs · checked 20 Nov 2026, 03:04 UTC",
        "Incident 142: open, nobody on it yet. Decide with mlmonitor ack 142, mlmonitor snooze 142",
        "36.0%rows without temp expected 0–10.6% highest before: 14.8%, 27 Aug",
        "Next Reload EWR weather for 19 Nov, then clear load_weather and downstream.",
        "Evidence: EWR has 0 of 24 hours in weather, the others 24; all 8 columns miss on the same 356 rows.",
        "With it dewp same rows; prediction 0.070, expected 0.05–0.24",
        "100.0% was 0.9%",
        "and 3 quiet columns — origin, dest, distance all within their expected range",
    ):
        assert said in text, said


def test_a_guess_without_evidence_is_left_out_and_nothing_else_is_said() -> None:
    text = Page(task_html(task_page(findings=[numeric()]))).text
    assert "Likely" not in text
    assert "With it nothing else" in text


def test_charts_are_read_out_and_there_are_their_numbers() -> None:
    page = Page(task_html(task_page()))
    assert all(page.images)
    assert any("now 36.0%, Failed" in image for image in page.images)
    assert any("Predictions, EWR: where the values of this run lie" in image for image in page.images)
    assert page.tags.count("details") == 3
    assert "19 Nov 2026 36.0% 0% 10.6% Failed" in page.text


def test_private_columns_have_bars_without_names() -> None:
    bars = dict(finding()["distribution"] or {})
    del bars["labels"]
    page = Page(task_html(task_page(findings=[finding(distribution=bars)])))
    assert "100.0% was 0.9%" in page.text
    assert "JFK" not in page.text


def test_what_a_person_made_of_a_run_stands_in_its_head() -> None:
    mark = {"kind": "bad", "by": "ana", "at": "2026-11-20T03:20:00+00:00", "reason": "EWR weather missing"}
    text = Page(task_html(task_page(verdict=verdict(mark=mark)))).text
    assert (
        "Marked bad data; it does not train. By ana, 20 Nov 2026, 03:20 UTC: “EWR weather missing”." in text
    )


def test_learning_and_broken_checks_are_told() -> None:
    would = {
        "series": finding()["series"],
        "words": "temp would have warned",
        "window_start": pages_made.LAST.isoformat(),
    }
    learning = {
        "runs": 8,
        "needed": 14,
        "until": None,
        "still_alerts": "Only hard faults alert.",
        "would_have": [would],
    }
    broken = [{"check": "parity", "reason": "column `seats` is text offline and a number online"}]
    text = Page(task_html(clean_page(learning=learning, broken=broken))).text
    assert "Only hard faults alert. Would have warned: temp would have warned, 19 Nov 2026." in text
    assert "Could not check parity: column seats is text offline and a number online" in text
    assert "The rest of this page is complete." in text


def test_a_dag_run_marks_where_to_start_and_shows_what_failed_below() -> None:
    page = Page(
        dag_run_html(pages_made.dag_run_page(), title="flights, run 1", tasks=[task_page()], links=LINKS)
    )
    assert "start here EWR sent 0 of 24 hours." in page.text
    assert page.text.index("In pipeline order") < page.text.index("Weather is missing on every EWR flight")
    assert "#monitor-1" in page.hrefs
    assert "monitor-1" in page.ids
    assert "over 300%" in page.text


def test_an_incident_has_its_timeline_and_its_columns() -> None:
    page = Page(incident_html(pages_made.incident_page(), links=LINKS))
    assert "Budget of flight_delay: used up, 1 of 1 alerts in 30 days" in page.text
    assert "20 Nov, 03:14 Note by on-call (data)" in page.text
    assert "weather_client 3.1.0 → 4.0.0 11 h before first run with it" in page.text
    assert "Missing on the same 356 rows origin = EWR · 2 columns" in page.text
    assert any(to.endswith("/tasks/check_features/plugin/mlmonitor_task") for to in page.hrefs)


def test_models_that_need_attention_stand_first_and_can_be_searched() -> None:
    page = Page(models_html(pages_made.models_page(), links=LINKS, query='a"b', state="fail"))
    assert page.text.index("Need attention 1") < page.text.index("flight_delay") < page.text.index("Quiet 1")
    assert "used up" in page.text
    assert "98%" in page.text
    assert "https://airflow.example.com/plugin/mlmonitor?q=a%22b&state=ok" in page.hrefs
    counts = Page(
        models_html(pages_made.models_page(counts={"all": 2, "attention": 1, "late": 0}), links=LINKS)
    ).text
    assert "All 2Need attention 1" in counts
    assert "Late" not in counts
    assert "No model matches." in Page(models_html(pages_made.models_page(models=[]), query="x")).text
    assert "No model is monitored yet." in Page(models_html(pages_made.models_page(models=[]))).text


def test_a_problem_says_what_to_do() -> None:
    text = Page(problem_html("Cannot reach the store.", "`db` is away.", "Start it.", links=LINKS)).text
    assert "Could not check: Cannot reach the store. db is away. Start it." in text


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_a_theme_can_be_told(theme: Any) -> None:
    (opening,) = re.findall("<html[^>]*>", task_html(task_page(), theme=theme))
    assert opening == (f'<html lang="en" class="{theme}">' if theme else '<html lang="en">')


def test_fifty_columns_stay_small() -> None:
    names = [f"a_rather_long_name_of_a_column_{number}" for number in range(50)]
    history = pages_made.history(
        [0.1 + 0.137 * (day % 7) for day in range(90)],
        lower=0.0123456789,
        upper=0.987654321,
        found={-1: "fail"},
    )
    for place, point in enumerate(history):  # ranges that move every day, as the learned judge's do
        point["upper"] = 0.9 + 0.001234567 * place
    quiet = [
        {"column": name, "words": "missing in 12.3% of rows, limit 23.5%", "ratio": 0.4} for name in names
    ]
    page = task_page(
        findings=[finding(rank, name, history=history) for rank, name in enumerate(names[:5], start=1)],
        closest=[finding(rank, name, history=history) for rank, name in enumerate(names[5:8], start=1)],
        findings_total=50,
        quiet_columns=quiet,
    )
    assert len(task_html(page).encode()) < 300_000
    groups = [
        {
            "title": "All",
            "why": "",
            "rows": 10,
            "series": [finding(rank, name, history=history) for rank, name in enumerate(names, start=1)],
        }
    ]
    assert len(incident_html(pages_made.incident_page(groups=groups)).encode()) < 300_000


def test_an_incident_that_somebody_attends_to_says_who() -> None:
    known = {
        "acknowledged": "acknowledged by ana, 20 Nov 2026, 03:09 UTC",
        "snoozed": "snoozed until 21 Nov 2026, 09:00 UTC by ana",
        "resolved": "resolved with the data of 21 Nov 2026",
        "accepted": "accepted as the new normal by ana",
    }
    for state, said in known.items():
        decided = incident(
            state=state,
            acknowledged_by="ana",
            acknowledged_at="2026-11-20T03:09:00+00:00" if state == "acknowledged" else None,
            snoozed_until="2026-11-21T09:00:00+00:00",
            resolved_at="2026-11-21T00:00:00+00:00",
        )
        if state != "snoozed":
            decided["snoozed_until"] = None
        assert f"Incident 142: {said}" in Page(task_html(task_page(incident=decided))).text
