"""One expectation of a suite."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from airflow_mlmonitor.errors import ConfigurationError

SEVERITIES = {"critical": "fail", "warning": "warn", "info": "info"}
"""What Great Expectations calls a severity, and what it is here."""

APART = {"column", "mostly", "batch_id"}
"""Arguments that do not change what is counted, or that the key names by themselves."""

WHOLE = ("expect_table_", "expect_query_")
"""How the types of expectations begin that are about no column."""


@dataclass(frozen=True)
class Invariant:
    """One expectation of a suite: what rows should always be like.

    Parameters
    ----------
    type
        As Great Expectations names it, such as ``expect_column_values_to_be_between``.
    arguments
        Its ``kwargs``.
    severity
        ``fail``, ``warn`` or ``info``.
    document
        The whole expectation as the suite has it.

    Examples
    --------
    >>> between = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "fare", "min_value": 0}}
    >>> invariant = Invariant.read(between)
    >>> invariant.name, invariant.column, invariant.severity
    ('column_values_to_be_between.580729', 'fare', 'fail')
    >>> Invariant.read({**between, "kwargs": {**between["kwargs"], "mostly": 0.9}}).name == invariant.name
    True
    """

    type: str
    arguments: Mapping[str, Any]
    severity: str = "fail"
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Invariant:
        """Read an expectation as a suite's file has it.

        Raises
        ------
        ConfigurationError
            It has no type, or a severity that is not known.
        """
        type_ = document.get("type") or document.get("expectation_type")
        if not isinstance(type_, str):
            raise ConfigurationError(
                f"An expectation of the suite has no type: {json.dumps(document, default=str)}."
            )
        given = document.get("severity") or "critical"
        if given not in SEVERITIES:
            raise ConfigurationError(
                f"{type_} has severity {given!r}; write {', '.join(map(repr, SEVERITIES))}."
            )
        return cls(type_, dict(document.get("kwargs") or {}), SEVERITIES[given], document)

    @cached_property
    def name(self) -> str:
        """Its type and a short hash of its arguments, ``mostly`` apart: what makes it one series over time."""
        told = {name: value for name, value in self.arguments.items() if name not in APART}
        text = json.dumps(told, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:6]
        return f"{self.type.removeprefix('expect_')}.{digest}"

    @property
    def column(self) -> str | None:
        """The column that it is about, several with a plus between them; None for the table."""
        return "+".join(self.columns) or None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about."""
        pair = [self.arguments[name] for name in ("column", "column_A", "column_B") if name in self.arguments]
        many = [] if self.type.startswith(WHOLE) else self.arguments.get("column_list") or []
        return tuple(str(name) for name in (*pair, *many))

    @property
    def mostly(self) -> float | None:
        """Share of rows that have to keep it, where the suite says so."""
        mostly = self.arguments.get("mostly")
        return None if mostly is None else float(mostly)
