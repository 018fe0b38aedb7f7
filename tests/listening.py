"""A mail server and a web server that keep what they are sent, on free ports of this machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Mailbox:
    """What a mail server took."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd calls it
        if self.refuses:
            return "554 Transaction failed"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.to.append(envelope.rcpt_tos)
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    @property
    def connection(self) -> str:
        """The mail server as Airflow's connection."""
        extra = {
            "from_email": "mlmonitor@example.com",
            "disable_tls": True,
            "disable_ssl": True,
            "retry_limit": 0,
        }
        return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": extra})


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    from aiosmtpd.controller import Controller

    mailbox = Mailbox(port=free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


@dataclass
class Listener:
    """What a web server was posted, and what it answers: the last answer goes on for ever."""

    port: int = 0
    requests: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {"ok": True})])

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.requests]

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.requests]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connection(self, conn_type: str = "http", **more: Any) -> str:
        """The web server as Airflow's connection."""
        place = {"host": "127.0.0.1", "port": self.port, "schema": "http"}
        return json.dumps({"conn_type": conn_type, **place, **more})


@contextmanager
def web_server() -> Iterator[Listener]:
    listener = Listener()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_json = "json" in self.headers.get("Content-Type", "")
            listener.requests.append((self.path, dict(self.headers), json.loads(raw) if is_json else raw))
            status, said = listener.answers.pop(0) if len(listener.answers) > 1 else listener.answers[0]
            body = said(self.path) if callable(said) else said
            encoded = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    listener.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server, behind the connection ``smtp_default``."""
    with mail_server() as found:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", found.connection)
        yield found


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A web server, behind the connection ``hooks``."""
    with web_server() as found:
        monkeypatch.setenv("AIRFLOW_CONN_HOOKS", found.connection())
        yield found


@pytest.fixture
def dead_port() -> int:
    """A port on which nobody listens."""
    return free_port()
