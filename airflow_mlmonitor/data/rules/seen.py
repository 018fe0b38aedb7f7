"""A bounded set of hashes: what was seen, or a sample of it that is chosen by hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.distinct import Hashes

ShortHashes = NDArray[np.uint32]

SEEN = 4_096
"""Hashes that a set keeps at most, unless its rule says otherwise."""

_UPPER = np.uint64(32)
_DEEPEST = 32


@dataclass(frozen=True, eq=False)
class Seen:
    """The items whose hash falls below a line; the line sinks as items come.

    Every item is in or out by its hash alone, so the sets of parts add up to the set of the whole, and two sets of
    different runs sample the same items. Exact while at most ``size`` items came.

    Only the upper half of a hash is kept: it decides what lies below the line, and it takes half the room. The price
    is that of N items seen a new one passes for known with a probability of N / 2^32, 1 in 4,000 for a million items.

    Parameters
    ----------
    size
        Items to keep at most.
    level
        An item is in when the first ``level`` bits of its hash are 0.
    hashes
        The upper 32 bits of the hashes that are in, ascending, each once.

    Examples
    --------
    >>> from airflow_mlmonitor.data.distinct import hash_strings
    >>> monday, tuesday = Seen.of(hash_strings(["Ulm", "Bonn"])), Seen.of(hash_strings(["Ulm", "Kiel"]))
    >>> len(monday + tuesday), (monday + tuesday).knows(hash_strings(["Kiel", "Rome"])).tolist()
    (3, [True, False])
    """

    size: int = SEEN
    level: int = 0
    hashes: ShortHashes = field(default_factory=lambda: np.empty(0, dtype=np.uint32))

    @classmethod
    def of(cls, hashes: Hashes, *, size: int = SEEN, level: int = 0) -> Seen:
        """The set of some hashes (64 bits each, in any order), at a level or deeper."""
        kept = hashes[below(hashes, level)] if level else hashes
        return cls(size, level, np.unique((kept >> _UPPER).astype(np.uint32)))._sunk(level)

    def samples(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Which of some hashes lie below the line, so that the set can tell whether they were seen."""
        return below(hashes, self.level)

    def knows(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Which of some hashes were seen; False for those above the line."""
        if not self.hashes.size:
            return np.zeros(hashes.size, dtype=np.bool_)
        short = (hashes >> _UPPER).astype(np.uint32)
        places = np.minimum(np.searchsorted(self.hashes, short), self.hashes.size - 1)
        return np.asarray(self.hashes[places] == short)

    def __len__(self) -> int:
        return int(self.hashes.size)

    def __add__(self, other: Seen) -> Seen:
        return Seen.united((self, other))

    @classmethod
    def united(cls, sets: Sequence[Seen]) -> Seen:
        """The sum of one set or more, at once."""
        size, level = min(seen.size for seen in sets), max(seen.level for seen in sets)
        filled = [seen.hashes for seen in sets if seen.hashes.size] or [sets[0].hashes]
        hashes = np.unique(np.concatenate(filled)) if len(filled) > 1 else filled[0]
        return cls(size, level, hashes)._sunk(level)

    def _sunk(self, level: int) -> Seen:
        """Only what lies below the line of a level, or of the first deeper one where no more than ``size`` do."""
        while (kept := self._count_below(level)) > self.size:
            level += 1
        return Seen(self.size, level, self.hashes[:kept])

    def _count_below(self, level: int) -> int:
        if not level:
            return len(self)
        return int(np.searchsorted(self.hashes, np.uint32((1 << (_DEEPEST - level)) - 1), side="right"))


def below(hashes: Hashes, level: int) -> NDArray[np.bool_]:
    """Which hashes lie below the line of a level."""
    if not level:
        return np.ones(hashes.size, dtype=np.bool_)
    return np.asarray(hashes < np.uint64(1 << (64 - level)))
