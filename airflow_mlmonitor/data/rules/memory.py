"""What earlier runs have shown, and what one run adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes
from airflow_mlmonitor.data.rules.seen import SEEN, Seen


class Range(NamedTuple):
    """Between which numbers a column lay, and how far apart the bulk of it."""

    low: float
    high: float
    spread: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Novelty:
    """What the rows of one run show for the first time; what several rules found adds up.

    A run leaves it behind, and it enters the memory of later runs if the run trains. It holds hashes only, never a
    value.

    Parameters
    ----------
    seen
        Key to the items that the memory did not know.
    latest
        Key to a sample of this run's items, known or not: what only the next run is compared with.
    ranges
        Column to the range of its numbers, where it reaches beyond the one that was known.
    """

    seen: Mapping[str, Seen] = field(default_factory=dict)
    latest: Mapping[str, Seen] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    def __add__(self, other: Novelty) -> Self:
        return type(self)(
            seen=_united(self.seen, other.seen),
            latest={**self.latest, **other.latest},
            ranges=_widened(self.ranges, other.ranges),
        )

    def __bool__(self) -> bool:
        return bool(self.seen or self.latest or self.ranges)

    def encode(self) -> bytes:
        """Write it as bytes."""
        from airflow_mlmonitor.data.rules.remembering import encode

        return encode(self)

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what :meth:`encode` wrote.

        Raises
        ------
        EncodingError
            The bytes are damaged, or written by a newer version.
        """
        from airflow_mlmonitor.data.rules.remembering import decode

        return decode(content, cls)


@dataclass(frozen=True, eq=False, kw_only=True)
class Memory(Novelty):
    """What earlier runs have shown: values, pairs, patterns and null masks as hashes, and ranges of numbers.

    ``memory + novelty`` is the memory after a run. In which order runs are added makes no difference, except that
    ``latest`` is that of the run added last. A key takes at most as many hashes as its
    :class:`~airflow_mlmonitor.data.rules.seen.Seen` has room for; beyond, it knows a sample, chosen by hash alone: ask
    only for what :meth:`samples`.

    Examples
    --------
    >>> from airflow_mlmonitor.data.distinct import hash_strings
    >>> memory = Memory() + Novelty(seen={"value:town": Seen.of(hash_strings(["Ulm", "Bonn"]))})
    >>> memory.knows("value:town", hash_strings(["Ulm", "Ulm "])).tolist()
    [True, False]
    >>> "value:town" in memory, "value:street" in memory
    (True, False)
    """

    def __contains__(self, key: str) -> bool:
        """Whether anything was ever asked of a key; if not, everything would look new, so nothing can be said."""
        return key in self.seen

    def knows(self, key: str, hashes: Hashes) -> NDArray[np.bool_]:
        """Which items were seen before; False for those outside the sample."""
        return self.seen.get(key, _NOTHING).knows(hashes)

    def samples(self, key: str, hashes: Hashes) -> NDArray[np.bool_]:
        """Of which items the memory can tell whether they were seen: all of them, while it has room for all."""
        return self.seen.get(key, _NOTHING).samples(hashes)

    def level(self, key: str) -> int:
        """An item is in the sample when the first so many bits of its hash are 0."""
        return self.seen.get(key, _NOTHING).level

    def unseen(self, key: str, hashes: Hashes, *, size: int = SEEN) -> Seen | None:
        """What is new among some items, for a novelty; None for nothing, unless the key itself is new."""
        known = self.seen.get(key)
        if known is None:
            return Seen.of(hashes, size=size)
        fresh = hashes[known.samples(hashes) & ~known.knows(hashes)]
        return Seen.of(fresh, size=known.size, level=known.level) if fresh.size else None

    def novelty_of(self, items: Mapping[str, Hashes]) -> Novelty:
        """What is new among the items of some keys."""
        fresh = {key: self.unseen(key, hashes) for key, hashes in items.items()}
        return Novelty(seen={key: seen for key, seen in fresh.items() if seen is not None})

    def range(self, column: str) -> Range | None:
        """Between which numbers a column lay; None where that is not known."""
        return self.ranges.get(column)

    def after(self, novelties: Sequence[Novelty]) -> Memory:
        """The memory after several runs, oldest first: what adding them one by one gives, in a fiftieth of the time."""
        sets: dict[str, list[Seen]] = {key: [seen] for key, seen in self.seen.items()}
        latest, ranges = dict(self.latest), dict(self.ranges)
        for novelty in novelties:
            for key, seen in novelty.seen.items():
                sets.setdefault(key, []).append(seen)
            latest.update(novelty.latest)
            if novelty.ranges:
                ranges = _widened(ranges, novelty.ranges)
        return Memory(
            seen={key: Seen.united(seen) if len(seen) > 1 else seen[0] for key, seen in sets.items()},
            latest=latest,
            ranges=ranges,
        )

    def aged(self) -> Memory:
        """The memory without the latest run: what a baseline keeps, whose rows are no run before the next one."""
        return Memory(seen=self.seen, ranges=self.ranges)


def values_key(column: str) -> str:
    """The key of a column's values, which several rules share."""
    return f"value:{column}"


_NOTHING = Seen()


def _united(left: Mapping[str, Seen], right: Mapping[str, Seen]) -> dict[str, Seen]:
    united = dict(left)
    for key, seen in right.items():
        united[key] = united[key] + seen if key in united else seen
    return united


def _widened(left: Mapping[str, Range], right: Mapping[str, Range]) -> dict[str, Range]:
    widened = dict(left)
    for column, other in right.items():
        mine = widened.get(column, other)
        widened[column] = Range(
            min(mine.low, other.low), max(mine.high, other.high), max(mine.spread, other.spread)
        )
    return widened
