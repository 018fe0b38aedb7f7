"""What is written down of a model: in files, in tables of every database, and by the DAG itself."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from airflow_mlmonitor.data import Frame, Query, Table
from airflow_mlmonitor.data.connections import EnvironmentConnections, NamedConnections
from airflow_mlmonitor.data.model_records import ModelDates, ModelFile, ModelLog, Names, StatedModel
from airflow_mlmonitor.data.model_records.written_moments import moment
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.data.sql.conftest import run_server

NOW = Window.parse("2013-03-14")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def looked(record: Any, window: Window = NOW, **connections: str) -> ModelDates:
    known = NamedConnections(connections) if connections else EnvironmentConnections()
    dates: ModelDates = record.dates(known, window)
    return dates


def test_a_json_file_beside_a_model_says_when_it_was_trained_on_what(tmp_path: Path) -> None:
    (tmp_path / "flights.bin").write_bytes(b"weights")
    told = {"model": {"id": 3}, "fit": {"end": "2013-03-02T04:00:00Z"}, "training_data_until": "2013-02-28"}
    (tmp_path / "flights.meta").write_text(json.dumps(told))
    record = ModelFile(
        str(tmp_path / "flights.bin"),
        metadata=str(tmp_path / "flights.meta"),
        names=Names(version="model.id", trained="fit.end"),
    )
    dates = looked(record)
    assert (dates.version, dates.trained, dates.data_until) == ("3", at("2013-03-02T04:00"), at("2013-02-28"))
    assert dates.basis == ""


def test_the_metadata_of_a_safetensors_file_is_read_without_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "flights.safetensors"
    save_file({"w": np.ones(1000)}, path, metadata={"version": "v3", "trained_at": "2013-03-02"})
    dates = looked(ModelFile(str(path)))
    assert (dates.version, dates.trained) == ("v3", at("2013-03-02"))


def test_as_a_last_resort_a_model_is_as_old_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "flights.bin"
    path.write_bytes(b"weights")
    os.utime(path, (0, at("2013-03-01T12:00").timestamp()))
    dates = looked(ModelFile(str(path)))
    assert (dates.trained, dates.basis) == (at("2013-03-01T12:00"), "when its file was written")
    assert looked(ModelFile(str(path)), Window.parse("2013-02-01")).trained is None


def test_a_file_in_an_object_store(tmp_path: Path) -> None:
    import fsspec

    with fsspec.open("memory://models/flights.json", "w") as file:
        file.write('{"version": "v3"}')
    dates = looked(ModelFile("memory://models/flights.json"), Window(at("2013-01-01"), at("2200-01-01")))
    assert dates.version == "v3"
    assert dates.trained is not None
    assert dates.basis == "when its file was written"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("flights.json", b"{", "is no JSON"),
        ("flights.json", b"[1]", "holds no JSON object"),
        ("flights.json", b'{"trained_at": "soon"}', "trained_at is 'soon', which is no moment"),
        ("flights.safetensors", b"short", "is no safetensors file"),
        ("flights.safetensors", b"\xff" * 64, "is no safetensors file"),
        ("flights.safetensors", b"\x05" + b"\0" * 7 + b"no {}", "is no JSON"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        looked(ModelFile(str(tmp_path / name)))
    with pytest.raises(DataError, match="does not exist"):
        looked(ModelFile(str(tmp_path / "none.bin")))


TRAININGS = [
    ("v1", "2013-01-31 02:00:00", "2013-01-30 00:00:00", None, None, "2013-02-01 00:00:00"),
    ("v2", "2013-02-28 02:00:00", "2013-02-27 00:00:00", None, None, "2013-03-01 00:00:00"),
    ("v3", "2013-03-07 02:00:00", "2013-03-06 00:00:00", None, None, None),
    ("v4", None, None, "2013-03-10 02:00:00", "failed", None),
    ("v5", "2013-03-20 02:00:00", "2013-03-19 00:00:00", None, None, "2013-03-21 00:00:00"),
]
COLUMNS = ("version", "trained_at", "training_data_until", "attempted_at", "attempt_status", "promoted_at")


def literal(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of each kind with the log of five trainings."""
    moments = " TIMESTAMP NULL"
    types = ("VARCHAR(10)", *[moments] * 3, "VARCHAR(10)", moments)
    made = ", ".join(f"{name} {type_}" for name, type_ in zip(COLUMNS, types, strict=True))
    rows = ", ".join(f"({', '.join(map(literal, row))})" for row in TRAININGS)
    statements = (f"CREATE TABLE trainings ({made})", f"INSERT INTO trainings VALUES {rows}")
    if request.param == "sqlite":
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(tmp_path / "w.db")) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return f"sqlite:///{tmp_path}/w.db"
    url: str = request.getfixturevalue(
        "postgres_database" if request.param == "postgresql" else "mysql_database"
    )
    run_server(url, *statements)
    return url


