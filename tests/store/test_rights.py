"""What users of a database server need to be allowed, as the operating guide says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from airflow_mlmonitor.errors import StoreError, StoreUnavailable
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.store import MetricsStore, SqlStore, open_store, pruning
from airflow_mlmonitor.store.engines import read_url
from airflow_mlmonitor.store.retention import Pruned
from tests.store.conftest import FRESH
from tests.store.making import day, report, verdict

PASSWORD = "only-for-this-test"  # noqa: S105 - of a user who is gone after it

TASKS = {
    "postgresql": (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {user}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}",
    ),
    "mysql": ("GRANT SELECT, INSERT, UPDATE, DELETE ON `{database}`.* TO {user}",),
}
READERS = {
    "postgresql": ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}",),
    "mysql": ("GRANT SELECT ON `{database}`.* TO {user}",),
}
COMING = {
    "postgresql": ("CREATE ROLE {user} LOGIN PASSWORD '{password}'",),
    "mysql": ("CREATE USER {user} IDENTIFIED BY '{password}'",),
}
GOING = {"postgresql": ("DROP OWNED BY {user}", "DROP ROLE {user}"), "mysql": ("DROP USER {user}",)}


@dataclass(frozen=True)
class Server:
    """A store on a server, by a user who may do everything."""

    url: str

    @property
    def backend(self) -> str:
        return make_url(self.url).get_backend_name()

    def say(self, name: str, statements: dict[str, tuple[str, ...]]) -> None:
        words = {"user": name, "password": PASSWORD, "database": make_url(self.url).database}
        engine = create_engine(read_url(self.url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements[self.backend]:
                connection.execute(text(statement.format(**words)))


@pytest.fixture(params=sorted(FRESH))
def server(request: pytest.FixtureRequest) -> Server:
    found = Server(request.getfixturevalue(FRESH[request.param]))
    store = open_store(found.url)
    store.upgrade()
    store.save(report(0, verdict("null_share", 0.5, status=Status.FAIL)), profile=b"x")
    store.dispose()
    return found


@pytest.fixture
def user(server: Server) -> Iterator[Callable[..., SqlStore]]:
    """Make a user with some rights, and open the store as that user."""
    made: list[tuple[str, SqlStore]] = []

    def make(rights: dict[str, tuple[str, ...]], *, read_only: bool = False) -> SqlStore:
        name = f"mlmonitor_{uuid4().hex[:8]}"
        server.say(name, COMING)
        url = make_url(server.url).set(username=name, password=PASSWORD)
        store = open_store(url.render_as_string(hide_password=False), read_only=read_only)
        made.append((name, store))
        server.say(name, rights)
        return store

    yield make
    for name, store in made:
        store.dispose()
        server.say(name, GOING)


def test_a_task_needs_to_read_and_to_change_rows_but_no_tables(
    user: Callable[..., SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "KEPT", 1)
    store = user(TASKS)
    for number in range(1, 4):
        store.save(report(number, traces={"learned": b"scores"}), profile=b"x")
    store.pin("flight_delay", "v3", b"all", rows=9, days={day(0): b"a day"})
    (incident,) = store.incidents()
    store.accept(incident.id, who="ana")
    store.undo(incident.id, who="ana")
    assert store.prune(before=day(0).end) == Pruned(runs=1, metrics=1, profiles=1)
    store.upgrade()  # there is nothing to do


def test_who_looks_at_pages_needs_to_read(user: Callable[..., SqlStore]) -> None:
    for read_only in (True, False):
        store = user(READERS, read_only=read_only)
        assert len(store.runs()) == len(store.incidents()) == 1
        assert store.profile("flight_delay/skew", day(0)) == b"x"
        assert store.prune(before=day(0).end, dry_run=True) == Pruned()


@pytest.mark.parametrize(
    "work",
    [
        lambda store: store.save(report(1)),
        lambda store: store.acknowledge(store.incidents()[0].id, who="ana"),
        lambda store: store.pin("flight_delay", "v3", b"all", rows=9),
    ],
    ids=["save", "decide", "pin"],
)
def test_what_a_user_may_not_do_is_refused_and_never_looks_like_an_outage(
    user: Callable[..., SqlStore], work: Callable[[MetricsStore], object]
) -> None:
    with pytest.raises(StoreError, match=r"refused: .*denied.*Give this user the right") as refused:
        work(user(READERS))
    assert not isinstance(refused.value, StoreUnavailable)
    assert PASSWORD not in str(refused.value)


def test_a_user_without_any_right_sees_nothing(user: Callable[..., SqlStore]) -> None:
    with pytest.raises(StoreError, match=r"Give this user|permission denied|cannot be (opened|reached)"):
        user({"postgresql": (), "mysql": ()}).runs()
