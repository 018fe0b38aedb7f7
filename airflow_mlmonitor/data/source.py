"""What every source of rows promises."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    import pyarrow as pa

Part = Callable[[], "Iterator[pa.RecordBatch]"]
"""One piece of the rows that can be read on its own, in a thread of its own."""


class Connections(Protocol):
    """Where sources get credentials from: Airflow's connections inside a task, a mapping elsewhere."""

    def url(self, conn_id: str) -> str:
        """Return the SQLAlchemy URL of the database behind a connection id."""

    def filesystem(self, url: str, conn_id: str | None) -> Any:
        """Return the fsspec file system of a URL such as ``s3://bucket/key``; without an id, by default credentials."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A source, opened for one window: independent parts of one schema.

    Parameters
    ----------
    schema
        Names and types of the columns that the parts yield, in order.
    parts
        Callables, each giving an iterator of record batches of that schema; they may run in parallel threads.
    expected
        Number of rows where it is known before reading, for progress bars; else None.
    hidden
        Columns that were read to filter or to split by, and are not to be summarised.
    notes
        Column name (or "" for the whole table) to a sentence about what was lost or changed on the way, such as
        mixed types read as text. They end up in the profile.
    """

    schema: pa.Schema
    parts: Sequence[Part]
    expected: int | None = None
    hidden: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source(ABC):
    """A recipe for rows; opens nothing until it is read for a run.

    Parameters
    ----------
    columns
        Only these columns, in this order; None is all of them.
    where
        An SQL condition; only rows that meet it are read.
    timestamp
        Column with the moment a row belongs to; only rows inside the run's window are read.
    slices
        Columns whose values each get a profile of their own beside the whole, such as ``("origin",)``.
    categorical
        Numeric columns to be treated as names, such as an airline's number.
    private
        Columns whose values may only be kept as hashes.
    """

    columns: tuple[str, ...] | None = None
    where: str | None = None
    timestamp: str | None = None
    slices: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    @abstractmethod
    def open(self, window: Window | None, connections: Connections) -> Rows:
        """Find the rows of a window without reading them all.

        Raises
        ------
        DataError
            Nothing is there, it is broken, or a column that was asked for is missing. The message names it.
        ConfigurationError
            The recipe itself cannot work.
        """

    @property
    @abstractmethod
    def label(self) -> str:
        """The source in a few words, for logs and messages; never holds a credential."""

    def rendered(self, render: Callable[[str], str]) -> Self:
        """A copy in which every string has gone through ``render``; the recipe itself stays as it was."""
        return dataclasses.replace(
            self,
            **{item.name: _render(getattr(self, item.name), render) for item in dataclasses.fields(self)},
        )

    def serialize(self) -> dict[str, dict[str, Any]]:
        """The recipe as plain values, without those left at their defaults: Airflow shows it so, and compares it so."""
        shown = {
            item.name: (getattr(self, item.name), item.default)
            for item in dataclasses.fields(self)
            if item.repr
        }
        changed = {name: value for name, (value, default) in shown.items() if value != default}
        # Airflow 3.2.0 refuses to show a tuple.
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
        return {type(self).__name__: plain}


def _render(value: object, render: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return render(value)
    if isinstance(value, tuple | list):
        return type(value)(_render(item, render) for item in value)
    if isinstance(value, Mapping):
        return {key: _render(item, render) for key, item in value.items()}
    return value
