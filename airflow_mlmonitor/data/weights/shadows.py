"""What a run remembers of weights, so that the next one can say how far they have moved."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from airflow_mlmonitor.data.weights.tensor import Floats
from airflow_mlmonitor.data.weights.tensor_summary import SHADOW, TensorSummary

MOST = 400
"""Tensors whose shadows are remembered, the largest ones: 350 characters each."""


class Change(NamedTuple):
    """By what part of its norm a tensor differs from what it was, or why that is not known."""

    share: float | None
    why: str = ""


class Shadow(NamedTuple):
    """What is remembered of one tensor."""

    shape: tuple[int, ...]
    norm: float
    sums: Floats


@dataclass(frozen=True, eq=False)
class Shadows:
    """What a run remembers of weights.

    Examples
    --------
    >>> def summary(x):
    ...     return TensorSummary(name="w", shape=(64,), nans=0, infinite=0, zeros=0, largest=1.0, norm=8.0,
    ...                          dead_rows=None, shadow=np.full(64, x))
    >>> before = Shadows.read(Shadows.of({"w": summary(1.0)}).text)
    >>> before.change("w", summary(1.5)).share, before.change("b", summary(1.5)).why
    (0.5, 'the run before had no tensor of this name')
    """

    known: Mapping[str, Shadow] = field(default_factory=dict)

    @classmethod
    def of(cls, tensors: Mapping[str, TensorSummary]) -> Self:
        """What is to be remembered of some tensors."""
        largest = sorted(tensors, key=lambda name: tensors[name].count, reverse=True)[:MOST]
        kept = {name: tensors[name] for name in largest}
        return cls({name: Shadow(one.shape, one.norm, one.shadow) for name, one in kept.items()})

    @classmethod
    def read(cls, text: str | None) -> Self:
        """What a run remembered; nothing where it remembered nothing that can be read."""
        try:
            told = json.loads(text or "{}")
            known = {
                name: Shadow(tuple(shape), float(norm), np.frombuffer(base64.b64decode(sums), "<f4"))
                for name, (shape, norm, sums) in told.items()
            }
        except (ValueError, TypeError, AttributeError):
            return cls()
        return cls({name: one for name, one in known.items() if one.sums.size == SHADOW})

    @property
    def text(self) -> str:
        """It as text, to be stored as a fact."""
        return json.dumps(
            {name: _written(one) for name, one in self.known.items() if math.isfinite(one.norm)}
        )

    def change(self, name: str, now: TensorSummary) -> Change:
        """How far a tensor has moved."""
        before = self.known.get(name)
        if before is None:
            return Change(None, "the run before had no tensor of this name")
        if before.shape != now.shape:
            return Change(None, f"its shape was {_shape(before.shape)} and is {_shape(now.shape)}")
        if not before.norm:
            return Change(None, "all of it was 0")
        moved = np.linalg.norm(now.shadow.astype(np.float32) - before.sums)
        return Change(float(moved) / before.norm)


def _written(one: Shadow) -> tuple[tuple[int, ...], float, str]:
    return one.shape, one.norm, base64.b64encode(one.sums.astype("<f4").tobytes()).decode()


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
