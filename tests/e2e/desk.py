"""Two people in front of the same Airflow: one who may only read, and one who decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Window, log_in
from tests.e2e.morning import Morning
from tests.e2e.user import User

AS_AIRFLOW_WRITES = ":+"
"""What Airflow leaves as it is in the paths of its UI."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where somebody sits on that morning.

    :param morning: what they find.
    :param browser: with which further windows can be opened.
    :param viewer: the window of who may only read.
    :param admin: the window of who decides.
    """

    morning: Morning
    browser: Browser
    viewer: Window
    admin: Window

    @property
    def task(self) -> str:
        """The path of the task that failed."""
        run = quote(self.morning.run_id, safe=AS_AIRFLOW_WRITES)
        return f"/dags/flight_delay/runs/{run}/tasks/skew"

    @property
    def run(self) -> str:
        """The path of the run with several monitors."""
        return f"/dags/departures/runs/{quote(self.morning.departures, safe=AS_AIRFLOW_WRITES)}"

    @property
    def incident(self) -> str:
        """The path of the incident."""
        return f"/plugin/mlmonitor/incident/{self.morning.incident()}"

    def open(self, window: Window, name: str, path: str) -> None:
        """Go to one of our pages, and wait until it shows what it is about."""
        window.open(path)
        expect(window.root(name).locator(f'[data-mlm="{SHOWS[name]}"]').first).to_be_visible()

    def keep(self, folder: Path, name: str) -> None:
        """Keep a picture of what both see, for whoever looks for what went wrong."""
        for who, window in (("viewer", self.viewer), ("admin", self.admin)):
            window.page.screenshot(path=folder / f"{name}.{who}.png")
        print(f"What both saw is kept in {folder}.")  # noqa: T201 - pytest shows it with the failure

    @contextmanager
    def window(self, user: User, *, width: int, dark: bool) -> Iterator[Window]:
        """Open another window for somebody."""
        window = log_in(self.browser, user, width=width, dark=dark)
        try:
            yield window
        finally:
            window.close()
            self.viewer.errors.extend(window.errors)
            self.viewer.elsewhere.extend(window.elsewhere)


SHOWS = {
    "task": "finding",
    "run": "run-row",
    "dag": "series-chart",
    "models": "model",
    "incident": "timeline",
    "banner": "banner",
}
"""A page of ours to the hook of what is only there when everything has come."""

TASK, RUN, DAG = "plugin/mlmonitor_task", "plugin/mlmonitor_run", "plugin/mlmonitor_dag"
"""Our tabs, below the paths of Airflow's pages."""


@contextmanager
def desk(browser: Browser, morning: Morning) -> Iterator[Desk]:
    """Log both in."""
    viewer, admin = log_in(browser, morning.viewer), log_in(browser, morning.admin)
    try:
        yield Desk(morning=morning, browser=browser, viewer=viewer, admin=admin)
    finally:
        viewer.close()
        admin.close()
