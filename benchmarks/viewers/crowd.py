"""People in front of Airflow's UI: each logs in, opens a page, reads for some seconds, and opens the next."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from benchmarks.viewers.names import Stock

API = "/mlmonitor/api"
SHARES = {"task": 40, "run": 15, "dag": 15, "models": 10, "incident": 10, "home": 10}
"""How often each page is opened, in a hundred."""

LOOKED_AT = 30
"""Days that people look at: they share some, so that some answers are fresh, as in a team."""

READING = (2.0, 6.0)
"""Seconds that somebody reads a page."""


@dataclass(frozen=True)
class Asked:
    """One request: what it is called in the table, and where it goes."""

    name: str
    path: str
    parameters: Mapping[str, str]


@dataclass
class Tally:
    """How long every request took, in seconds, by its name; what was no answer; and what it cost."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    pages: int = 0
    cpu: float = 0.0
    """Seconds of CPU that the api-server took meanwhile: other work on the machine changes times, and hardly these."""


class Habits:
    """What one person opens, at random but the same in every run of the benchmark."""

    def __init__(self, number: int, size: Stock, incidents: list[int], series: list[tuple[str, str]]) -> None:
        self._draw = random.Random(number)  # noqa: S311 - the same people every time
        self._size, self._incidents, self._series = size, incidents, series

    def page(self) -> Iterator[Asked]:
        """The requests of the next page, in the order in which the browser sends them."""
        (name,) = self._draw.choices(list(SHARES), weights=list(SHARES.values()))
        opened: dict[str, Callable[[], Iterator[Asked]]] = {
            "task": self._task,
            "run": self._run,
            "dag": self._dag,
            "models": self._models,
            "incident": self._incident,
            "home": self._home,
        }
        yield from opened[name]()

    def pause(self) -> float:
        """How long they read."""
        return self._draw.uniform(*READING)

    def _task(self) -> Iterator[Asked]:
        number, run_id = self._monitor(), self._size.run(self._day())
        task = {"dag_id": self._size.dag(number), "run_id": run_id, "task_id": self._size.task(number)}
        yield Asked("report", f"{API}/report", {**task, "map_index": "-1"})

    def _run(self) -> Iterator[Asked]:
        dag_id = self._size.dag(self._monitor())
        yield Asked("run", f"{API}/run", {"dag_id": dag_id, "run_id": self._size.run(self._day())})

    def _dag(self) -> Iterator[Asked]:
        number = self._monitor()
        dag_id = self._size.dag(number)
        yield Asked("dag", f"{API}/dag", {"dag_id": dag_id, "days": "90"})
        yield Asked("series/names", f"{API}/series/names", {"dag_id": dag_id})
        metric, column = self._draw.choice(self._series)
        shown = {"monitor": self._size.monitor(number), "metric": metric, "column": column}
        yield Asked("series", f"{API}/series", shown)

    def _models(self) -> Iterator[Asked]:
        yield Asked("models", f"{API}/models", {})

    def _incident(self) -> Iterator[Asked]:
        yield Asked("incident", f"{API}/incident/{self._draw.choice(self._incidents)}", {})

    def _home(self) -> Iterator[Asked]:
        yield Asked("banner", f"{API}/banner", {})

    def _monitor(self) -> int:
        return self._draw.randrange(self._size.monitors)

    def _day(self) -> int:
        """Mostly the last day."""
        return min(int(self._draw.expovariate(1 / 3)), LOOKED_AT - 1)


async def watch(
    url: str,
    login: Mapping[str, str],
    people: list[Habits],
    *,
    seconds: float,
    thinking: bool,
    tell: Callable[[int], None] = lambda pages: None,
) -> Tally:
    """Let people open pages for some time, and count."""
    tally, end = Tally(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=len(people), max_keepalive_connections=len(people))
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as client:
        tasks = [asyncio.create_task(_sit(client, login, one, tally, end, thinking)) for one in people]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0.5)
            tell(tally.pages)
        await asyncio.gather(*tasks)
    return tally


async def _sit(
    client: httpx.AsyncClient,
    login: Mapping[str, str],
    person: Habits,
    tally: Tally,
    end: float,
    thinking: bool,
) -> None:
    if thinking:
        await asyncio.sleep(person.pause() / 2)  # nobody begins at the same moment
    told = await client.post("/auth/token", json=dict(login))
    cookie = {"Cookie": f"_token={told.raise_for_status().json()['access_token']}"}
    while time.monotonic() < end:
        for asked in person.page():
            await _ask(client, cookie, asked, tally)
        tally.pages += 1
        if thinking:
            await asyncio.sleep(min(person.pause(), max(0.0, end - time.monotonic())))


async def _ask(client: httpx.AsyncClient, cookie: Mapping[str, str], asked: Asked, tally: Tally) -> None:
    began = time.perf_counter()
    answered = None
    with suppress(httpx.HTTPError):
        answered = await client.get(asked.path, params=dict(asked.parameters), headers=dict(cookie))
    tally.seconds.setdefault(asked.name, []).append(time.perf_counter() - began)
    if answered is None or answered.status_code != 200:
        said = answered.text[:200] if answered is not None else "no answer"
        tally.failed.append(f"{asked.name}: {said}")
