"""Every day and every variant of it, measured once and kept: judges are then scored in seconds."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from airflow_mlmonitor.data import Profile, Window
from airflow_mlmonitor.data.rules.memory import Memory
from benchmarks.detection import ours
from benchmarks.detection.partition import Days
from benchmarks.detection.peers.summary import Reference
from benchmarks.detection.plan import Plan, Variant, crept, damaged
from benchmarks.detection.reading import Reading, Schema

Advance = Callable[[int], object]
Creeping = tuple[str, int]
"""Kind of a creep and the day on which it began."""


@dataclass
class Measured:
    """Every day and every variant of it, measured once.

    Parameters
    ----------
    name
        Of the data set.
    plan
        What was done to it.
    windows
        The spans of the days.
    reference, start, test, step
        As in :class:`~benchmarks.detection.partition.Days`.
    clean
        The days as they were.
    variants
        The days on which something failed.
    guilty
        Whom to blame for each variant.
    creeps
        The days of each creep, from its first on.
    notes
        What was left out, and why.
    """

    name: str
    plan: Plan
    windows: tuple[Window, ...]
    reference: int
    start: int
    test: int
    step: int
    clean: list[Reading] = field(default_factory=list)
    variants: dict[Variant, Reading] = field(default_factory=dict)
    guilty: dict[Variant, frozenset[str]] = field(default_factory=dict)
    creeps: dict[Creeping, list[Reading]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rules: dict[str, int] = field(default_factory=dict)

    def save(self, file: Path) -> None:
        """Write it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps(self))
        part.replace(file)

    @classmethod
    def load(cls, file: Path) -> Measured:
        """Read what :meth:`save` wrote: a pickle, so open only your own."""
        found = pickle.loads(file.read_bytes())  # noqa: S301 - our own
        assert isinstance(found, cls)  # noqa: S101
        return found


def load_cached(folder: Path) -> list[Measured]:
    """What earlier runs of the benchmark measured, one for each data set, the newest last."""
    files = sorted(folder.glob("*.pickle"), key=lambda file: file.stat().st_mtime)
    return [Measured.load(file) for file in files]


def fingerprint(days: Days, plan: Plan) -> str:
    """Tells data sets and plans apart."""
    digest = hashlib.sha256(repr((plan, days.reference, days.start, days.test, days.step)).encode())
    for frame in days.frames:
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:12]


def measured(days: Days, plan: Plan, *, processes: int = 1, advance: Advance = lambda _: None) -> Measured:
    """Measure every day, then every variant of it.

    Parameters
    ----------
    days
        The data set.
    plan
        What is done to it.
    processes
        That share the variants.
    advance
        Told how many more days have been measured.
    """
    bench = _Bench.of(days)
    done = Measured(
        name=days.subject.name,
        plan=plan,
        windows=tuple(days.window(position) for position in range(len(days))),
        reference=days.reference,
        start=days.start,
        test=days.test,
        step=days.step,
        notes=days.subject.notes,
        rules=dict(ours.described(bench.watch)),
    )
    schemas: dict[Schema, Schema] = {}
    for position in range(len(days)):
        done.clean.append(bench.clean(position, plan).sharing(schemas))
        advance(1)
    for found in _all(bench, plan, processes):
        _store(done, found, schemas)
        advance(len(found.readings))
    missing = [kind for kind in plan.kinds if not any(kind == known for _, known, _ in done.variants)]
    missing += [kind for kind in plan.creeps if not any(kind == known for known, _ in done.creeps)]
    if missing:
        done.notes += (f"left out, since the data has nothing for them: {', '.join(missing)}",)
    return done


def size(days: Days, plan: Plan) -> int:
    """Number of days to be measured."""
    variants = len(plan.positions) * len(plan.kinds) * len(plan.shares)
    return len(days) + variants + len(plan.creeps) * len(plan.starts) * plan.length


class _Job(NamedTuple):
    """A day's failures, or the days of a creep."""

    position: int
    kind: str = ""


class _Found(NamedTuple):
    job: _Job
    readings: list[Reading]
    variants: list[Variant]
    guilty: list[frozenset[str]]


