"""Changes that somebody announced before they came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.store.store import MetricsStore

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

MOST = 100
"""Announcements of one model that are looked at, those that end last."""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A change of a dependency that somebody announced.

    Parameters
    ----------
    dependency
        As findings call it.
    window
        Runs inside it may see the change.
    who, note
        Who said so, and why.
    """

    dependency: str
    window: Window
    who: str
    note: str

    @property
    def words(self) -> str:
        """Who announced it, why and until when."""
        note = f": {self.note}" if self.note else ""
        return f"announced by {self.who} until {self.window.end:%Y-%m-%d %H:%M} UTC{note}"


def announce(store: MetricsStore, model: str, said: Announcement) -> None:
    """Keep an announcement beside those of the same span, in place of an earlier one of the same dependency."""
    kept = {one.dependency: one for one in announcements(store, model) if one.window == said.window}
    kept[said.dependency] = said
    content = [{"dependency": one.dependency, "who": one.who, "note": one.note} for one in kept.values()]
    store.keep(_label(model), said.window, json.dumps(content).encode())


def announcements(store: MetricsStore, model: str) -> list[Announcement]:
    """What was announced of a model's dependencies, whatever the span, the earliest end first."""
    kept = store.profiles(_label(model), asof=FOREVER, last=MOST)
    return [Announcement(window=window, **told) for window, content in kept for told in json.loads(content)]


def announced(store: MetricsStore, model: str, window: Window) -> dict[str, str]:
    """Dependency to the announcement, in words, that holds for a run of a window."""
    return {
        one.dependency: one.words
        for one in announcements(store, model)
        if one.window.start <= window.start and window.end <= one.window.end
    }


def _label(model: str) -> str:
    """Under which label they are kept; no monitor and no pin is called so."""
    return f"{model}\x1fannounced"
