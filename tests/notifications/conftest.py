"""Servers that keep what they are sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notifications.listening import Listener, Mailbox, free_port, mail_server, web_server


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
