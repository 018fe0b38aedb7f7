"""What somebody reads in Airflow's UI, from the banner on Home to the series that is wrong.

Each function is one thing that holds at the :class:`~tests.e2e.desk.Desk`, named as it is reported.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import NARROW, Window
from tests.e2e.desk import DAG, RUN, TASK, Desk

DARK = (26, 35, 52)
"""The colour of a card in Airflow's dark mode."""


def a_banner_on_home_leads_to_the_incident(desk: Desk) -> None:
    window = desk.viewer
    window.open("/")
    banner = window.at("banner")
    expect(banner).to_contain_text("flight_delay")
    expect(banner).to_contain_text("nobody on it yet")
    expect(window.at("banner-open")).to_have_text(re.compile(r"^\d open"))
    banner.get_by_role("link").first.click()
    expect(window.root("incident")).to_be_visible()


def the_tab_of_the_failed_task_says_what_to_do(desk: Desk) -> None:
    window = desk.viewer
    window.open(desk.task)
    window.page.get_by_role("link", name="ML Monitor").last.click()
    verdict = window.at("verdict", status="fail")
    expect(verdict).to_contain_text("EWR: 36.3% of rows, new in this run")
    expect(verdict).to_contain_text("982 rows")
    expect(verdict).to_contain_text("Thu 14 Mar 2013")
    finding = window.at("finding", rank=1)
    expect(finding).to_contain_text("Failed")
    expect(finding).to_contain_text(re.compile("new in this run"))
    expect(finding).to_contain_text(re.compile("expected at most"))
    expect(finding.locator('[data-mlm="likely"]')).to_contain_text("The join")
    expect(finding.locator('[data-mlm="likely"]')).to_contain_text("Evidence")
    expect(finding.locator('[data-mlm="next"]')).to_contain_text("has rows for origin = EWR")
    expect(window.at("quiet")).to_contain_text("carrier")


def the_numbers_of_a_chart_can_be_read_as_a_table(desk: Desk) -> None:
    finding = desk.viewer.at("finding", rank=1)
    finding.locator('[data-mlm="show-table"]').click()
    expect(finding.get_by_role("table").first).to_contain_text("36.3%")


def who_may_only_read_is_told_why_nothing_can_be_decided(desk: Desk) -> None:
    window = desk.viewer
    for name in ("acknowledge", "snooze", "accept", "bad"):
        expect(window.at(name)).to_be_disabled()
    expect(window.at("read-only")).to_contain_text("can edit")


def links_lead_from_the_task_to_its_incident_and_on_to_every_other_page(desk: Desk) -> None:
    window = desk.viewer
    window.at("incident").get_by_role("link").click()
    expect(window.at("timeline")).to_contain_text("Opened")
    window.at("to-task").click()
    expect(window.root("task")).to_be_visible()
    expect(window.page.locator('a[aria-current="page"]', has_text="ML Monitor").last).to_be_visible()
    window.at("history").click()
    expect(window.root("dag")).to_be_visible()
    expect(window.at("series-chart")).to_be_visible()
    window.page.get_by_role("link", name="ML Monitor").first.click()
    expect(window.at("model", model="flight_delay", status="fail")).to_be_visible()


def the_dag_shows_its_days_and_the_series_that_is_wrong(desk: Desk) -> None:
    window = desk.viewer
    window.open(f"/dags/flight_delay/{DAG}")
    expect(window.at("verdict", status="fail")).to_contain_text("skew")
    expect(window.at("map-row", monitor="flight_delay/skew")).to_be_visible()
    window.at("choose-column").select_option("temp")
    expect(window.at("series-chart")).to_contain_text("temp")
    expect(window.page).to_have_url(re.compile("column=temp"))


def the_run_is_in_pipeline_order_with_a_place_to_start(desk: Desk) -> None:
    window = desk.viewer
    window.open(f"{desk.run}/{RUN}")
    rows = window.at("run-row")
    expect(rows).to_have_count(3)
    expect(window.at("run-row", task="weather")).to_contain_text("start here")
    expect(rows.last).to_contain_text("features")
    window.at("open-start").click()
    expect(window.root("task")).to_be_visible()
    expect(window.at("verdict")).to_contain_text("48 rows")


def models_are_found_by_what_is_wrong_with_them(desk: Desk) -> None:
    window = desk.viewer
    window.open("/plugin/mlmonitor")
    expect(window.at("model")).to_have_count(3)
    icon = window.page.get_by_role("link", name="ML Monitor").first.locator("img")
    expect(icon).to_have_css("filter", "brightness(0) invert(1)")  # as white as the words below it
    window.at("chip-ok").click()
    expect(window.at("model")).to_have_count(1)
    expect(window.at("model", model="cancellations")).to_be_visible()
    window.at("chip-all").click()
    window.at("search").fill("flight")
    expect(window.at("model")).to_have_count(1)


def the_button_on_the_details_tab_opens_the_report(desk: Desk) -> None:
    window = desk.viewer
    window.open(f"{desk.task}/details")
    window.page.locator('a[href*="mlmonitor/report"]').click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("EWR: 36.3% of rows")


def it_is_dark_where_airflow_is_dark_and_fits_a_narrow_window(desk: Desk) -> None:
    with desk.window(desk.morning.viewer, width=NARROW, dark=True) as window:
        places = {
            "task": f"{desk.task}/{TASK}",
            "run": f"{desk.run}/{RUN}",
            "dag": f"/dags/flight_delay/{DAG}",
        }
        places |= {"models": "/plugin/mlmonitor", "incident": desk.incident}
        for name, path in places.items():
            desk.open(window, name, path)
            assert overflow(window, name) == 0, name
        card = window.at("verdict").evaluate("node => getComputedStyle(node).backgroundColor")
        assert tuple(map(int, re.findall(r"\d+", card)))[:3] == DARK


def overflow(window: Window, name: str) -> int:
    """How many pixels of a page stick out of its place at the side."""
    return int(window.root(name).evaluate("node => Math.max(0, node.scrollWidth - node.clientWidth)"))


READING = (
    a_banner_on_home_leads_to_the_incident,
    the_tab_of_the_failed_task_says_what_to_do,
    the_numbers_of_a_chart_can_be_read_as_a_table,
    who_may_only_read_is_told_why_nothing_can_be_decided,
    links_lead_from_the_task_to_its_incident_and_on_to_every_other_page,
    the_dag_shows_its_days_and_the_series_that_is_wrong,
    the_run_is_in_pipeline_order_with_a_place_to_start,
    models_are_found_by_what_is_wrong_with_them,
    the_button_on_the_details_tab_opens_the_report,
    it_is_dark_where_airflow_is_dark_and_fits_a_narrow_window,
)
