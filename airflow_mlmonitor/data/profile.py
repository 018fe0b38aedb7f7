"""The small, mergeable, storable summary of a batch of rows, column by column."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.data.distinct import HashSample
from airflow_mlmonitor.data.rules.memory import Memory, Novelty
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.rules.tallies import Tallies
from airflow_mlmonitor.errors import DataError

SLICE_VALUES = 40
"""Values of a slicing column that each get a profile of their own; a column with more is not sliced by."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Summand = TypeVar("Summand", Column, "Profile")


@dataclass(frozen=True, eq=False, kw_only=True)
class Profile:
    """The small, mergeable, storable summary of a batch of rows, column by column.

    ``a + b`` is the profile of all the rows of both: exact for counts and moments, within the stated bounds of
    :class:`~airflow_mlmonitor.data.sketch.Sketch` and :class:`~airflow_mlmonitor.data.category.CategoryColumn` for
    the rest.

    Parameters
    ----------
    rows
        Number of rows.
    columns
        Column name to what is known of it, in the order of the source.
    slices
        Such as ``origin=EWR`` to the profile of those rows.
    remarks
        Column name ("" for the table) to what happened on the way in.
    unsliced
        Columns that were to give slices and have too many values.
    row_hashes
        A sample of the rows by hash, from which repeated rows are counted; None where it was not taken.
    repeated
        The share of repeated rows of a stored profile, which keeps no hashes of rows.
    timestamp
        Name of the column that says when.
    tallies
        How the rows kept the rules that they were read with; they add up, and are not stored.
    measures
        What the tallies came to, given what was seen before these rows; they are stored, and do not add up.
    novelty
        What these rows showed for the first time; not stored.
    rules
        What these rows always did, where they are a baseline.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame, read
    >>> profile = read(Frame({"fare": [12.0, 8.5, None], "town": ["Ulm", "Ulm", "Bonn"]}))
    >>> profile["fare"].mean, profile["fare"].nulls, profile["town"].counts
    (10.25, 1, {'Ulm': 2, 'Bonn': 1})
    >>> (profile + profile).rows
    6
    >>> Profile.decode(profile.encode())["fare"].max
    12.0
    """

    rows: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    slices: Mapping[str, Profile] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    unsliced: tuple[str, ...] = ()
    row_hashes: HashSample | None = None
    repeated: float | None = None
    timestamp: str | None = None
    tallies: Tallies | None = None
    measures: tuple[Measure, ...] = ()
    novelty: Novelty | None = None
    rules: Rules | None = None

    def __getitem__(self, name: str) -> Column:
        try:
            return self.columns[name]
        except KeyError:
            near = difflib.get_close_matches(name, self.columns, n=1)
            hint = (
                f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(self.columns) or 'none'}"
            )
            raise DataError(f"There is no column {name!r}{hint}") from None

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def schema(self) -> dict[str, str]:
        """Column name to type."""
        return {name: column.type for name, column in self.columns.items()}

    @property
    def notes(self) -> dict[str, str]:
        """Column name ("" for the table) to what could not be evaluated, or was changed on the way in."""
        noted = {name: column.note for name, column in self.columns.items() if column.note}
        crowded = f"has more than {SLICE_VALUES} values, so it gives no slices"
        return joined(dict.fromkeys(self.unsliced, crowded), self.remarks, noted)

    @property
    def duplicates(self) -> float | None:
        """Share of rows that repeat an earlier one in all columns that are evaluated.

        Exact up to 65,536 distinct rows, else from a sample: within .015. None of the sum of stored profiles.
        """
        return self.row_hashes.repeated(self.rows) if self.row_hashes else self.repeated

    @property
    def first(self) -> datetime | None:
        """The earliest moment in the timestamp column; None where there is none, or no calendar has it."""
        return self._moment("min")

    @property
    def last(self) -> datetime | None:
        """The latest moment in the timestamp column; None where there is none, or no calendar has it."""
        return self._moment("max")

    def _moment(self, which: str) -> datetime | None:
        column = self.columns.get(self.timestamp or "")
        seconds = getattr(column, which) if isinstance(column, NumberColumn) and column.is_time else None
        try:
            return None if seconds is None else EPOCH + timedelta(seconds=seconds)
        except OverflowError:  # a moment past the year 9999, or before the year 1
            return None

    def settled(self, memory: Memory) -> Profile:
        """The profile with what its tallies come to, given what was seen before these rows; itself if it has none."""
        if self.tallies is None:
            return self
        measures, novelty, notes = self.tallies.settled(memory)
        remarks = joined(self.remarks, notes)
        return replace(self, tallies=None, measures=measures, novelty=novelty, remarks=remarks)

    def compact(self) -> Profile:
        """The profile as it is stored: at most 1,024 points or values a column, and no row hashes."""
        return Profile(
            rows=self.rows,
            columns={name: column.compact() for name, column in self.columns.items()},
            slices={name: part.compact() for name, part in self.slices.items()},
            remarks=self.remarks,
            unsliced=self.unsliced,
            repeated=self.duplicates,
            timestamp=self.timestamp,
            measures=self.measures,
            rules=self.rules,
        )

    def encode(self) -> bytes:
        """Write the compact profile as bytes."""
        from airflow_mlmonitor.data.encoding import encode

        return encode(self.compact())

    @classmethod
    def decode(cls, content: bytes) -> Profile:
        """Read what :meth:`encode` wrote.

        Raises
        ------
        EncodingError
            The bytes are damaged, or written by a newer version.
        """
        from airflow_mlmonitor.data.encoding import decode

        return decode(content)

    def __add__(self, other: Profile) -> Profile:
        slices, unsliced = uncrowded(_added(self.slices, other.slices), {*self.unsliced, *other.unsliced})
        return Profile(
            rows=self.rows + other.rows,
            columns=_added(self.columns, other.columns),
            slices=slices,
            remarks={**self.remarks, **other.remarks},
            unsliced=unsliced,
            row_hashes=_rows_hashed(self, other),
            repeated=None if self.rows and other.rows else (self if self.rows else other).repeated,
            timestamp=other.timestamp or self.timestamp,
            tallies=_tallied(self, other),
        )


