from __future__ import annotations

import asyncio
from collections import Counter
from threading import Event

import pytest

from airflow_mlmonitor.ui.server import recent as module
from airflow_mlmonitor.ui.server.recent import Recent


@pytest.fixture
def recent():
    made = Recent(seconds=60.0, threads=2)
    yield made
    made.close()


class Work:
    """Counts how often it is done."""

    def __init__(self):
        self.done = 0

    def __call__(self):
        self.done += 1
        return self.done


def test_what_was_just_read_is_not_read_again(recent):
    work, other = Work(), Work()

    async def ask():
        same = [await recent.read("page", work) for _ in range(3)]
        return same, await recent.read("other page", other)

    assert asyncio.run(ask()) == ([1, 1, 1], 1)


def test_those_who_ask_at_the_same_time_wait_for_one_reading(recent):
    goes_on, done = Event(), Counter()

    def slow():
        done["reading"] += 1
        goes_on.wait(30)
        return "page"

    async def ask():
        asked = [asyncio.ensure_future(recent.read("page", slow)) for _ in range(20)]
        await asyncio.sleep(0)
        goes_on.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == ["page"] * 20
    assert done["reading"] == 1


def test_one_who_goes_away_takes_nothing_from_the_others(recent):
    goes_on = Event()

    def slow():
        goes_on.wait(30)
        return "page"

    async def ask():
        first = asyncio.ensure_future(recent.read("page", slow))
        second = asyncio.ensure_future(recent.read("page", slow))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        goes_on.set()
        return await second

    assert asyncio.run(ask()) == "page"


def test_after_some_seconds_it_is_read_anew():
    work, recent = Work(), Recent(seconds=-1.0, threads=1)

    async def ask():
        return [await recent.read("page", work) for _ in range(2)]

    assert asyncio.run(ask()) == [1, 2]
    recent.close()


def test_whoever_asks_for_it_reads_it_anew_and_for_everybody(recent):
    work = Work()

    async def ask():
        return [await recent.read("page", work, anew=anew) for anew in (False, True, False)]

    assert asyncio.run(ask()) == [1, 2, 2]


def test_a_change_makes_everything_old(recent):
    work = Work()

    async def ask():
        before = await recent.read("page", work)
        changed = await recent.do(lambda: "changed")
        return before, changed, await recent.read("page", work)

    assert asyncio.run(ask()) == (1, "changed", 2)


def test_a_change_that_fails_makes_everything_old_too(recent):
    work = Work()

    async def ask():
        await recent.read("page", work)
        with pytest.raises(ZeroDivisionError):
            await recent.do(lambda: 1 // 0)
        return await recent.read("page", work)

    assert asyncio.run(ask()) == 2


def test_what_failed_is_told_to_those_who_ask_next(recent):
    tried = Counter()

    def fail():
        tried["times"] += 1
        raise ValueError("no such page")

    async def ask():
        for _ in range(3):
            with pytest.raises(ValueError, match="no such page"):
                await recent.read("page", fail)

    asyncio.run(ask())
    assert tried["times"] == 1


def test_only_so_much_is_kept(recent, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    work = Work()

    async def ask():
        for number in range(5):
            await recent.read(number, work)
        return await recent.read(4, work), await recent.read(0, work)

    assert asyncio.run(ask()) == (5, 6)
