"""Something that is told, not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError


@dataclass(frozen=True)
class Stated(Dependency):
    """Something that is told, not looked at: a template such as ``{{ var.value.feature_flag }}``.

    Parameters
    ----------
    value
        What it is, or part to what it is.
    name
        What it is called; it has to be given.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> Stated("{{ var.value.rates_version }}", name="rates").title
    'rates'
    """

    value: str | Mapping[str, str]
    _: KW_ONLY

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.name:
            raise ConfigurationError("Stated() needs a name, by which findings call it.")

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Take what was told."""
        parts = {"value": self.value} if isinstance(self.value, str) else self.value
        return Fingerprint(parts={part: str(value) for part, value in parts.items()})
