"""What a profile knows of a column of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from airflow_mlmonitor.data.column import Column
from airflow_mlmonitor.data.distinct import HashSample, hash_strings
from airflow_mlmonitor.data.sketch import STORED_POINTS

MEMORY_VALUES = 20_000
"""Distinct values of a categorical column that are counted while it is read."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CategoryColumn(Column):
    """A column of names: text, dictionaries, booleans, or numbers that a source calls categorical.

    Parameters
    ----------
    counts
        Value to number of rows, most frequent first. Exact while there are at most 20,000 distinct values.
    others
        Number of rows whose value is not in ``counts``.
    error
        Each count is too low by at most this; 0 while exact. While reading it stays below a 10,000th of the rows
        (Misra-Gries); storing adds the count of the most frequent value left out.
    characters
        Sum of the lengths of all values.
    values
        A sample of the distinct values, once not all are in ``counts``.
    private
        Whether the values are hashes.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    others: int = 0
    error: int = 0
    characters: int = 0
    values: HashSample | None = None
    private: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "category")

    @property
    def exact(self) -> bool:
        """Whether every value is in ``counts``."""
        return self.others == 0

    @property
    def distinct(self) -> int | None:
        """Number of distinct values: exact while all are counted, else within about 4 %."""
        return len(self.counts) if self.values is None else self.values.distinct

    @property
    def mean_length(self) -> float | None:
        """Mean length of the values, in characters; None when there are none."""
        return self.characters / self.count if self.count else None

    def compact(self) -> CategoryColumn:
        """The column as it is stored: the 1,024 most frequent values."""
        if len(self.counts) <= STORED_POINTS:
            return self
        ranked = list(self.counts.items())
        kept, lost = dict(ranked[:STORED_POINTS]), ranked[STORED_POINTS][1]
        return replace(
            self,
            counts=kept,
            others=self.count - sum(kept.values()),
            error=self.error + lost,
            values=self.values or texts_hashed(self.counts),
        )

    def _plus(self, other: Column) -> Column:
        assert isinstance(other, CategoryColumn)  # noqa: S101 - kinds were compared
        counts = dict(self.counts)
        for value, count in other.counts.items():
            counts[value] = counts.get(value, 0) + count
        values = None
        if self.values or other.values or len(counts) > MEMORY_VALUES:
            values = (self.values or texts_hashed(self.counts)) + (other.values or texts_hashed(other.counts))
        kept, lost = most_frequent(counts)
        return replace(
            other,
            rows=self.rows + other.rows,
            nulls=self.nulls + other.nulls,
            note=self.note or other.note,
            counts=kept,
            others=self.count + other.count - sum(kept.values()),
            error=self.error + other.error + lost,
            characters=self.characters + other.characters,
            values=values,
            private=self.private or other.private,
        )


def most_frequent(counts: dict[str, int]) -> tuple[dict[str, int], int]:
    """Sort counts by frequency; of too many keep half, less the count of the next one (Misra and Gries 1982)."""
    lost = 0
    if len(counts) > MEMORY_VALUES:
        lost = sorted(counts.values(), reverse=True)[MEMORY_VALUES // 2]
        counts = {value: count - lost for value, count in counts.items() if count > lost}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))), lost


def texts_hashed(texts: Mapping[str, int]) -> HashSample:
    """The distinct-count sample of some texts."""
    return HashSample().add(hash_strings(list(texts)))
