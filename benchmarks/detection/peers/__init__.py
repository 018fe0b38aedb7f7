"""Other ways to watch data, re-implemented from what their documentation says they do by default."""

from __future__ import annotations

from benchmarks.detection.peers.distances import (
    CorrectedTests,
    EvidentlyAny,
    EvidentlyDataset,
    NannyML,
    Psi,
    Tests,
)
from benchmarks.detection.peers.following import Deequ, Gate, Redyuk
from benchmarks.detection.peers.peer import Answer, Peer

PEERS: tuple[type[Peer], ...] = (
    Tests,
    CorrectedTests,
    Psi,
    EvidentlyAny,
    EvidentlyDataset,
    NannyML,
    Deequ,
    Gate,
    Redyuk,
)

__all__ = ["PEERS", "Answer", "Peer"]