def joined(*notes: Mapping[str, str]) -> dict[str, str]:
    """All notes by column; what several say of one stands side by side, the same only once."""
    said: dict[str, list[str]] = {}
    for name, note in (item for part in notes for item in part.items()):
        if note not in said.setdefault(name, []):
            said[name].append(note)
    return {name: "; ".join(found) for name, found in said.items()}


def _rows_hashed(left: Profile, right: Profile) -> HashSample | None:
    """Add the samples of rows, where all rows are in them."""
    if not left.rows or not right.rows:
        return left.row_hashes if left.rows else right.row_hashes
    return left.row_hashes + right.row_hashes if left.row_hashes and right.row_hashes else None


def _tallied(left: Profile, right: Profile) -> Tallies | None:
    """Add the tallies, where all rows are in them."""
    if not left.rows or not right.rows:
        return (left if left.rows else right).tallies
    return left.tallies + right.tallies if left.tallies and right.tallies else None


def _added(left: Mapping[str, Summand], right: Mapping[str, Summand]) -> dict[str, Summand]:
    """Add name by name; what only one of them has stays as it is."""
    both = dict(left)
    for name, part in right.items():
        both[name] = both[name] + part if name in both else part
    return both


def uncrowded(slices: Mapping[str, Profile], known: set[str]) -> tuple[dict[str, Profile], tuple[str, ...]]:
    """Leave out the slices of columns that have too many values, or are known to; name those columns."""
    sizes = Counter(name.partition("=")[0] for name in slices)
    crowded = known | {column for column, size in sizes.items() if size > SLICE_VALUES}
    kept = {name: part for name, part in slices.items() if name.partition("=")[0] not in crowded}
    return kept, tuple(sorted(crowded))
