"""The application that answers the browser, put together."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

import airflow_mlmonitor
from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.provider import NAME
from airflow_mlmonitor.ui.server import action_routes, data_routes, plain_routes, static_routes
from airflow_mlmonitor.ui.server.access import LOGGED_IN
from airflow_mlmonitor.ui.server.answers import answer
from airflow_mlmonitor.ui.server.page_reader import PageReader
from airflow_mlmonitor.ui.server.problems import Problem, http_problem, request_problem

log = logging.getLogger(__name__)


def make_application() -> FastAPI:
    """Make the application; every route of it needs a login, its own description too."""
    app = FastAPI(
        title=NAME,
        version=airflow_mlmonitor.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[LOGGED_IN],
    )
    app.state.reader = PageReader()
    app.include_router(data_routes.router)
    app.include_router(action_routes.router)
    app.include_router(plain_routes.router)
    app.include_router(static_routes.router)

    @app.get("/openapi.json", include_in_schema=False)
    async def description() -> JSONResponse:
        return answer(app.openapi())

    _say_problems(app)
    return app


def _say_problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return said(request, error)

    @app.exception_handler(MLMonitorError)
    async def store(request: Request, error: MLMonitorError) -> Response:
        return said(request, request.app.state.reader.problem(error))

    @app.exception_handler(RequestValidationError)
    async def parameters(request: Request, error: RequestValidationError) -> Response:
        return said(request, request_problem(error))

    @app.exception_handler(
        404
    )  # these two come from the router itself, as an error that is none of FastAPI's
    @app.exception_handler(405)
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return said(request, http_problem(error))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("%s of the ML Monitor failed.", request.url.path, exc_info=error)
        return said(
            request,
            Problem("server", 500, "This page could not be made.", "The api-server's log has the traceback."),
        )


def said(request: Request, problem: Problem) -> Response:
    """Answer with a problem, in the form in which the answer was wanted."""
    if plain_routes.is_page(request):
        return plain_routes.problem_page(request, problem)
    return answer(problem.document(), problem.status)
