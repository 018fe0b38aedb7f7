"""The space that an embedding model puts things in, seen at a few anchors."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from airflow_mlmonitor.data.rules.rule import Measure

AS_WAS = "as the reference's"


@dataclass(frozen=True)
class EmbeddingSpace(Dependency):
    """The space that an embedding model puts things in, seen at anchors: things whose vectors are computed again and
    again, and held against those of the model that the features were learned from.

    A new version of such a model mostly turns the space: distances within it stay, yet whoever learned from the old
    vectors reads noise. ``embedding_residual`` is the distance to the reference's vectors as a share of their size;
    ``embedding_turned_residual`` the same after the best rotation; ``neighbour_overlap`` the share of each anchor's
    nearest anchors that stayed; ``embedding_norm`` the mean length. The part ``space`` says which of it happened.

    Parameters
    ----------
    vectors
        The anchors' vectors: a ``.npy`` file with a row an anchor, or a source with a column of lists or one number
        column a dimension.
    reference
        The same anchors' vectors when features and model were made, likewise.
    key
        Column of a source that names the anchor; without it the order of the rows does.
    conn_id
        Airflow connection of the object store that ``.npy`` files lie in.
    neighbours
        Nearest anchors that are looked at.
    tolerance
        Residual up to which a space counts as the same.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> EmbeddingSpace("anchors/{{ ds }}.npy", reference="anchors/reference.npy").title
    'embedding space of anchors/{{ ds }}.npy'
    """

    vectors: str | Source
    _: KW_ONLY
    reference: str | Source
    key: str | None = None
    conn_id: str | None = None
    neighbours: int = 10
    tolerance: float = 0.01

    @property
    def label(self) -> str:
        """The anchors' file or source."""
        from airflow_mlmonitor.data.location import without_secrets

        place = self.vectors.label if isinstance(self.vectors, Source) else without_secrets(self.vectors)
        return f"embedding space of {place}"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read both sets of vectors and compare them."""
        from airflow_mlmonitor.data.dependencies.anchors import anchors, paired

        now = anchors(self.vectors, self.key, self.conn_id, connections, window)
        before = anchors(self.reference, self.key, self.conn_id, connections, window)
        shape = {"dimensions": str(now.vectors.shape[1])}
        if now.vectors.shape[1] != before.vectors.shape[1]:
            return Fingerprint(
                parts={**shape, "space": "of another number of dimensions than the reference's"}
            )
        here, there = paired(now, before, self.label)
        return self._compared(here, there, shape)

    def _compared(
        self, now: NDArray[np.float64], before: NDArray[np.float64], parts: dict[str, str]
    ) -> Fingerprint:
        import numpy as np

        from airflow_mlmonitor.data.rules.rule import Measure
        from airflow_mlmonitor.stats.vector_spaces import neighbour_overlap, residual, rotated

        n = len(now)
        norm = float(np.linalg.norm(now, axis=1).mean())
        direct, turned = residual(now, before), residual(rotated(now, before), before)
        overlap = neighbour_overlap(now, before, self.neighbours)
        measures: tuple[Measure, ...] = (
            Measure("embedding_norm", norm, n=n, scale="log", worse="both"),
            Measure("embedding_residual", direct, n=n, scale="distance"),
            Measure("embedding_turned_residual", turned, n=n, scale="distance"),
            Measure("neighbour_overlap", overlap, n=n, scale="share", worse="down"),
        )
        return Fingerprint(parts={**parts, "space": self._said(direct, turned)}, measures=measures)

    def _said(self, direct: float | None, turned: float | None) -> str:
        if direct is None or turned is None:
            return "not to be compared: the reference's vectors are all zero"
        if direct <= self.tolerance:
            return AS_WAS
        return (
            "turned against the reference's" if turned <= self.tolerance else "another than the reference's"
        )
