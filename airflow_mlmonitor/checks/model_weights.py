"""Are the weights of the model numbers that it can predict with?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric, Scale, Worse
from airflow_mlmonitor.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from airflow_mlmonitor.data.weights.shadows import Shadows
    from airflow_mlmonitor.data.weights.tensor_summary import TensorSummary

FAMILY = "stability"

FACT = "weights"
"""Name of the fact in which a run leaves what the next one needs to say how far the weights have moved."""

MOST = 2_000
"""Tensors that are followed one by one."""


@dataclass(frozen=True, kw_only=True)
class ModelWeights(Inspection):
    """Are the weights of the model numbers that it can predict with?

    The file is read without running anything in it, a piece at a time: ``.safetensors``, ``.npz``, ``.npy`` and
    ``.onnx`` (its initializers, those in files beside it included). Pickles are refused, and with them what joblib,
    scikit-learn and PyTorch write by default: whoever reads one runs what it holds.

    Metrics, each with the tensor as its column: ``nonfinite_weights``, ``largest_weight`` (without sign),
    ``weight_norm``, ``zero_weight_share``, ``dead_row_share`` (places of the first dimension in which all is 0) and
    ``weight_change`` (the norm of the difference to the last run that trains, as a part of the norm it had then, within
    9 to 14 %). Of the file: ``tensors`` and ``weights``.

    A weight that is NaN or infinite fails the run, whatever the judge says; the rest is judged by its past.

    Parameters
    ----------
    paths
        A path, a glob or a URL of an object store; or several of them, for models in several files.
    conn_id
        Airflow connection of the object store.
    tensors
        Patterns, such as ``encoder.*``; tensors whose names match none are left out.

    Raises
    ------
    ConfigurationError
        No file is named.

    Examples
    --------
    >>> ModelWeights(paths="models/{{ ds }}.safetensors").limits
    {'*.nonfinite_weights': {'max': 0}}
    """

    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
    conn_id: str | None = None
    tensors: tuple[str, ...] = ("*",)

    def __post_init__(self) -> None:
        given = [self.paths] if isinstance(self.paths, str | os.PathLike) else self.paths
        object.__setattr__(self, "paths", tuple(os.fspath(path) for path in given))
        object.__setattr__(self, "tensors", tuple(self.tensors))
        if not self.paths:
            raise ConfigurationError(
                "ModelWeights() names no file; give it a path, a glob or several of them."
            )

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """What no weight may be."""
        return {f"*.{self.prefix}.nonfinite_weights" if self.prefix else "*.nonfinite_weights": {"max": 0}}

    def inspect(self, scene: Scene) -> Inspected:
        """Read the weights, and hold them against those of the last run that trains."""
        from airflow_mlmonitor.data.weights.shadows import Shadows

        before = Shadows.read(scene.facts.get(f"{self.prefix}{FACT}"))
        found = self._summaries(scene)
        metrics = [metric for column, tensor in found.items() for metric in _of(column, tensor, before)]
        sizes = {"tensors": len(found), "weights": sum(tensor.count for tensor in found.values())}
        metrics += [_metric(None, name, float(size), 1, "count") for name, size in sizes.items()]
        return Inspected(metrics=metrics, facts={f"{self.prefix}{FACT}": Shadows.of(found).text})

    def _summaries(self, scene: Scene) -> dict[str, TensorSummary]:
        """The tensors of all files, by names that no two have."""
        from airflow_mlmonitor.data.location import locate
        from airflow_mlmonitor.data.weights.stored_model import summaries

        found: dict[str, TensorSummary] = {}
        patterns: tuple[str, ...] = self.paths  # type: ignore[assignment]  # made so at the start
        files = [file for path in patterns for file in locate(path, self.conn_id, scene.connections)]
        for number, file in enumerate(dict.fromkeys(files), start=1):
            for tensor in summaries(file, self.tensors):
                name = column_of(tensor.name)
                found[name if name not in found else f"{name} of file {number}"] = tensor
                if len(found) > MOST:
                    raise DataError(
                        f"There are more than {MOST:,} tensors; name those to follow by tensors=."
                    )
        if not found:
            names = ", ".join(file.name for file in files)
            raise DataError(
                f"{names}: no tensor of floats has a name that matches {', '.join(self.tensors)}."
            )
        return found


def column_of(name: str) -> str:
    """A tensor's name as the column of its metrics, in which no character means several columns or a slice.

    >>> column_of("decoder.*:0"), column_of("bias@2")
    ('decoder.…:0', 'bias at 2')
    """
    return name.replace("*", "…").replace("?", "…").replace("@", " at ")


def _of(column: str, tensor: TensorSummary, before: Shadows) -> Iterator[Metric]:
    n = tensor.count
    counts = {"NaN": tensor.nans, "infinite": tensor.infinite}
    parts = [f"{word} in {count:,}" for word, count in counts.items() if count]
    amiss = float(tensor.nans + tensor.infinite)
    why = f"{' and '.join(parts)} of {n:,} numbers of {column}" if parts else None
    yield _metric(column, "nonfinite_weights", amiss, n, "count", "up", why)
    yield _metric(column, "largest_weight", tensor.largest, n, "log", "both")
    yield _metric(column, "weight_norm", tensor.norm, n, "log", "both")
    share = tensor.zeros / n if n else None
    yield _metric(column, "zero_weight_share", share, n, "share", "both", _zeros(column, tensor))
    if tensor.dead_rows is not None and tensor.shape[0]:
        rows = tensor.shape[0]
        said = f"nothing but 0 in {tensor.dead_rows:,} of {rows:,} rows of {column}"
        yield _metric(column, "dead_row_share", tensor.dead_rows / rows, rows, "share", "up", said)
    change = before.change(column, tensor)
    moved = f"{column} moved by {change.share:.1%} of its size" if change.share is not None else change.why
    yield _metric(column, "weight_change", change.share, n, "log", "both", moved)


def _zeros(column: str, tensor: TensorSummary) -> str:
    if not tensor.count:
        return "there are no weights"
    said = f"{tensor.zeros:,} of {tensor.count:,} numbers of {column} are 0"
    dead = f", {tensor.dead_rows:,} of {tensor.shape[0]:,} rows as a whole" if tensor.dead_rows else ""
    return said + dead


def _metric(
    column: str | None,
    name: str,
    value: float | None,
    n: int,
    scale: Scale,
    worse: Worse = "both",
    why: str | None = None,
) -> Metric:
    return Metric(
        name=name, value=value, column=column, n=n, scale=scale, family=FAMILY, worse=worse, why=why
    )
