"""What every source of rows promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_mlmonitor.data.connections import Details

Part = Callable[[], "Iterator[pa.RecordBatch]"]
"""One piece of the rows that can be read on its own, in a thread of its own."""


class Connections(Protocol):
    """Where sources get credentials from: Airflow's connections inside a task, a mapping elsewhere."""

    def url(self, conn_id: str) -> str:
        """Return the SQLAlchemy URL of the database behind a connection id."""

    def filesystem(self, url: str, conn_id: str | None) -> Any:
        """Return the fsspec file system of a URL such as ``s3://bucket/key``; without an id, by default credentials."""

    def details(self, conn_id: str) -> Details:
        """Return the fields of a connection: host, login, password and what else it has."""


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
class Source(Recipe, ABC):
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
