"""What a database's complaint means: is it worth another try, and what should a person do?"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from airflow_mlmonitor.errors import StoreError, StoreOutdated, StoreUnavailable

# SQLite names its conditions, PostgreSQL has SQLSTATEs, MySQL and MariaDB have numbers.
PASSING = {
    *("SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"),
    *("40001", "40P01", "55P03"),
    *("1020", "1205", "1213", "1412"),
}
"""Two transactions met: one of them may simply start again."""

MISSING = {"42P01", "42703", "1146", "1054"}
"""A table or a column is not there."""

ADVICE = {
    "is full": (
        {"SQLITE_FULL", "53100", "1021", "1114"},
        "Free some space, then run the task again.",
    ),
    "cannot be written": (
        {"SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY", "SQLITE_READONLY_DBMOVED", "25006", "1290", "1836"},
        "Give this user the right to write there, or name another store.",
    ),
    "cannot be opened": (
        {"SQLITE_CANTOPEN", "SQLITE_CANTOPEN_ISDIR", "3D000", "1049"},
        "Check its name, and that this user may use it.",
    ),
    "stayed locked": (
        PASSING,
        "Find what holds the lock, such as an open transaction or a backup, then run the task again.",
    ),
}


def is_passing(error: SQLAlchemyError | OSError) -> bool:
    """Whether the transaction may simply start again."""
    return isinstance(error, DBAPIError) and _code(error) in PASSING


def explained(error: SQLAlchemyError | OSError, store: str) -> StoreError:
    """Say what happened, in words: which store (its URL without the password), what, and the fix."""
    if _is_missing_table(error):
        return StoreOutdated(
            f"The metrics store {store} lacks a table or a column ({_words(error)}). Run `mlmonitor db upgrade`."
        )
    what, advice = _advice(error)
    said = f"The metrics store {store} {what}: {_words(error)}. {advice}"
    return StoreUnavailable(said) if _is_outage(error) else StoreError(said)


def _is_missing_table(error: SQLAlchemyError | OSError) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    return _code(error) in MISSING or _words(error).startswith(("no such table", "no such column"))


def _advice(error: SQLAlchemyError | OSError) -> tuple[str, str]:
    code = _code(error) if isinstance(error, DBAPIError) else ""
    for what, (codes, advice) in ADVICE.items():
        if code in codes:
            return what, advice
    if _is_outage(error):
        return (
            "cannot be reached",
            "Check that it runs and that its connection is right, then run the task again.",
        )
    return "refused", "Check what is there and what this user may do."


def _is_outage(error: SQLAlchemyError | OSError) -> bool:
    outages = (OperationalError, InterfaceError, PoolTimeout, OSError)
    return isinstance(error, outages) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _code(error: DBAPIError) -> str:
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    if arguments and isinstance(arguments[0], int):
        return str(arguments[0])
    codes = (getattr(error.orig, name, None) for name in ("sqlite_errorname", "sqlstate", "pgcode"))
    return str(next((code for code in codes if code), ""))


def _words(error: SQLAlchemyError | OSError) -> str:
    """The first line of what the driver said; SQLAlchemy's own text would add the whole statement."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    arguments: tuple[object, ...] = getattr(origin, "args", ())
    numbered = len(arguments) > 1 and isinstance(arguments[0], int) and not isinstance(origin, OSError)
    text = str(arguments[1] if numbered else origin).strip()
    return (text.splitlines() or [type(origin).__name__])[0].rstrip(".")
