"""A fingerprint as a run remembers it for the next one, in bounded space."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from airflow_mlmonitor.data.dependencies.difference import Difference
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint, short_hash

MOST_PARTS = 400
"""Parts that are remembered by name and value."""

MOST_CHARACTERS = 16_000
"""Characters that names and values of parts take; with more of them only hashes are remembered."""

BUCKETS = 1024
"""Hashes that stand for the parts of a dependency with more of them."""

BYTES = 6
"""Of one hash."""

EARLIER = 20
"""Earlier states that are remembered."""


class Spell(NamedTuple):
    """One state of a dependency and the runs that saw it.

    Parameters
    ----------
    identity
        As in :class:`Fingerprint`.
    version
        The version that was written down for it; empty where none was.
    since, seen
        Labels of the first and the last window in which it was as it is.
    """

    identity: str
    version: str
    since: str
    seen: str

    @property
    def words(self) -> str:
        """When that was, and under which version."""
        when = f"on {self.since}" if self.since == self.seen else f"from {self.since} to {self.seen}"
        return f"version {self.version}, here {when}" if self.version else f"what was here {when}"


@dataclass(frozen=True)
class Remembered:
    """A fingerprint as a run remembers it for the next one, in bounded space.

    Up to 400 parts and 16,000 characters are remembered as they are. Of more, each part leaves a hash in one of 1,024
    places: how many are gone, and which are new or not what they were, can still be told, mostly to the name.

    Parameters
    ----------
    parts
        Part to value; None where there are too many.
    places
        Hashes of the parts where there are too many.
    spell
        The state, and since when it has been so.
    earlier
        Earlier states, oldest first.

    Examples
    --------
    >>> before = Remembered.of(Fingerprint(parts={"column fare": "REAL"}), "2013-02-08", None)
    >>> stored = Remembered.read(before.text)
    >>> [found.words for found in stored.differences(Fingerprint(parts={"column fare": "TEXT"}))]
    ['column fare was REAL, is TEXT']
    """

    parts: Mapping[str, str] | None
    places: bytes
    spell: Spell
    earlier: tuple[Spell, ...] = ()

    @classmethod
    def of(cls, now: Fingerprint, window: str, before: Remembered | None) -> Self:
        """What a run remembers of a fingerprint, and goes on remembering of those before."""
        spell = Spell(now.identity, now.parts.get("version", ""), window, window)
        earlier: tuple[Spell, ...] = ()
        if before:
            same = before.spell[:2] == spell[:2]
            spell = spell._replace(since=before.spell.since) if same else spell
            earlier = before.earlier if same else (*before.earlier, before.spell)[-EARLIER:]
        large = len(now.parts) > MOST_PARTS or len(json.dumps(now.parts)) > MOST_CHARACTERS
        return cls(None if large else now.parts, _places(now.parts) if large else b"", spell, earlier)

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """What a run remembered; None where it remembered nothing that can be read."""
        try:
            told = json.loads(text or "")
            spells = [Spell(*spell) for spell in told["spells"]]
            places = base64.b64decode(told.get("places", ""))
            if told.get("parts") is None and len(places) != BUCKETS * (1 + BYTES):
                return None
            return cls(told.get("parts"), places, spells[-1], tuple(spells[:-1]))
        except (ValueError, KeyError, TypeError, IndexError):
            return None

    @property
    def text(self) -> str:
        """It as text, to be stored as a fact."""
        content: dict[str, Any] = {"parts": self.parts}
        if self.parts is None:
            content = {"places": base64.b64encode(self.places).decode()}
        return json.dumps(content | {"spells": [*self.earlier, self.spell]})

    def differences(self, now: Fingerprint) -> list[Difference]:
        """Which parts are not what they were, by name."""
        if self.parts is None:
            return self._among(now)
        names = sorted(self.parts.keys() | now.parts.keys())
        pairs = ((name, self.parts.get(name), now.parts.get(name)) for name in names)
        return [Difference(name, was, is_) for name, was, is_ in pairs if was != is_]

    def same_as(self, now: Fingerprint) -> Spell | None:
        """An earlier state with the same content, the latest one."""
        alike = [spell for spell in (*self.earlier, self.spell) if spell.identity == now.identity]
        return alike[-1] if alike else None

    def _among(self, now: Fingerprint) -> list[Difference]:
        """The parts in those places whose hash has changed: mostly the changed one alone."""
        held = _by_place(now.parts)
        found: list[Difference] = []
        for place, (was, is_) in enumerate(zip(_cut(self.places), _cut(_places(now.parts)), strict=True)):
            if was != is_:
                found += _differing(was, is_, {name: now.parts[name] for name in held.get(place, [])})
        return found


def _differing(was: bytes, now: bytes, parts: Mapping[str, str]) -> list[Difference]:
    """What may have happened to the parts in one place, given its hashes and how many it held."""
    grown = now[0] - was[0]
    added = [name for name in parts if _xor(was[1:], _hash(name, parts[name])) == now[1:]]
    if grown == 1 and added:
        return [Difference(added[0], None, parts[added[0]])]
    if grown < 0:
        return [Difference("a part is gone" if grown == -1 else f"{-grown} parts are gone", certain=False)]
    if len(parts) == 1:
        return [Difference(name, None, value, certain=False) for name, value in parts.items()]
    said = "is not what it was" if grown == 0 else "is new"
    return [Difference(f"one of {', '.join(parts)} {said}", certain=False)]


def _by_place(parts: Mapping[str, str]) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for name in sorted(parts):
        held.setdefault(int(short_hash(name), 16) % BUCKETS, []).append(name)
    return held


def _places(parts: Mapping[str, str]) -> bytes:
    """Of each place how many parts it holds, up to 255, and their hashes, one over the other."""
    places = [bytes(1 + BYTES)] * BUCKETS
    for place, names in _by_place(parts).items():
        mixed = bytes(BYTES)
        for name in names:
            mixed = _xor(mixed, _hash(name, parts[name]))
        places[place] = bytes([min(len(names), 255)]) + mixed
    return b"".join(places)


def _hash(name: str, value: str) -> bytes:
    return hashlib.sha256(json.dumps([name, value]).encode()).digest()[:BYTES]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _cut(places: bytes) -> list[bytes]:
    size = 1 + BYTES
    return [places[start : start + size] for start in range(0, BUCKETS * size, size)]
