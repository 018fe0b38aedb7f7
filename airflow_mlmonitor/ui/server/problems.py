"""What went wrong, as a document."""

from __future__ import annotations

import logging
from typing import Any, Literal, NotRequired, TypedDict

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError

from airflow_mlmonitor.errors import (
    ConfigurationError,
    MLMonitorError,
    StoreEmpty,
    StoreError,
    StoreOutdated,
    StoreUnavailable,
)

log = logging.getLogger(__name__)

Kind = Literal["store", "permission", "unknown", "request", "server"]


class ProblemDocument(TypedDict):
    """What every route answers that cannot answer what it was asked."""

    kind: Kind
    message: str
    hint: str
    summary: NotRequired[dict[str, Any]]
    """What the task itself remembers, where the store cannot be asked."""


class Problem(Exception):
    """What a route answers instead of what it was asked for.

    :param kind: ``store`` cannot be asked, ``permission`` is missing, it is ``unknown``, the ``request`` is wrong, or
        the ``server`` is.
    :param status: the HTTP status.
    :param message: what is wrong, in a sentence.
    :param hint: what to do about it.
    :param summary: what a task itself remembers of its run.
    """

    def __init__(
        self, kind: Kind, status: int, message: str, hint: str = "", summary: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.kind, self.status, self.message, self.hint, self.summary = kind, status, message, hint, summary

    def document(self) -> ProblemDocument:
        """Return it as JSON."""
        said: ProblemDocument = {"kind": self.kind, "message": self.message, "hint": self.hint}
        if self.summary is not None:
            said["summary"] = self.summary
        return said


def store_problem(error: MLMonitorError, connection: str) -> Problem:
    """Say that the store cannot be asked, or what it refused.

    The database's own words, which name its host and user, go to the server's log: who may read a DAG may not
    therefore read a connection.
    """
    if isinstance(error, StoreUnavailable):
        log.warning("The metrics store (connection %r) is away: %s", connection, error)
        return Problem(
            "store",
            503,
            f"Cannot reach the metrics store (connection {connection!r}).",
            "Check that its database runs and that the api-server may connect to it; the api-server's log says "
            "what it answered. Try again then.",
        )
    if isinstance(error, StoreEmpty):
        return Problem(
            "store",
            503,
            f"The metrics store (connection {connection!r}) has no tables yet.",
            "Run `mlmonitor db upgrade`.",
        )
    if isinstance(error, StoreOutdated):
        log.warning("The metrics store (connection %r) is out of date: %s", connection, error)
        return Problem(
            "store",
            503,
            f"The metrics store (connection {connection!r}) has tables of another version.",
            "Run `mlmonitor db upgrade`, or install the version that made them on the api-server.",
        )
    if isinstance(error, StoreError):
        return _refused(error, connection)
    if isinstance(error, ConfigurationError):
        return Problem("store", 503, str(error), "See the section [mlmonitor] of Airflow's configuration.")
    log.error("A page of the ML Monitor cannot be made: %s", error)
    return Problem("server", 500, "What is stored cannot be read.", "The api-server's log says why.")


def _refused(error: StoreError, connection: str) -> Problem:
    if error.__cause__ is None:  # the store's own words, which name nothing but incidents
        return Problem("request", 409, str(error), "Load the page again to see how it stands now.")
    log.warning("The metrics store (connection %r) refused something: %s", connection, error)
    return Problem(
        "store",
        503,
        f"The metrics store (connection {connection!r}) refused that.",
        "The user of the connection may lack a right; the api-server's log says what the database answered.",
    )


def http_problem(error: HTTPException) -> Problem:
    """Say what Airflow, or the server itself, refused."""
    if error.status_code == 401:
        return Problem("permission", 401, "You are not logged in.", "Log in to Airflow, then try again.")
    if error.status_code == 403:
        return Problem("permission", 403, "Airflow refuses what you logged in with.", "Log in again.")
    if error.status_code == 404:
        return Problem("unknown", 404, "There is nothing at this address.", "Check how it is written.")
    kind: Kind = "request" if error.status_code < 500 else "server"
    return Problem(kind, error.status_code, f"{error.detail}.".replace("..", "."))


def request_problem(error: RequestValidationError) -> Problem:
    """Say which parameters are wrong, and how."""
    said = [f"{_place(found['loc'])}: {found['msg']}" for found in error.errors()]
    return Problem("request", 422, "; ".join(dict.fromkeys(said)) + ".", "Correct the parameters.")


def _place(where: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in where[1:]) or str(where[0])
