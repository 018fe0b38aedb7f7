"""The metrics store in memory: for tests, and for looking at rows once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from airflow_mlmonitor.data.window import Window, utc
from airflow_mlmonitor.judging.incident import Group, Notice
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.deciding import accepted_parts, merged
from airflow_mlmonitor.store.history import History, Point, Run, State
from airflow_mlmonitor.store.memory_casebook import Key
from airflow_mlmonitor.store.memory_logbook import MemoryLogbook, Saved, point_of
from airflow_mlmonitor.store.retention import KEPT, PRUNED, Pruned, Tell, stamp
from airflow_mlmonitor.store.saving import (
    alert_in,
    no_such_run,
    refuse_stranger,
    refuse_unstorable,
    state_of,
)
from airflow_mlmonitor.store.store import Annotation, MetricsStore, Pin


class MemoryStore(MemoryLogbook, MetricsStore):
    """A metrics store that is gone with its process.

    Examples
    --------
    >>> store = MemoryStore()
    >>> store.keep("training", Window.parse("2013-01-01"), b"an encoded profile")
    >>> store.profiles("training", asof=datetime(2013, 2, 1, tzinfo=UTC), last=28)[0][0].label
    '2013-01-01'
    """

    def __init__(self) -> None:
        super().__init__()
        self._profiles: dict[Key, bytes] = {}
        self._pins: dict[tuple[str, str], Pin] = {}

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all that this thread reads within it see one state of the store: nobody writes meanwhile."""
        return self._alone()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:
            yield

    def save(self, report: Report, *, profile: bytes | None = None) -> list[Notice]:
        """Remember a run and, encoded, the profile of its rows; say what it meant for incidents."""
        refuse_unstorable(report)
        key = report.monitor, report.window
        with self._lock:
            earlier = self._saved.get(key)
            if earlier:
                refuse_stranger(report, earlier.run.tags, earlier.run.started)
            run = _run(report, earlier.run.state if earlier else None)
            self._saved[key] = Saved(run, report.verdicts, dict(report.facts), dict(report.traces))
            self._models[report.monitor] = report.model
            for metric in (verdict.metric for verdict in report.verdicts):
                kind = {"scale": metric.scale, "family": metric.family, "worse": metric.worse}
                self._kinds[report.monitor, metric.key] = kind
            self._profiles.pop(key, None)
            if profile is not None:
                self._profiles[key] = profile
            self._alerts[key] = alert_in(report)
            return self._track(report.monitor, report.window, datetime.now(UTC))

    def history(
        self,
        monitor: str,
        *,
        asof: datetime,
        last: int = 365,
        metric: str | None = None,
        column: str | None = None,
        points: bool = True,
        traces: Sequence[str] = (),
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> History:
        """Return the last runs whose windows end by ``asof``, with their metrics or some of them."""
        with self._lock:
            runs = tuple(reversed(self.runs(monitor=monitor, asof=asof, last=last)))
            found: dict[tuple[str, str, str], dict[int, Point]] = {}
            left: dict[str, dict[int, bytes]] = {}
            for position, run in enumerate(runs):
                saved = self._saved[monitor, run.window]
                for verdict in saved.verdicts if points else ():
                    key = verdict.metric.key
                    named = series is None or key in series
                    if named and metric in (None, key[0]) and column in (None, key[1]):
                        found.setdefault(key, {})[position] = point_of(run, verdict)
                for name in saved.traces.keys() & set(traces):
                    left.setdefault(name, {})[position] = saved.traces[name]
            own = [one for one in self._incidents.values() if one.monitor == monitor]
            return History(runs, found, left, *merged(self._accepted_by(runs), accepted_parts(own, runs)))

    def verdicts(
        self,
        monitor: str,
        window: Window,
        *,
        status: Collection[Status] | None = None,
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> list[Verdict]:
        """Return the stored verdicts of one run, in the order in which they were saved; empty if it is unknown."""
        with self._lock:
            saved = self._saved.get((monitor, window))
            return [
                self._as_now(monitor, verdict)
                for verdict in (saved.verdicts if saved else ())
                if (status is None or verdict.status in status)
                and (series is None or verdict.metric.key in series)
            ]

    def facts(self, monitor: str, window: Window) -> dict[str, str]:
        """Return the stored facts of one run; empty if it is unknown."""
        with self._lock:
            saved = self._saved.get((monitor, window))
            return dict(saved.facts) if saved else {}

    def mark(self, monitor: str, window: Window, state: State, *, who: str, note: str = "") -> None:
        """Say what a run is worth as history; who said so, when and why is kept."""
        key = monitor, window
        with self._lock:
            if key not in self._saved:
                raise no_such_run(monitor, window)
            self._set_state(key, state, who=who, note=note, made_at=datetime.now(UTC))
            if state is State.ACCEPTED:
                self._accept_groups(key)

    def annotations(self, monitor: str, window: Window) -> list[Annotation]:
        """Return what people said of one run, oldest first; empty if it is unknown."""
        with self._lock:
            return list(self._annotations.get((monitor, window), ()))

    def pin(
        self,
        model: str,
        version: str,
        profile: bytes,
        *,
        rows: int,
        label: str = "",
        days: Mapping[Window, bytes] | None = None,
    ) -> None:
        """Pin a profile as the baseline of a model version, replacing an earlier pin of the same version."""
        now = datetime.now(UTC)
        pinned = Pin(model=model, version=version, profile=profile, rows=rows, label=label, pinned_at=now)
        with self._lock:
            self._pins.pop((model, version), None)
            self._pins[model, version] = pinned
            for key in [key for key in self._profiles if key[0] == pinned.days_label]:
                del self._profiles[key]
            self._profiles.update(
                {(pinned.days_label, window): part for window, part in (days or {}).items()}
            )

    def pinned(self, model: str, version: str | None = None) -> Pin | None:
        """Return what is pinned for a version, or the model's latest pin; None if there is none."""
        with self._lock:
            latest_first = reversed(self._pins.values())
            return next(
                (pin for pin in latest_first if pin.model == model and version in (None, pin.version)), None
            )

    def keep(self, label: str, window: Window, profile: bytes) -> None:
        """Keep a dated profile under a label, replacing the one of the same window."""
        with self._lock:
            self._profiles[label, window] = profile

    def profiles(
        self, label: str, *, asof: datetime, last: int, windows: Sequence[Window] | None = None
    ) -> list[tuple[Window, bytes]]:
        """Return the dated profiles of a label that end by ``asof``, oldest first, at most ``last``."""
        with self._lock:
            found = [
                (window, profile)
                for (name, window), profile in self._profiles.items()
                if name == label and window.end <= utc(asof) and self._trains(label, window)
            ]
        wanted = [
            (window, profile) for window, profile in sorted(found) if windows is None or window in windows
        ]
        return wanted[-last:] if last > 0 else []

    def profile(self, label: str, window: Window) -> bytes | None:
        """Return the profile of one window, whatever its run is worth as history; None if there is none."""
        with self._lock:
            return self._profiles.get((label, window))

    def prune(self, *, before: datetime, dry_run: bool = False, tell: Tell = lambda _done: None) -> Pruned:
        """Remove the numbers of old runs, and say how many."""
        done = Pruned()
        with self._lock:
            for key in _old(self._saved, before):
                saved = self._saved[key]
                numbers = {"metrics": len(saved.verdicts), "traces": len(saved.traces)}
                has = Pruned(**numbers, profiles=int(key in self._profiles))
                done += replace(has, runs=int(has.rows > 0))
                if has.rows and not dry_run:
                    facts = {**saved.facts, PRUNED: stamp(datetime.now(UTC))}
                    self._saved[key] = replace(saved, verdicts=(), traces={}, facts=facts)
                    self._profiles.pop(key, None)
            known = {*self._models, *(pinned.days_label for pinned in self._pins.values())}
            for key in _old([key for key in self._profiles if key[0] not in known], before):
                done += Pruned(profiles=1)
                if not dry_run:
                    del self._profiles[key]
        tell(done)
        return done

    def _state(self, key: Key) -> State:
        return self._saved[key].run.state

    def _set_state(self, key: Key, state: State, *, who: str, note: str, made_at: datetime) -> None:
        saved = self._saved[key]
        said = Annotation(who=who, note=note, made_at=made_at, before=saved.run.state, after=state)
        self._annotations.setdefault(key, []).append(said)
        self._saved[key] = replace(saved, run=replace(saved.run, state=state))

    def _accepted_by(self, runs: Sequence[Run]) -> dict[Group, datetime]:
        """From when on each group's values are the new normal, as accepted runs say; the last one holds."""
        return {
            group: run.window.start
            for run in runs
            if run.state is State.ACCEPTED
            for group in self._accepted.get((run.monitor, run.window), ())
        }

    def _trains(self, label: str, window: Window) -> bool:
        saved = self._saved.get((label, window))
        return saved is None or saved.run.state.trains

    def _as_now(self, monitor: str, verdict: Verdict) -> Verdict:
        return replace(verdict, metric=replace(verdict.metric, **self._kinds[monitor, verdict.metric.key]))


def _run(report: Report, earlier: State | None) -> Run:
    return Run(
        monitor=report.monitor,
        model=report.model,
        window=report.window,
        status=report.status,
        state=state_of(report, earlier),
        rows=report.rows,
        model_version=report.model_version,
        tags=report.tags,
        started=utc(report.started),
        seconds=report.seconds,
        score=report.score,
        threshold=report.threshold,
    )


def _old(keys: Iterable[Key], before: datetime) -> list[Key]:
    """Those that ended by a moment, without the newest ones of each name."""
    windows: dict[str, list[Window]] = {}
    for name, window in keys:
        windows.setdefault(name, []).append(window)
    return [
        (name, window)
        for name, found in windows.items()
        for window in sorted(found)[:-KEPT]
        if window.end <= utc(before)
    ]
