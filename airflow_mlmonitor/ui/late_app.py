"""An application that is imported when it is first asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class LateApp:
    """Stands for the application until a browser asks it something.

    The import takes a second, so it is done in a thread: the api-server answers others meanwhile.
    """

    def __init__(self) -> None:
        self._app: Application | None = None
        self._lock = Lock()

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        app = self._app
        if app is None:
            app = await asyncio.to_thread(self._load)
        await app(scope, receive, send)

    def _load(self) -> Application:
        with self._lock:  # two first requests at once make one application
            app = self._app
            if app is None:
                from airflow_mlmonitor.ui.server.application import make_application

                app = self._app = make_application()
            return app
