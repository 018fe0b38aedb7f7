"""A real browser in front of Airflow's UI: Chromium without a screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, sync_playwright

from tests.e2e.user import User

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # it refuses to run as root otherwise
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE, NARROW = 1400, 1000
HEIGHT = 1000
PATIENCE = 60_000
"""Milliseconds until something has to be on a page: a machine that runs all tests at once is slow."""


class NoBrowserError(Exception):
    """There is no Chromium on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium that is installed, and end it.

    :raises NoBrowserError: there is none.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowserError(
            f"No browser is installed ({', '.join(NAMES)}); tools/ci_packages.sh installs one."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """A window of a browser in which somebody is logged in, and what went wrong in it.

    :param context: the browser's, with its own cookies.
    :param page: what it shows.
    :param errors: what scripts raised, and what the server refused or had not.
    :param elsewhere: addresses outside this Airflow that were asked for.
    """

    context: BrowserContext
    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a path of Airflow's UI."""
        self.page.goto(f"{self.url}{path}")

    def at(self, name: str, **data: object) -> Locator:
        """Return what carries a hook of ours, such as ``at("finding", rank=1)``."""
        more = "".join(f'[data-{key}="{value}"]' for key, value in data.items())
        return self.page.locator(f'[data-mlm="{name}"]{more}')

    def root(self, name: str) -> Locator:
        """Return the root of one of our pages."""
        return self.page.locator(f'[data-mlm-page="{name}"]')

    def close(self) -> None:
        """Close it."""
        self.context.close()

    def _watch(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._requested)
        self.page.on(
            "response",
            lambda told: (
                self.errors.append(f"{told.status} {told.url}")
                if told.status >= 500 or ("/mlmonitor/" in told.url and told.status >= 400)
                else None
            ),
        )

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(self.url).netloc:
            self.elsewhere.append(request.url)


def log_in(browser: Browser, user: User, *, width: int = WIDE, dark: bool = False) -> Window:
    """Open a window of some width and log somebody in, as they do: on Airflow's own form."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme="dark" if dark else "light", locale="en-GB"
    )
    context.set_default_timeout(PATIENCE)
    window = Window(context, context.new_page(), str(user.http.base_url).rstrip("/"))
    window.page.goto(f"{window.url}/auth/login/")
    window.page.locator('input[name="username"]').fill(user.name)
    window.page.locator('input[name="password"]').fill(user.password)
    window.page.locator('button[type="submit"]').click()
    window.page.wait_for_url(f"{window.url}/**", wait_until="load")
    window.page.wait_for_url(lambda url: "/auth/login" not in url)
    window._watch()
    return window
