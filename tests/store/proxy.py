"""A way to a server that can be cut and restored."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from typing import Self


class Proxy:
    """Passes what reaches a local port on to a server, until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._listener = self._listening(0)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._start(self._accept, self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.cut()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def restore(self) -> None:
        """Let connections through again, on the same port."""
        self._listener = self._listening(self.port)
        self._start(self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                self._start(self._pass_on, client, server)
                self._start(self._pass_on, server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _start(self, work: object, *arguments: socket.socket) -> None:
        thread = Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    @staticmethod
    def _listening(port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return listener
