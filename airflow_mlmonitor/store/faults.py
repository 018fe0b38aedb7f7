"""What a database's complaint means: is it worth another try, and what should a person do?"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from airflow_mlmonitor.errors import StoreError, StoreOutdated, StoreUnavailable

Fault = SQLAlchemyError | OSError

# SQLite names its conditions, PostgreSQL has SQLSTATEs, MySQL and MariaDB have numbers.
PASSING = {
    *("SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"),
    *("40001", "40P01", "55P03"),
    *("1020", "1205", "1213", "1412"),
}
"""Two transactions met: one of them may simply start again."""

FULL = {"SQLITE_FULL", "53100", "1021", "1114"}
READ_ONLY = {
    "SQLITE_READONLY",
    "SQLITE_READONLY_DIRECTORY",
    "SQLITE_READONLY_DBMOVED",
    "25006",
    "1290",
    "1836",
    "1792",
}
SLOW = {"57014", "3024", "1969"}
DENIED = {"42501", "1142", "1143", "1227"}
NO_DATABASE = {"SQLITE_CANTOPEN", "SQLITE_CANTOPEN_ISDIR", "3D000", "1049"}
NO_TABLE = {"42P01", "42703", "1146", "1054"}

OPENING = "cannot be opened", "Check its name, and that this user may use it."
REACHING = "cannot be reached", "Check that it runs and that its connection is right, then try again."
REFUSING = "refused", "Check what is there and what this user may do."
ADVICE = (
    (FULL, ("is full", "Free some space, then try again.")),
    (READ_ONLY, ("cannot be written", "Give this user the right to write there, or name another store.")),
    (
        PASSING,
        ("stayed locked", "Find what holds the lock, an open transaction or a backup, then try again."),
    ),
    (DENIED, ("refused", "Give this user the right to do that, or take a user who has it.")),
    (SLOW, ("took too long to answer", "Try again when it is less busy.")),
    (NO_DATABASE, OPENING),
)


def is_passing(error: Fault) -> bool:
    """Whether the transaction may simply start again."""
    return _code(error) in PASSING


def explained(error: Fault, store: str) -> StoreError:
    """Say what happened, in words: which store (its URL without the password), what, and the fix."""
    said = _words(error)
    if _code(error) in NO_TABLE or said.startswith(("no such table", "no such column")):
        return StoreOutdated(
            f"The metrics store {store} lacks a table or a column ({said}). Run `mlmonitor db upgrade`."
        )
    what, advice = _advice(error)
    message = f"The metrics store {store} {what}: {said}. {advice}"
    return StoreUnavailable(message) if _is_outage(error) else StoreError(message)


def _advice(error: Fault) -> tuple[str, str]:
    code = _code(error)
    for codes, advice in ADVICE:
        if code in codes:
            return advice
    if isinstance(error, OSError):
        return OPENING
    return REACHING if _is_outage(error) else REFUSING


def _is_outage(error: Fault) -> bool:
    if _code(error) in DENIED:  # PyMySQL takes it for an outage
        return False
    outages = (OperationalError, InterfaceError, PoolTimeout, OSError)
    return isinstance(error, outages) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _code(error: Fault) -> str:
    """The driver's code of what happened; empty where it has none."""
    if not isinstance(error, DBAPIError):
        return ""
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    if arguments and isinstance(arguments[0], int):
        return str(arguments[0])
    codes = (getattr(error.orig, name, None) for name in ("sqlite_errorname", "sqlstate", "pgcode"))
    return str(next((code for code in codes if code), ""))


def _words(error: Fault) -> str:
    """The first line of what the driver said; SQLAlchemy's own text would add the whole statement."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    arguments: tuple[object, ...] = getattr(origin, "args", ())
    numbered = isinstance(error, DBAPIError) and len(arguments) > 1 and isinstance(arguments[0], int)
    text = str(arguments[1] if numbered else origin).strip()
    return (text.splitlines() or [type(origin).__name__])[0].rstrip(".")
