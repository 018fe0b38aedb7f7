"""The same pages as HTML, for links that are opened on their own and for browsers without scripts."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from airflow_mlmonitor.pages.findings_document import LinkDocument
from airflow_mlmonitor.report.html import incident_html, models_html, problem_html, task_html
from airflow_mlmonitor.report.links import Links
from airflow_mlmonitor.ui.server.access import AskerDep, login_address
from airflow_mlmonitor.ui.server.answers import UNKEPT
from airflow_mlmonitor.ui.server.data_routes import ReadableTask, State
from airflow_mlmonitor.ui.server.page_reader import ReaderDep
from airflow_mlmonitor.ui.server.parameters import Limit, Named, Number, Offset
from airflow_mlmonitor.ui.server.problems import Problem

router = APIRouter(include_in_schema=False)

SAFE = {
    **UNKEPT,
    # Nothing on these pages runs or is fetched; Airflow's own UI may show them in a frame.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'",
}

PAGES = ("report", "incident", "models")

TITLES = {
    "store": "The metrics store cannot be asked",
    "permission": "Not yours to see",
    "unknown": "Not found",
    "request": "This address is not right",
    "server": "This page could not be made",
}


def shown(html: str, status: int = 200) -> HTMLResponse:
    """Send a page, for nobody to keep."""
    return HTMLResponse(html, status_code=status, headers=SAFE)


def airflow_path(request: Request) -> str:
    """Return the path under which Airflow's UI lies; empty at the root of its server."""
    path = str(request.scope.get("root_path", ""))
    return path.rpartition("/")[0]


@router.get("/report")
async def report(request: Request, reader: ReaderDep, asker: AskerDep, task: ReadableTask) -> HTMLResponse:
    """One run of one monitor."""
    page = await reader.task(asker, task)
    links = Links(base=airflow_path(request), dag_id=task.dag_id, run_id=task.run_id, tabs=False)
    return shown(task_html(page, links=links))


@router.get("/incident/{number}")
async def incident(request: Request, reader: ReaderDep, asker: AskerDep, number: Number) -> HTMLResponse:
    """One problem over time."""
    page = await reader.incident(asker, number)
    return shown(incident_html(page, links=Links(base=airflow_path(request), tabs=False)))


@router.get("/models")
async def models(
    request: Request,
    reader: ReaderDep,
    asker: AskerDep,
    q: Named = "",
    state: State = "",
    offset: Offset = 0,
    limit: Limit = 100,
) -> HTMLResponse:
    """Every model whose DAG they may read."""
    page = await reader.models(asker, query=q, state=state, offset=offset, limit=limit)
    links = Links(base=airflow_path(request), tabs=False)
    return shown(models_html(page, links=links, query=q, state=state))


def problem_page(request: Request, problem: Problem) -> HTMLResponse:
    """Say on a page what went wrong; with what the task itself remembers, where the store cannot be asked."""
    said = str((problem.summary or {}).get("message", ""))
    way: LinkDocument | None = None
    if problem.status == 401:
        way = {"label": "Log in", "to": login_address(request)}
    html = problem_html(
        TITLES[problem.kind],
        problem.message,
        problem.hint,
        known=[line.strip() for line in said.splitlines() if line.strip()],
        way=way,
        links=Links(base=airflow_path(request), tabs=False),
    )
    return shown(html, problem.status)


def is_page(request: Request) -> bool:
    """Whether a person looks at what is answered."""
    path = request.url.path.removeprefix(str(request.scope.get("root_path", "")))
    return path.split("/")[1] in PAGES
