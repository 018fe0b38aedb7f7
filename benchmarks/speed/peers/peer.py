"""What the benchmark must know of a tool to install and start it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PythonVersion = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One tool compared with.

    Parameters
    ----------
    title
        What the table calls it.
    script
        The file beside this one, without ``.py``.
    requirements
        What goes into its environment, pinned.
    pythons
        The oldest and the newest Python these versions install on.
    environment
        Variables for its process: no telemetry, no chatter.
    """

    title: str
    script: str
    requirements: tuple[str, ...]
    pythons: tuple[PythonVersion, PythonVersion]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return Path(__file__).with_name(f"{self.script}.py")