def test_a_log_of_trainings_tells_what_was_promoted_last_and_tried_last(warehouse: str) -> None:
    dates = looked(ModelLog(Table("trainings", conn_id="warehouse")), warehouse=warehouse)
    assert (dates.version, dates.trained, dates.data_until) == (
        "v2",
        at("2013-02-28T02:00"),
        at("2013-02-27"),
    )
    assert (dates.promoted, dates.attempted, dates.attempt) == (
        at("2013-03-01"),
        at("2013-03-10T02:00"),
        "failed",
    )


def test_a_backfill_sees_the_model_of_then(warehouse: str) -> None:
    log = ModelLog(Table("trainings", conn_id="warehouse"))
    early = looked(log, Window.parse("2013-02-10"), warehouse=warehouse)
    assert (early.version, early.attempted, early.attempt) == ("v1", at("2013-01-31T02:00"), "")
    with pytest.raises(DataError, match="knows no training before 2013-01-02"):
        looked(log, Window.parse("2013-01-01"), warehouse=warehouse)


def test_a_query_with_names_of_its_own_up_to_the_end_of_the_window(warehouse: str) -> None:
    sql = "SELECT version AS v, trained_at AS fitted FROM trainings WHERE trained_at < :end"
    log = ModelLog(Query(sql, conn_id="warehouse"), names=Names(version="v", trained="fitted"))
    assert looked(log, warehouse=warehouse).version == "v3"


def test_a_source_that_is_no_log_of_trainings_is_refused() -> None:
    with pytest.raises(DataError, match="has no column attempted_at"):
        looked(ModelLog(Frame({"fare": [1.0]})))


def test_a_record_is_a_template_all_through() -> None:
    record = ModelLog(
        Table("{{ t }}", conn_id="w", where="model = '{{ t }}'"), names=Names(version="{{ t }}")
    )
    rendered = record.rendered(lambda text: text.replace("{{ t }}", "trainings"))
    assert "{{" not in str(rendered)
    assert rendered.label == "trainings on w"


def test_what_came_later_is_left_out_one_by_one() -> None:
    dates = looked(
        StatedModel(version="v3", trained="2013-03-02", promoted="2013-04-01", attempted="1367366400")
    )
    assert (dates.trained, dates.promoted, dates.attempted) == (at("2013-03-02"), None, None)
    assert dates.later == ("attempted", "promoted")


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_the_same_however_it_is_written(when: datetime) -> None:
    when = when.replace(microsecond=when.microsecond // 1000 * 1000)
    seconds = (when - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    for written in (when, when.isoformat(), when.replace(tzinfo=None), round(seconds * 1000), str(seconds)):
        found = moment(written, "trained_at")
        assert found is not None
        assert abs((found - when).total_seconds()) < 0.001


def test_a_served_version_cannot_be_read_without_a_store() -> None:
    from airflow_mlmonitor.data.model_records import ServedVersion

    with pytest.raises(ConfigurationError):
        looked(ServedVersion("flights/quality"))
