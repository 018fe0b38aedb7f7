"""The version that a service tells of itself."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable

if TYPE_CHECKING:
    from email.message import Message
    from urllib.request import Request

MOST = 1 << 20
"""Bytes of an answer that are read."""


@dataclass(frozen=True)
class Endpoint(Dependency):
    """The version that a service tells of itself over HTTP, in a field of its JSON answer or in a header.

    Redirects are not followed: the login would go along.

    Parameters
    ----------
    path
        Path on the connection's host, such as ``v2/models/flights``; without a connection a whole URL.
    conn_id
        Airflow connection of type HTTP: host, port, schema (``https``), login and password, headers as extra.
    fields
        Fields of the JSON answer, with dots between levels: ``version``, ``model.versions.0.name``.
    headers
        Headers of the answer.
    timeout
        Seconds to wait.

    The other parameters are those of :class:`Dependency`.

    Raises
    ------
    ConfigurationError
        Neither fields nor headers are given.

    Examples
    --------
    >>> Endpoint("v2/models/flights", conn_id="serving", fields=("model.version",)).title
    'v2/models/flights on serving'
    """

    path: str
    _: KW_ONLY
    conn_id: str | None = None
    fields: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    timeout: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.fields and not self.headers:
            raise ConfigurationError("Endpoint() needs fields=('version',) or headers=('X-Model-Version',).")

    @property
    def label(self) -> str:
        """The path and its connection, without a login or a query."""
        from airflow_mlmonitor.data.location import without_secrets

        shown = without_secrets(self.path).partition("?")[0]
        return f"{shown} on {self.conn_id}" if self.conn_id else shown

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Ask the service."""
        body, headers = self._answer(self._request(connections))
        parts = {field: _at(body, field, self.label) for field in self.fields}
        for name in self.headers:
            if name not in headers:
                raise DataError(f"The answer of {self.label} has no header {name}.")
            parts[name] = str(headers[name])
        return Fingerprint(parts=parts)

    def _request(self, connections: Connections) -> Request:
        from base64 import b64encode
        from urllib.request import Request

        if self.conn_id is None:
            return Request(_http(self.path), headers={"Accept": "application/json"})  # noqa: S310 - looked at
        details = connections.details(self.conn_id)
        headers = {"Accept": "application/json"}
        headers |= {name: value for name, value in details.extra.items() if isinstance(value, str)}
        if details.login:
            login = b64encode(f"{details.login}:{details.password or ''}".encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        host = details.host or ""
        base = host if "://" in host else f"{details.schema or details.conn_type or 'http'}://{host}"
        base += f":{details.port}" if details.port else ""
        return Request(_http(f"{base.rstrip('/')}/{self.path.lstrip('/')}"), headers=headers)  # noqa: S310

    def _answer(self, request: Request) -> tuple[bytes, Message]:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import HTTPRedirectHandler, build_opener

        class Staying(HTTPRedirectHandler):
            """Follows no redirect."""

            def redirect_request(self, *_: Any, **__: Any) -> None:
                return None

        try:
            with build_opener(Staying).open(request, timeout=self.timeout) as answer:
                return answer.read(MOST), answer.headers
        except HTTPError as error:
            with error:
                kind = SourceUnavailable if error.code >= 500 else DataError
                raise kind(f"{self.label} answers {error.code} {error.reason}.") from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise SourceUnavailable(f"{self.label} cannot be reached: {reason}.") from None


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            "Endpoint() asks over http:// or https://; give conn_id=, or a whole URL as the path."
        )
    return url


def _at(body: bytes, field: str, label: str) -> str:
    """The value at a path of a JSON answer."""
    import json

    try:
        value = json.loads(body)
    except ValueError:
        raise DataError(f"The answer of {label} is no JSON; give headers= instead of fields=.") from None
    for step in field.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise DataError(f"The answer of {label} has no field {field}.") from None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
