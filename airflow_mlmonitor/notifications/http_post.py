"""Posting JSON to the address in a connection: a few seconds, one more try, and errors that name the connection."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.connections import Details
from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.hooks import AirflowConnections

if TYPE_CHECKING:
    from httpx import Response

TIMEOUT = 10.0
"""Seconds that an answer may take: callbacks hold up a worker, or the DAG processor."""

PAUSE = 1.0
"""Seconds before the second try."""

LONGEST_PAUSE = 5.0
"""Seconds that a server may ask to wait."""

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which a second try may help."""

ANSWER = 200
"""Characters of a refusal that are shown."""

FIXES = {
    401: "check its password or token",
    403: "check its password or token",
    404: "check its address",
    410: "the address is no longer in use: make a new one",
    429: "it takes no more messages for now",
}


def post(conn_id: str, body: Mapping[str, Any], *, path: str = "", key: str = "") -> None:
    """Post JSON to the address in an Airflow connection.

    :param conn_id: the connection. Its password may be the whole address, as those of chats are secrets; otherwise
        the host is, with schema and port. ``headers`` in its extra go along, and login and password as basic
        authentication.
    :param body: what is posted.
    :param path: what follows the address.
    :param key: stays the same when a message is sent twice, for a receiver that wants to know.
    :raises ConfigurationError: there is no such connection, or it has no address.
    :raises NotDelivered: it was refused, or nobody answered, twice.
    """
    post_to(conn_id, AirflowConnections().details(conn_id), body, path=path, key=key)


def post_to(
    conn_id: str,
    details: Details,
    body: Mapping[str, Any],
    *,
    default_url: str = "",
    path: str = "",
    key: str = "",
) -> None:
    """Post JSON to a connection that is known already.

    :param default_url: the address where the connection has none.
    """
    url = address(details, conn_id, default_url) + path
    given = details.extra.get("headers")
    headers = {**({"Idempotency-Key": key} if key else {}), **(given if isinstance(given, Mapping) else {})}
    auth = (
        (details.login, details.password or "")
        if details.login and "://" not in (details.password or "")
        else None
    )
    _posted(conn_id, {"url": url, "json": dict(body), "headers": headers, "auth": auth})


def address(details: Details, conn_id: str, default_url: str = "") -> str:
    """Return the address in a connection.

    >>> address(Details(conn_type="http", host="hooks.example.com", schema="https", port=8443), "hooks")
    'https://hooks.example.com:8443'
    >>> address(Details(conn_type="http", password="https://chat.example.com/hook/secret"), "chat")
    'https://chat.example.com/hook/secret'
    """
    if "://" in (details.password or ""):
        return str(details.password)
    if not details.host:
        if default_url:
            return default_url
        raise ConfigurationError(
            f"The connection {conn_id!r} has no address: write the URL as its password, or its host, schema and port."
        )
    if "://" in details.host:
        return details.host.rstrip("/")
    schema = details.schema if details.schema in ("http", "https") else "https"
    return f"{schema}://{details.host.rstrip('/')}" + (f":{details.port}" if details.port else "")


def _posted(conn_id: str, request: Mapping[str, Any]) -> None:
    import httpx

    for last in (False, True):
        pause = PAUSE
        try:
            answer = httpx.post(timeout=TIMEOUT, **request)
        except httpx.InvalidURL as error:
            raise ConfigurationError(
                f"The address in the connection {conn_id!r} is not a URL: {error}."
            ) from None
        except httpx.TransportError as error:
            if last:
                raise NotDelivered(
                    f"Nobody answers at the address in the connection {conn_id!r} ({type(error).__name__}); "
                    "check its host, and that this machine may reach it."
                ) from None
        else:
            if answer.is_success:
                return
            if last or answer.status_code not in AGAIN:
                raise NotDelivered(_refusal(conn_id, answer))
            pause = _asked_pause(answer)
        time.sleep(pause)


def _refusal(conn_id: str, answer: Response) -> str:
    """Say what was answered; never the address, which may be the secret."""
    said = " ".join(answer.text.split())[:ANSWER]
    fix = FIXES.get(answer.status_code, "the message was not taken")
    return f"The connection {conn_id!r} answered {answer.status_code}: {fix}." + (
        f" It said: {said}" if said else ""
    )


def _asked_pause(answer: Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else PAUSE
