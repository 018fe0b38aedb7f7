"""Which requests may change something."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.configuration import conf
from fastapi import Request

from airflow_mlmonitor.ui.server.problems import Problem

JSON = "application/json"


def require_own_page(request: Request) -> None:
    """Refuse what another site makes a browser send with its user's cookie.

    A form of another site cannot send JSON; a script of another site can only if it is let, and the browser says
    where it came from. What is no browser says nothing, and has no cookie to be abused.

    :raises Problem: it is not JSON, or comes from another site.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Problem("request", 415, "Decisions are sent as JSON.", f"Send the header Content-Type: {JSON}.")
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise _other_site()
    origin = request.headers.get("origin")
    if site is None and origin is not None and origin not in _own(request):
        raise _other_site()


def _own(request: Request) -> set[str]:
    """Addresses of the server: as the request names it, and as it names itself."""
    named = urlsplit(conf.get("api", "base_url", fallback=""))
    return {f"{address.scheme}://{address.netloc}" for address in (urlsplit(str(request.base_url)), named)}


def _other_site() -> Problem:
    return Problem(
        "permission",
        403,
        "This came from another site.",
        "Decide in Airflow's own UI. Behind a proxy, let [api] base_url name the address that people use.",
    )
