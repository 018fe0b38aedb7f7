"""What was read in the last few seconds, and the few threads that read."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")

SECONDS = 5.0
THREADS = 8
MOST = 500


class Recent:
    """Reads documents in a few threads of its own, each only once in some seconds.

    A team that opens the same page at once asks the database once. The threads are not those that Airflow's own
    routes wait for, so a metrics store that answers slowly, or not at all, slows nothing but its own pages.

    :param seconds: how long something is kept after it was read.
    :param threads: how many documents are read at once.
    """

    def __init__(self, *, seconds: float = SECONDS, threads: int = THREADS) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="mlmonitor-ui")
        self._kept: OrderedDict[Hashable, tuple[Future[Any], list[float]]] = OrderedDict()
        self._lock = Lock()

    async def read(self, key: Hashable, work: Callable[[], T], *, anew: bool = False) -> T:
        """Return what ``work`` gives, or gave a moment ago under the same key; so for what it raises.

        :param anew: not what was read before, even if it was just now.
        """
        found = asyncio.wrap_future(self._found(key, work, anew))
        return cast("T", await asyncio.shield(found))  # others may wait for it too

    async def do(self, work: Callable[[], T]) -> T:
        """Return what ``work`` gives, now; whatever was read before is forgotten then."""
        try:
            return await asyncio.shield(asyncio.wrap_future(self._threads.submit(work)))
        finally:
            self.forget()

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _found(self, key: Hashable, work: Callable[[], T], anew: bool) -> Future[T]:
        with self._lock:
            future, ended = self._kept.get(key, (None, []))
            if (
                future is not None
                and not anew
                and not (ended and ended[0] + self._seconds < time.monotonic())
            ):
                return future
            future, ended = self._threads.submit(work), []
            future.add_done_callback(lambda _: ended.append(time.monotonic()))
            self._kept[key] = future, ended
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return future
