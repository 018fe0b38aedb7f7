"""What OpenLineage is told: the places rows come from, and assertions of a size that a backend takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.data import Files, Frame, Query, Table
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.judging.verdict import Status
from airflow_mlmonitor.operators.lineage import FAMILIES, FINDINGS, _assertions
from airflow_mlmonitor.operators.lineage_names import MOST, places_of
from tests.store.making import report, verdict

CONNECTIONS = NamedConnections(
    {
        "warehouse": "postgres://me:hunter2@db.example:5433/shop",
        "orders": "mysql://me:hunter2@orders.example/orders",
        "lake": "snowflake://me:hunter2@ignored/SHOP?account=acme-eu1",
        "file": '{"conn_type": "sqlite", "host": "/data/shop.db"}',
    }
)


@pytest.mark.parametrize(
    ("source", "places"),
    [
        (Table("served", conn_id="warehouse"), [("postgres://db.example:5433", "shop.public.served")]),
        (
            Table('features."Served"', conn_id="warehouse"),
            [("postgres://db.example:5433", "shop.features.Served")],
        ),
        (Table("orders", conn_id="orders"), [("mysql://orders.example:3306", "orders.orders")]),
        (Table("PUBLIC.SERVED", conn_id="lake"), [("snowflake://acme-eu1", "SHOP.PUBLIC.SERVED")]),
        (Table("served", conn_id="file"), [("file", "/data/shop.db/main.served")]),
        (
            Query(
                "SELECT a.x, b.y FROM features.served a JOIN labels b USING (id) WHERE at >= :start AND at < :end",
                conn_id="warehouse",
            ),
            [
                ("postgres://db.example:5433", "shop.features.served"),
                ("postgres://db.example:5433", "shop.public.labels"),
            ],
        ),
        (
            Query("WITH w AS (SELECT * FROM served) SELECT * FROM w", conn_id="orders"),
            [("mysql://orders.example:3306", "orders.served")],
        ),
        (Query("this is no SQL (", conn_id="warehouse"), []),
        (Files("s3://key:secret@lake/served/2013-02-08/*.parquet"), [("s3://lake", "served/2013-02-08")]),
        (Files("gs://lake/served.parquet?sig=secret"), [("gs://lake", "served.parquet")]),
        (
            Files(["/data/a.csv", "/data/a.csv", "/data/b/**/*.csv"]),
            [("file", "/data/a.csv"), ("file", "/data/b")],
        ),
        (Files("served.csv"), [("file", str(Path.cwd() / "served.csv"))]),
        (Frame([{"fare": 1.5}]), []),
        (None, []),
    ],
)
def test_places_have_the_names_of_openlineages_conventions_and_no_password(source, places):
    found = places_of(source, CONNECTIONS)
    assert sorted(found) == places
    assert "secret" not in str(found)
    assert "hunter2" not in str(found)


def test_of_many_files_some_are_named():
    assert len(places_of(Files([f"/data/{number}.csv" for number in range(100)]), CONNECTIONS)) == MOST


def test_findings_stand_alone_and_what_is_as_expected_stands_together():
    told = _assertions(
        report(
            0,
            verdict(
                "null_share",
                0.3,
                status=Status.FAIL,
                lower=0.0,
                upper=0.05,
                slice="origin=EWR",
                why="missing",
            ),
            verdict("mean", 3.25, status=Status.WARN, lower=4.0),
            verdict("null_share", 0.0, column="humid"),
            verdict("ks", 0.1),
            verdict("ks", 0.2, column="humid"),
            verdict("ks", 0.9, column="visib", status=Status.LEARNING),
            verdict("rows", 900, column=None),
            verdict("auc", None, column=None, status=Status.BROKEN, why="no labels"),
        )
    ).assertions
    assert [(one.assertion, one.success, one.severity) for one in told] == [
        ("null_share", False, "error"),
        ("auc", False, "error"),
        ("mean", False, "warn"),
        ("ks", True, None),
        ("rows", True, None),
    ]
    missing = next(one for one in told if one.assertion == "null_share")
    assert (missing.column, missing.name, missing.params) == (
        "temp",
        "null_share:temp:origin=EWR",
        {"slice": "origin=EWR"},
    )
    assert (missing.expected, missing.actual) == ("0 to 0.05", "0.3")
    assert next(one for one in told if one.assertion == "mean").expected == ">= 4"
    assert next(one for one in told if one.assertion == "ks").description == "as expected, 2 times"
    assert next(one for one in told if one.assertion == "auc").actual is None


def test_a_run_of_thousands_of_metrics_makes_a_bounded_number_of_assertions():
    many = [verdict("mean", 1.0, column=f"c{number}", status=Status.FAIL) for number in range(500)]
    own = [verdict(f"own{number}", 1.0) for number in range(500)]
    assert len(_assertions(report(0, *many, *own)).assertions) == FINDINGS + FAMILIES
