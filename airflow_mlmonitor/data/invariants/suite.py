"""Suites of Great Expectations, from an object, a file or plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from airflow_mlmonitor.data.invariants.invariant import Invariant
from airflow_mlmonitor.errors import ConfigurationError, DataError


def plain_suite(suite: Any) -> Any:
    """A suite that a DAG file may keep: a path stays what it is, all else becomes plain values.

    Great Expectations is not loaded for that: who gives one of its objects has loaded it already.
    """
    if isinstance(suite, str):
        return suite
    if isinstance(suite, Mapping):
        return dict(suite)
    expectations = getattr(suite, "expectations", suite)
    if not isinstance(expectations, Iterable):
        raise ConfigurationError(
            f"{suite!r} is no suite; give a path, an ExpectationSuite or what its JSON holds."
        )
    return {"expectations": [_document(expectation) for expectation in expectations]}


def read_suite(suite: Any) -> tuple[Invariant, ...]:
    """Read the expectations of a suite; one that is there twice counts once.

    Parameters
    ----------
    suite
        Path or URL of a JSON or YAML file, or what such a file holds: Great Expectations' own form of a suite, or only
        the list of its expectations.

    Raises
    ------
    DataError
        The file is not there.
    ConfigurationError
        It is no suite, or an empty one.

    Examples
    --------
    >>> (only,) = read_suite({"expectations": [{"type": "expect_column_to_exist", "kwargs": {"column": "fare"}}]})
    >>> only.name
    'column_to_exist.44136f'
    """
    known = _loaded(suite) if isinstance(suite, str) else suite
    documents = known.get("expectations") if isinstance(known, Mapping) else known
    if not isinstance(documents, Sequence) or not documents:
        raise ConfigurationError(f"{_label(suite)} has no expectations.")
    read = [Invariant.read(document) for document in documents]
    return tuple({(invariant.name, invariant.column): invariant for invariant in read}.values())


def _loaded(path: str) -> Any:
    import fsspec
    import yaml

    try:
        with fsspec.open(path, "rt", encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        raise DataError(f"The suite {path} is not there; `mlmonitor suggest` writes one.") from None
    try:
        return yaml.safe_load(text.replace("\t", "  "))  # JSON is YAML, but for tabs
    except yaml.YAMLError as error:
        said = str(error).partition("\n")[0]
        raise ConfigurationError(f"The suite {path} is neither JSON nor YAML: {said}.") from error


def _document(expectation: Any) -> dict[str, Any]:
    if isinstance(expectation, Mapping):
        return dict(expectation)
    document: dict[str, Any] = expectation.configuration.to_json_dict()
    if "mostly" in getattr(
        expectation, "__fields_set__", ()
    ):  # left out where it is the default, and yet said
        document["kwargs"]["mostly"] = expectation.mostly
    return document


def _label(suite: Any) -> str:
    return f"The suite {suite}" if isinstance(suite, str) else "The suite"


def write_suite(suite: Mapping[str, Any], path: str, *, as_yaml: bool | None = None) -> None:
    """Write a suite for a person to edit, as JSON, or as YAML where the name of the file ends so or it is asked for.

    Raises
    ------
    DataError
        The file cannot be written.
    """
    import fsspec

    try:
        with fsspec.open(path, "wt", encoding="utf-8") as file:
            file.write(
                spelled(suite, as_yaml=path.endswith((".yaml", ".yml")) if as_yaml is None else as_yaml)
            )
    except OSError as error:
        raise DataError(f"The suite cannot be written to {path}: {error.strerror or error}.") from error


def spelled(suite: Mapping[str, Any], *, as_yaml: bool = False) -> str:
    """The text of a suite's file."""
    import json

    import yaml

    if as_yaml:
        return str(yaml.safe_dump(dict(suite), sort_keys=False, allow_unicode=True, width=100))
    return json.dumps(suite, indent=2, ensure_ascii=False) + "\n"
