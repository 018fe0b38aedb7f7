"""What every record of a model promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window


@dataclass(frozen=True, kw_only=True)
class Names(Recipe):
    """What a team calls what it writes down of a model: keys of a file, columns of a table, tags of a registry.

    Parameters
    ----------
    version, trained, data_until, attempted, attempt, promoted
        Name of each field of :class:`ModelDates`; with dots between the levels of a JSON file.

    Examples
    --------
    >>> Names(trained="fit.finished").dates({"fit": {"finished": "2013-03-02"}, "version": 3}).version
    '3'
    """

    version: str = "version"
    trained: str = "trained_at"
    data_until: str = "training_data_until"
    attempted: str = "attempted_at"
    attempt: str = "attempt_status"
    promoted: str = "promoted_at"

    def dates(self, told: Mapping[str, Any]) -> ModelDates:
        """Read what was written down.

        Raises
        ------
        DataError
            What should be a moment is none.
        """
        from airflow_mlmonitor.data.model_records.written_moments import moment

        version, attempt = _at(told, self.version), _at(told, self.attempt)
        return ModelDates(
            version="" if version is None else str(version),
            trained=moment(_at(told, self.trained), self.trained),
            data_until=moment(_at(told, self.data_until), self.data_until),
            attempted=moment(_at(told, self.attempted), self.attempted),
            attempt="" if attempt is None else str(attempt),
            promoted=moment(_at(told, self.promoted), self.promoted),
        )


NAMES = Names()
"""What the fields are called where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True)
class ModelRecord(Recipe, ABC):
    """Where it is written down which version of a model there is, and when it was trained on what.

    Like a source it opens nothing until a task runs, and every string in it may be a template.
    """

    @property
    @abstractmethod
    def label(self) -> str:
        """What it is, in a few words; never holds a credential."""

    @abstractmethod
    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Look, as of the end of a window as far as the record tells what was then.

        Raises
        ------
        DataError
            It cannot be read. The message says why.
        """


def _at(told: Mapping[str, Any], path: str) -> Any:
    """The value under a key, or under keys with dots between them."""
    if path in told:
        return told[path]
    value: Any = told
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