def _store(done: Measured, found: _Found, schemas: dict[Schema, Schema]) -> None:
    readings = [reading.sharing(schemas) for reading in found.readings]
    if found.job.kind:
        if readings:
            done.creeps[found.job.kind, found.job.position] = readings
        return
    done.variants.update(zip(found.variants, readings, strict=True))
    done.guilty.update(zip(found.variants, found.guilty, strict=True))


@dataclass
class _Bench:
    """What measures days; a process has one."""

    days: Days
    watch: ours.Watch
    reference: Reference
    memory: Memory = field(default_factory=Memory)
    memories: dict[int, Memory] = field(default_factory=dict)
    yesterdays: dict[int, tuple[Window, Profile]] = field(default_factory=dict)
    last: tuple[Window, Profile] | None = None

    @classmethod
    def of(cls, days: Days) -> _Bench:
        return cls(days, ours.Watch.of(days), Reference.of(days.training))

    def clean(self, position: int, plan: Plan) -> Reading:
        """Measure a day as it was, and remember it."""
        if position in {*plan.positions, *plan.starts}:
            self.memories[position] = self.memory
            if self.last:
                self.yesterdays[position] = self.last
        reading, settled = self._measure(self.days.frames[position], position, self.memory, self.last)
        self.memory = ours.grown(self.memory, settled.novelty)
        self.last = self.days.window(position), settled.compact()
        return reading

    def work(self, job: _Job, plan: Plan) -> _Found:
        """Measure the failures of a day, or the days of a creep."""
        return self._creep(job, plan) if job.kind else self._failures(job, plan)

    def _failures(self, job: _Job, plan: Plan) -> _Found:
        found = _Found(job, [], [], [])
        for kind in plan.kinds:
            for share in plan.shares:
                damage = damaged(self.days, (job.position, kind, share))
                if damage is not None:
                    memory, before = self.memories[job.position], self.yesterdays.get(job.position)
                    found.readings.append(self._measure(damage.rows, job.position, memory, before)[0])
                    found.variants.append((job.position, kind, share))
                    found.guilty.append(damage.guilty)
        return found

    def _creep(self, job: _Job, plan: Plan) -> _Found:
        found = _Found(job, [], [], [])
        memory, before = self.memories[job.position], self.yesterdays.get(job.position)
        for position in range(job.position, min(job.position + plan.length, len(self.days))):
            damage = crept(self.days, job.kind, job.position, position)
            if damage is None:
                break
            reading, settled = self._measure(damage.rows, position, memory, before)
            found.readings.append(reading)
            memory = ours.grown(memory, settled.novelty)
            before = self.days.window(position), settled.compact()
        return found

    def _measure(
        self, rows: pd.DataFrame, position: int, memory: Memory, before: tuple[Window, Profile] | None
    ) -> tuple[Reading, Profile]:
        profile = self.watch.read(rows, self.days.dates[position])
        metrics, settled = self.watch.measure(profile, memory, self.days.window(position), before)
        return Reading.of(metrics, len(rows), self.reference.summarise(rows)), settled


def _all(bench: _Bench, plan: Plan, processes: int) -> Iterator[_Found]:
    jobs = [_Job(position) for position in plan.positions]
    jobs += [_Job(start, kind) for start in plan.starts for kind in plan.creeps]
    if processes < 2:
        yield from (bench.work(job, plan) for job in jobs)
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.pickle"
        file.write_bytes(pickle.dumps((bench, plan)))
        # Processes begun afresh: threads of pyarrow do not survive a fork.
        with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (file,)) as pool:
            yield from _as_they_come(pool.submit(_work, job) for job in jobs)


def _as_they_come(futures: Iterable[Any]) -> Iterator[_Found]:
    for future in as_completed(list(futures)):
        yield future.result()


_here: list[tuple[_Bench, Plan]] = []


def _begin(file: Path) -> None:
    _here.append(pickle.loads(file.read_bytes()))  # noqa: S301 - written by the process that began this one


def _work(job: _Job) -> _Found:
    bench, plan = _here[0]
    return bench.work(job, plan)
