from __future__ import annotations

import asyncio
from types import SimpleNamespace

from airflow_mlmonitor.ui.late_app import LateApp


def test_the_application_is_made_once_when_it_is_first_asked(monkeypatch):
    made, asked = [], []

    async def app(scope, receive, send):
        asked.append(scope["path"])

    def make_application():
        made.append("application")
        return app

    module = SimpleNamespace(make_application=make_application)
    monkeypatch.setitem(__import__("sys").modules, "airflow_mlmonitor.ui.server.application", module)
    late = LateApp()

    async def browser():
        await asyncio.gather(*(late({"path": path}, None, None) for path in ("/a", "/b", "/c")))

    assert made == []
    asyncio.run(browser())
    assert made == ["application"]
    assert sorted(asked) == ["/a", "/b", "/c"]
