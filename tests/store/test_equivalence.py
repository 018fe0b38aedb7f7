"""Whatever is done to a store in a database, it answers as the one in memory does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import StoreError
from airflow_mlmonitor.judging.incident import Happening
from airflow_mlmonitor.judging.incidents import BY_PEOPLE
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report, Tags
from airflow_mlmonitor.store import MemoryStore, MetricsStore, Run, SqlStore, State
from tests.store.making import FIRST_DAY, day, report, verdict

WINDOWS = [*(day(number) for number in range(3)), Window(day(0).start, day(1).end)]
ASOF = [day(2).start, FIRST_DAY + timedelta(days=60)]
PREFIX = count()
EXAMPLES = 10
Operation = Callable[[MetricsStore, str], object]

numbers = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
optional = st.none() | numbers
texts = st.text(max_size=20)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    return verdict(
        draw(st.sampled_from(["ks", "psi", "KS"])),
        draw(optional),
        draw(st.sampled_from([None, "temp", "Temp", "dewp "])),
        slice=draw(st.sampled_from(["", "origin=EWR"])),
        n=draw(st.integers(0, 2**40)),
        scale=draw(st.sampled_from(["share", "distance"])),
        family=draw(st.sampled_from(["missing", "distance"])),
        worse=draw(st.sampled_from(["up", "both"])),
        expected=draw(optional),
        p_value=draw(optional),
        effect=draw(optional),
        why=draw(st.none() | texts),
        status=draw(st.sampled_from(Status)),
        lower=draw(optional),
        upper=draw(optional),
        severity=draw(numbers),
        said=draw(texts),
    )


@st.composite
def reports(draw: st.DrawFn, windows: st.SearchStrategy[Window] = st.sampled_from(WINDOWS)) -> Report:  # noqa: B008
    return Report(
        monitor=draw(st.sampled_from(["skew", "Skew"])),
        model=draw(st.sampled_from(["delay", "fare"])),
        window=draw(windows),
        verdicts=tuple(draw(st.lists(verdicts(), max_size=4, unique_by=lambda made: made.metric.key))),
        rows=draw(st.integers(0, 2**40)),
        model_version=draw(st.none() | texts),
        facts=draw(st.dictionaries(texts, texts, max_size=2)),
        tags=Tags(dag_id="d", task_id=draw(st.sampled_from(["one", "two"])), run_id=draw(texts)),
        started=draw(st.sampled_from([FIRST_DAY, FIRST_DAY + timedelta(microseconds=1)])),
        seconds=draw(st.floats(0, 1e6, allow_subnormal=False)),
        score=draw(optional),
        threshold=draw(optional),
        traces=draw(
            st.dictionaries(st.sampled_from(["learned", "Learned", "novelty"]), st.binary(max_size=9))
        ),
    )


def saving(made: Report, profile: bytes | None) -> Operation:
    return lambda store, prefix: store.save(_prefixed(made, prefix), profile=profile)


def marking(monitor: str, window: Window, state: State) -> Operation:
    return lambda store, prefix: store.mark(prefix + monitor, window, state, who="ana", note=state.value)


def pinning(version: str, profile: bytes, days: dict[Window, bytes]) -> Operation:
    return lambda store, prefix: store.pin(prefix + "delay", version, profile, rows=len(profile), days=days)


def keeping(window: Window, profile: bytes) -> Operation:
    return lambda store, prefix: store.keep(prefix + "skew", window, profile)


def deciding(monitor: str, place: int, what: Happening) -> Operation:
    def decide(store: MetricsStore, prefix: str) -> None:
        known = sorted(one.id for one in store.incidents(monitor=prefix + monitor, last=99))
        if known:
            number = known[place % len(known)]
            until = day(2).end if what is Happening.SNOOZED else None
            groups = store.incident(number).groups[:1] if what is Happening.ACCEPTED_IN_PART else ()
            try:
                store.decide(number, what, who="ana", note="seen", until=until, groups=groups)
            except StoreError as error:
                raise StoreError(str(error).partition(" of monitor")[2]) from error

    return decide


operations = st.one_of(
    st.builds(saving, reports(), st.none() | st.binary(max_size=9)),
    st.builds(saving, reports(), st.none() | st.binary(max_size=9)),
    st.builds(marking, st.sampled_from(["skew", "Skew"]), st.sampled_from(WINDOWS), st.sampled_from(State)),
    st.builds(
        pinning,
        st.sampled_from(["v1", "V1"]),
        st.binary(max_size=9),
        st.dictionaries(st.sampled_from(WINDOWS), st.binary(max_size=9), max_size=3),
    ),
    st.builds(keeping, st.sampled_from(WINDOWS), st.binary(max_size=9)),
    st.builds(
        deciding, st.sampled_from(["skew", "Skew"]), st.integers(0, 3), st.sampled_from(sorted(BY_PEOPLE))
    ),
)


def test_a_database_answers_as_memory_does(sql_store: SqlStore) -> None:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(steps=st.lists(operations, max_size=8))
    def compare(steps: list[Operation]) -> None:
        memory, prefix = MemoryStore(), f"{next(PREFIX)}/"
        for step in steps:
            assert _outcome(step, sql_store, prefix) == _outcome(step, memory, prefix)
        assert content(sql_store, prefix) == content(memory, prefix)

    compare()


def test_the_order_of_a_backfill_leaves_no_trace(sql_store: SqlStore) -> None:
    numbers = st.lists(st.sampled_from(range(6)), unique=True, min_size=2)

    @settings(max_examples=EXAMPLES // 2, deadline=None)
    @given(days=numbers.flatmap(lambda found: st.permutations([*found, *found[:2]])))
    def compare(days: list[int]) -> None:
        first, second = f"{next(PREFIX)}/", f"{next(PREFIX)}/"
        for prefix, order in ((first, sorted(set(days))), (second, days)):
            for number in order:
                made = report(number, verdict("ks", number), verdict("psi", -number), monitor="skew")
                sql_store.save(_prefixed(made, prefix), profile=b"%d" % number)
        assert content(sql_store, first) == content(sql_store, second)

    compare()


def content(store: MetricsStore, prefix: str) -> dict[str, object]:
    """Everything a store says of what was done under a prefix, without the prefix and the times it took itself."""

    def bare(runs: Iterable[Run]) -> list[Run]:
        plain = str.removeprefix
        return [
            replace(run, monitor=plain(run.monitor, prefix), model=plain(run.model, prefix)) for run in runs
        ]

    found: dict[str, object] = {}
    for monitor in ("skew", "Skew"):
        name = prefix + monitor
        found[f"runs {monitor}"] = bare(store.runs(monitor=name))
        for asof in ASOF:
            history = store.history(name, asof=asof, last=2, traces=["learned", "novelty"])
            values = {
                key: [(age, point.value, point.status, point.lower) for age, point in sorted(points.items())]
                for key, points in history.points.items()
            }
            accepted = history.accepted, history.accepted_in_part
            found[f"history {monitor} {asof}"] = bare(history.runs), values, history.traces, accepted
            found[f"profiles {monitor} {asof}"] = store.profiles(name, asof=asof, last=2)
        found[f"ks {monitor}"] = set(store.history(name, asof=ASOF[-1], metric="ks", column="temp").points)
        found[f"incidents {monitor}"] = _cases(store, name)
        for window in WINDOWS:
            said = [replace(note, made_at=FIRST_DAY) for note in store.annotations(name, window)]
            found[f"run {monitor} {window}"] = store.verdicts(name, window), store.facts(name, window), said
    for model in ("delay", "fare"):
        found[f"runs {model}"] = bare(store.runs(model=prefix + model, last=3))
    for version in (None, "v1", "V1"):
        pin = store.pinned(prefix + "delay", version)
        found[f"pin {version}"] = pin and replace(pin, model="", pinned_at=FIRST_DAY)
        found[f"days {version}"] = store.profiles(f"{prefix}delay@{version}", asof=ASOF[-1], last=9)
    return found


def _cases(store: MetricsStore, monitor: str) -> list[object]:
    """The incidents of a monitor in the order in which they were made, without what a store numbers and times itself."""
    return [
        replace(
            one,
            id=place,
            monitor="",
            model="",
            events=tuple(replace(event, made_at=FIRST_DAY, note="") for event in one.events),
        )
        for place, one in enumerate(sorted(store.incidents(monitor=monitor, last=99), key=lambda one: one.id))
    ]


def _outcome(step: Operation, store: MetricsStore, prefix: str) -> str | None:
    try:
        step(store, prefix)
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    return None


def _prefixed(made: Report, prefix: str) -> Report:
    return replace(made, monitor=prefix + made.monitor, model=prefix + made.model)
