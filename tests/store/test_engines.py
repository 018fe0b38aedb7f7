"""Which addresses a metrics store may have, and what is said of those it may not."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import pytest

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.store import open_store
from airflow_mlmonitor.store.engines import read_url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h:5433/d?sslmode=require", "postgresql+psycopg://u@h:5433/d?sslmode=require"),
        ("postgresql+psycopg2://u@h/d", "postgresql+psycopg2://u@h/d"),
        ("mysql://u@h/d", "mysql+pymysql://u@h/d"),
        ("mariadb://u@h/d", "mysql+pymysql://u@h/d"),
        ("mariadb+pymysql://u@h/d", "mysql+pymysql://u@h/d"),
        ("sqlite:////data/m.db", "sqlite+pysqlite:////data/m.db"),
    ],
)
def test_a_driver_that_is_installed_is_chosen_where_none_is_named(written: str, read: str) -> None:
    assert read_url(written).render_as_string() == read


@pytest.mark.parametrize(
    ("backend", "missing", "extra"), [("postgresql", "psycopg", "postgres"), ("mysql", "pymysql", "mysql")]
)
def test_without_any_driver_the_extra_to_install_is_named(
    backend: str, missing: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide(monkeypatch, missing, "psycopg2", "MySQLdb")
    said = rf"No driver for {backend} .* `pip install 'airflow-provider-mlmonitor\[{extra}\]'`"
    with pytest.raises(ConfigurationError, match=said):
        open_store(f"{backend}://u@h/d")


def test_another_driver_serves_where_the_preferred_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    _hide(monkeypatch, "psycopg")
    monkeypatch.setitem(sys.modules, "psycopg2", module_from_spec(ModuleSpec("psycopg2", None)))
    assert read_url("postgresql://u@h/d").drivername == "postgresql+psycopg2"


def test_a_driver_that_was_named_and_is_missing_is_named_again_without_the_password() -> None:
    with pytest.raises(ConfigurationError, match="is not installed") as refused:
        open_store("mysql+mysqlconnector://u:secret@h/d")
    assert "mysql+mysqlconnector://u:***@h/d" in str(refused.value)
    with pytest.raises(ConfigurationError, match="is not installed"):
        open_store("postgresql+nonsense://u@h/d")


@pytest.mark.parametrize("url", ["oracle://u:secret@h/d", "duckdb:////data/m.db"])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"cannot live in '(oracle|duckdb)'; take SQLite, PostgreSQL"
    ):
        open_store(url)


def test_what_is_no_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(
        ConfigurationError, match=r"not a database URL; write one such as sqlite:////"
    ) as refused:
        open_store("secret@warehouse")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused_with_what_to_take_instead(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"forgets everything .* name a file"):
        open_store(url)


def test_a_store_names_itself_without_its_password() -> None:
    assert repr(open_store("postgresql://u:secret@h/d")) == "open_store('postgresql://u:***@h/d')"


def test_opening_a_store_touches_nothing(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'mlmonitor.db'}")
    open_store("postgresql://u@127.0.0.1:9/d")
    assert list(tmp_path.iterdir()) == []


def _hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let modules look as if they were not installed."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)
