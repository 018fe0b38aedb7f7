"""Wherever both sides are joined, the same numbers come out, and they are those that plain Python counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.checks import FeatureParity, Scene
from airflow_mlmonitor.data import Frame, Query, Table
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.parity.inside_database import joined_in_database, reader_for
from airflow_mlmonitor.data.parity.matching import Matching, Wanted, matched
from airflow_mlmonitor.data.parity.mismatch import Counted, Mismatch
from airflow_mlmonitor.data.parity.out_of_core import joined_out_of_core
from airflow_mlmonitor.data.parity.side_by_side import SideBySide
from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.data.sql.reader import database_url
from airflow_mlmonitor.data.window import Window

WANTED = Wanted(key=("id", "day"), time="day", absolute={"rides": 1})
NONE = NamedConnections({})
DAY = Window.parse("2013-02-08")
Row = dict[str, Any]

FULL = {"id": 0, "day": "a", "fare": 0.5, "rides": 1, "zone": "x", "Odd Name": 1}
"""One row with a value everywhere, which no other row shares its key with, so that types are known."""

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, 1, 2, 3]),
            "day": st.sampled_from(["a", "b", "B", "b ", None]),
            "fare": st.sampled_from([None, 0.0, 1.0, 1.0000001, 1.1, -3.5, 1e9]),
            "rides": st.sampled_from([None, 0, 1, 2, 9_007_199_254_740_993]),
            "zone": st.sampled_from([None, "ab", "AB", "ab ", "ä", "a", ""]),
            "Odd Name": st.sampled_from([0, 1]),
        }
    ),
    max_size=12,
)

SQL_TYPES = {
    "id": sa.Integer(),
    "day": sa.String(20),
    "fare": sa.Double(),
    "rides": sa.BigInteger(),
    "zone": sa.String(20),
    "Odd Name": sa.Integer(),
}


def counted_plainly(training: Sequence[Row], serving: Sequence[Row]) -> Counted:
    sides = []
    for rows in (training, serving):
        grouped: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows:
            grouped[row["id"], row["day"]].append(row)
        sides.append(grouped)
    keyed = [{key: rows for key, rows in side.items() if None not in key} for side in sides]
    keyless = [sum(len(rows) for key, rows in side.items() if None in key) for side in sides]
    t, s = keyed
    joined = [key for key in t if key in s and len(t[key]) == len(s[key]) == 1]
    pairs = [(t[key][0], s[key][0]) for key in joined]
    return Counted(
        joined=len(joined),
        training=len(t),
        serving=len(s),
        only_training=len(t.keys() - s.keys()),
        only_serving=len(s.keys() - t.keys()),
        repeated_training=sum(len(rows) > 1 for rows in t.values()),
        repeated_serving=sum(len(rows) > 1 for rows in s.values()),
        keyless_training=keyless[0],
        keyless_serving=keyless[1],
        mismatches=tuple(
            sum(differs(name, one[name], other[name]) for one, other in pairs)
            for name in ("fare", "rides", "zone", "Odd Name")
        ),
    )


def differs(name: str, trained: Any, served: Any) -> bool:
    if trained is None or served is None:
        return trained is not served
    if name == "fare":
        return abs(served - trained) > 1e-9 + 1e-6 * abs(trained)
    return abs(served - trained) > 1 if name == "rides" else bool(trained != served)


def out_of_core(
    training: Source, serving: Source, wanted: Wanted = WANTED
) -> AbstractContextManager[SideBySide]:
    rows = training.open(DAY, NONE), serving.open(DAY, NONE)
    return joined_out_of_core(*rows, matched(wanted, rows[0].schema, rows[1].schema))


def in_database(
    training: Table | Query, serving: Table | Query, connections: NamedConnections, wanted: Wanted = WANTED
) -> AbstractContextManager[SideBySide]:
    rows = training.open(DAY, connections), serving.open(DAY, connections)
    matching: Matching = matched(wanted, rows[0].schema, rows[1].schema)
    reader = reader_for(training, serving, rows, matching, connections)
    assert reader is not None
    del rows
    return joined_in_database(reader, training, serving, matching, DAY)


def found(joined: AbstractContextManager[SideBySide]) -> tuple[Counted, dict[int, list[Mismatch]]]:
    with joined as rows:
        counted = rows.counted()
        places = [place for place, count in enumerate(counted.mismatches) if count]
        return counted, rows.looked_at(counted, places, 1_000) if places else {}


def plain(looked_at: dict[int, list[Mismatch]]) -> dict[int, list[tuple[Any, ...]]]:
    """The rows in an order of their own: databases sort texts in different ways."""
    return {
        place: sorted(((row.key, row.training, row.serving) for row in rows), key=repr)
        for place, rows in looked_at.items()
    }


@settings(max_examples=15, deadline=None)
@given(training=ROWS, serving=ROWS)
def test_out_of_core_counts_what_python_counts(training: list[Row], serving: list[Row]) -> None:
    sides = [FULL, *training], [FULL, *serving]
    counted, looked_at = found(out_of_core(*map(Frame, sides)))
    assert counted == counted_plainly(*sides)
    assert {place: len(rows) for place, rows in looked_at.items()} == {
        place: count for place, count in enumerate(counted.mismatches) if count
    }


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        (tmp_path / "rows.db").touch()
        return f"sqlite:///{tmp_path / 'rows.db'}"
    server = "mysql_database" if request.param == "mysql" else "postgres_database"
    return str(request.getfixturevalue(server))


@pytest.fixture
def fill(url: str) -> Callable[..., None]:
    """Fills a table, emptied before."""
    engine = sa.create_engine(database_url(url), poolclass=sa.NullPool)

    def fill_table(name: str, rows: Sequence[Row], types: dict[str, Any] = SQL_TYPES) -> None:
        columns = [sa.Column(column, type_) for column, type_ in types.items()]
        table = sa.Table(name, sa.MetaData(), *columns)
        with engine.begin() as connection:
            table.create(connection, checkfirst=True)
            connection.execute(sa.delete(table))
            connection.execute(sa.insert(table), list(rows))

    return fill_table


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(training=ROWS, serving=ROWS)
def test_a_database_counts_and_shows_what_out_of_core_does(
    url: str, fill: Callable[..., None], training: list[Row], serving: list[Row]
) -> None:
    sides = [FULL, *training], [FULL, *serving]
    for name, rows in zip(("training", "serving"), sides, strict=True):
        fill(name, rows)
    tables = [Table(name, conn_id="w") for name in ("training", "serving")]
    counted, looked_at = found(in_database(*tables, NamedConnections({"w": url})))
    assert counted == counted_plainly(*sides)
    assert plain(looked_at) == plain(found(out_of_core(*map(Frame, sides)))[1])


def test_queries_conditions_and_the_window_hold_in_the_database(url: str, fill: Callable[..., None]) -> None:
    types = {"id": sa.Integer(), "at": sa.DateTime(), "fare": sa.Double()}
    rows = [
        {"id": number, "at": datetime(2013, 2, 8, number, 30), "fare": 1.0 * number} for number in range(10)
    ]
    fill("training", [*rows, {"id": 99, "at": datetime(2013, 2, 9, 0, 0), "fare": 1.0}], types)
    fill("serving", [row | {"fare": row["fare"] + (row["id"] == 7)} for row in rows], types)
    training = Table("training", conn_id="w", timestamp="at", where="id > 1")
    serving = Query("SELECT id, fare, 'x:y%' AS note FROM serving WHERE id < 9 -- not all", conn_id="w")
    joined = in_database(training, serving, NamedConnections({"w": url}), Wanted(key=("id",)))
    counted, looked_at = found(joined)
    assert (counted.joined, counted.training, counted.serving) == (7, 8, 9)
    assert [(row.key, row.training, row.serving) for row in looked_at[0]] == [((7,), 7.0, 8.0)]


def test_of_many_mismatches_about_so_many_are_looked_at_the_same_ones_everywhere(
    url: str, fill: Callable[..., None]
) -> None:
    types = {"id": sa.Integer(), "fare": sa.Double()}
    rows = [{"id": number, "fare": 1.0 * number} for number in range(3_000)]
    later = [row | {"fare": row["fare"] + 1} for row in rows]
    fill("training", rows, types)
    fill("serving", later, types)
    tables = [Table(name, conn_id="w") for name in ("training", "serving")]
    ways = [
        in_database(*tables, NamedConnections({"w": url}), Wanted(key=("id",))),
        out_of_core(Frame(rows), Frame(later), Wanted(key=("id",))),
    ]
    keys = []
    for way in ways:
        with way as joined:
            keys.append([row.key for row in joined.looked_at(joined.counted(), [0], 100)[0]])
    assert keys[0] == keys[1]
    assert 90 <= len(keys[0]) <= 110
    gaps = {later[0] - earlier[0] for earlier, later in zip(keys[0], keys[0][1:], strict=False)}
    assert len(gaps) > 1


def test_what_a_database_would_compare_otherwise_is_joined_outside_of_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    path.touch()
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE training (id INTEGER, code INTEGER, mixed)"))
        connection.execute(sa.text("CREATE TABLE serving (id INTEGER, code TEXT, mixed)"))
        for name in ("training", "serving"):
            connection.execute(sa.text(f"INSERT INTO {name} VALUES (1, '1', 1), (2, '2', 'x')"))
    connections = NamedConnections({"w": f"sqlite:///{path}"})
    tables = [Table(name, conn_id="w") for name in ("training", "serving")]
    for columns, expected in ((("code",), False), (("mixed",), False), (("id",), True)):
        rows = [table.open(None, connections) for table in tables]
        matching = matched(Wanted(key=("id",), columns=columns), rows[0].schema, rows[1].schema)
        reader = reader_for(*tables, (rows[0], rows[1]), matching, connections)
        assert (reader is not None) == expected
        del rows


def test_infinite_numbers_are_near_nothing_and_nan_is_null() -> None:
    inf, nan = float("inf"), float("nan")
    training = {"id": [1, 2, 3, 4, 5], "x": [inf, inf, nan, nan, 1.0]}
    serving = {"id": [1, 2, 3, 4, 5], "x": [inf, 1.0, nan, 2.0, 1.0 + 1e-7]}
    counted, looked_at = found(out_of_core(Frame(training), Frame(serving), Wanted(key=("id",))))
    assert [row.key for row in looked_at[0]] == [(2,), (4,)]
    assert counted.mismatches == (2,)


def test_a_source_that_breaks_while_it_is_read_says_so_itself() -> None:
    import pyarrow as pa

    def broken() -> Any:
        yield pa.record_batch({"id": [1]})
        raise OSError("the disk is gone")

    stream = pa.RecordBatchReader.from_batches(pa.schema([("id", pa.int64())]), broken())
    with (
        pytest.raises(OSError, match="the disk is gone"),
        out_of_core(Frame(stream), Frame({"id": [1]}), Wanted(key=("id",))),
    ):
        pass


def test_what_a_database_cannot_compare_is_compared_outside_of_it(postgres_database: str) -> None:
    engine = sa.create_engine(database_url(postgres_database), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for name, wait in (("training", "5 minutes"), ("serving", "6 minutes")):
            connection.execute(sa.text(f"CREATE TABLE {name} AS SELECT 1 AS id, INTERVAL '{wait}' AS wait"))
    sides = [Table(name, conn_id="w") for name in ("training", "serving")]
    check = FeatureParity(training=sides[0], serving=sides[1], key=("id",))
    scene = Scene(window=DAY, now=Profile(), connections=NamedConnections({"w": postgres_database}))
    shares = [metric.value for metric in check.inspect(scene).metrics if metric.name == "mismatch_share"]
    assert shares == [1.0]
