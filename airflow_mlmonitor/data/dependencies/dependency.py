"""What every dependency promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError

Policy = Literal["info", "warn", "fail"]


@dataclass(frozen=True, kw_only=True)
class Dependency(Recipe, ABC):
    """Something outside of the model that it depends on; looking at it gives a fingerprint.

    Like a source it opens nothing until a task runs, and every string in it may be a template.

    Parameters
    ----------
    name
        What it is called in findings, and the key of its history; by default what it looks at.
    policy
        What a change means: ``info`` remembers it, ``warn`` tells of it, ``fail`` fails the task.
    expected
        What may change: the new value of a part, such as a version; or part to new value. Such a change is remembered
        and nobody is told.

    Raises
    ------
    ConfigurationError
        The policy is not known.
    """

    name: str = ""
    policy: Policy = "warn"
    expected: str | Mapping[str, str] = field(default="")

    def __post_init__(self) -> None:
        if self.policy not in get_args(Policy):
            raise ConfigurationError(
                f"{type(self).__name__} has the policy {self.policy!r}; write 'info', 'warn' or 'fail'."
            )

    @property
    def title(self) -> str:
        """What it is called in findings."""
        return self.name or self.label

    @property
    @abstractmethod
    def label(self) -> str:
        """What it looks at, in a few words; never holds a credential."""

    @abstractmethod
    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Look at it.

        Raises
        ------
        MLMonitorError
            It cannot be looked at. The message says why.
        """
