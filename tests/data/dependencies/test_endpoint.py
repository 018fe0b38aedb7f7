"""What a service tells of itself, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from airflow_mlmonitor.data.dependencies import Endpoint
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable
from tests.data.dependencies.looking import parts

LOGIN = "Basic bWU6aHVudGVyMg=="


class Serving(BaseHTTPRequestHandler):
    """A model server."""

    hang = Event()

    def do_GET(self) -> None:
        if self.path == "/slow":
            self.hang.wait(5)
        code = {"/moved": 302, "/down": 503, "/none": 404}.get(self.path, 200)
        if self.path == "/private" and self.headers["Authorization"] != LOGIN:
            code = 401
        body = {"model": {"versions": [{"name": "v3"}]}, "rate": 0.5, "odd": {"b": 1, "a": None}}
        content = b"no json" if self.path == "/text" else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("X-Model-Version", "v3")
        if code == 302:
            self.send_header("Location", "/private")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Serving.hang.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Serving) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        Serving.hang.set()
        server.shutdown()
        thread.join()


def connection(port: int, said: str = "hunter2") -> dict[str, str]:
    return {"serving": f"http://me:{said}@127.0.0.1:{port}"}


def test_fields_and_headers_are_parts(port: int) -> None:
    found = Endpoint(
        f"http://127.0.0.1:{port}/v2",
        fields=("model.versions.0.name", "rate", "odd"),
        headers=("X-Model-Version",),
    )
    assert parts(found) == {
        "X-Model-Version": "v3",
        "model.versions.0.name": "v3",
        "odd": '{"a": null, "b": 1}',
        "rate": "0.5",
    }


def test_the_login_of_a_connection_is_sent(port: int) -> None:
    endpoint = Endpoint("private", conn_id="serving", fields=("rate",))
    assert parts(endpoint, connection(port)) == {"rate": "0.5"}
    with pytest.raises(DataError, match="private on serving answers 401"):
        parts(endpoint, connection(port, "wrong"))


def test_no_login_goes_along_with_a_redirect(port: int) -> None:
    with pytest.raises(DataError, match="moved on serving answers 302"):
        parts(Endpoint("moved", conn_id="serving", fields=("rate",)), connection(port))


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("down", SourceUnavailable, "answers 503"),
        ("none", DataError, "answers 404"),
        ("text", DataError, "is no JSON; give headers="),
        ("slow", SourceUnavailable, "cannot be reached: timed out"),
    ],
)
def test_what_goes_wrong_is_named(port: int, path: str, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as told:
        parts(Endpoint(path, conn_id="serving", fields=("rate",), timeout=0.2), connection(port))
    assert "hunter2" not in str(told.value)


def test_what_the_answer_lacks_is_named(port: int) -> None:
    url = f"http://127.0.0.1:{port}/v2"
    with pytest.raises(DataError, match=r"has no field model\.versions\.7\.name"):
        parts(Endpoint(url, fields=("model.versions.7.name",)))
    with pytest.raises(DataError, match="has no header X-Nothing"):
        parts(Endpoint(url, headers=("X-Nothing",)))


def test_nothing_but_http_is_asked() -> None:
    with pytest.raises(ConfigurationError, match="http:// or https://"):
        parts(Endpoint("file:///etc/hostname", fields=("a",)))
    with pytest.raises(ConfigurationError, match="needs fields="):
        Endpoint("http://127.0.0.1")
    assert Endpoint("http://me:hunter2@127.0.0.1/v?token=1", fields=("a",)).title == "http://127.0.0.1/v"
