from __future__ import annotations

from pathlib import Path

import pytest

from airflow_mlmonitor.store.tables import REVISION
from tests.cli.conftest import Command


def test_upgrade_makes_the_tables_and_current_says_so(mlmonitor: Command, folder: Path) -> None:
    name = f"sqlite:///{folder}/mlmonitor.db"
    before = mlmonitor("db", "current")
    assert before.status == 1
    assert (
        before.out
        == f"{name} has no tables; this package needs revision {REVISION}. Run `mlmonitor db upgrade`.\n"
    )
    assert list(folder.iterdir()) == [], "looking makes no file"
    made = mlmonitor("db", "upgrade")
    assert (made.status, made.out) == (0, f"{name} had no tables, and has revision {REVISION} now.\n")
    after = mlmonitor("db", "current")
    assert (after.status, after.out) == (0, f"{name} has revision {REVISION}, the newest.\n")
    assert mlmonitor("db", "upgrade").status == 0


def test_json(mlmonitor: Command, folder: Path) -> None:
    mlmonitor("db", "upgrade")
    assert mlmonitor("db", "current", "--json").json == {
        "store": f"sqlite:///{folder}/mlmonitor.db",
        "before": REVISION,
        "current": REVISION,
        "needed": REVISION,
    }


def test_another_store_can_be_named(mlmonitor: Command, folder: Path) -> None:
    assert mlmonitor("db", "upgrade", "--store", f"sqlite:///{folder}/other.db").status == 0
    assert (folder / "other.db").exists()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("nonsense", "The metrics store's address is not a database URL"),
        ("duckdb:///x.db", "A metrics store cannot live in 'duckdb'"),
        ("postgresql://me:secret@127.0.0.1:1/x", "127.0.0.1"),
    ],
)
def test_a_store_that_cannot_be_used_gives_one_line_without_its_password(
    mlmonitor: Command, url: str, complaint: str
) -> None:
    said = mlmonitor("db", "current", "--store", url)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("mlmonitor: ")
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert "secret" not in said.err
