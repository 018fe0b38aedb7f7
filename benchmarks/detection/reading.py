"""One day, measured once: what our judge and the peers are given, small enough to be kept three thousand times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.checks import Metric
from benchmarks.detection.peers.summary import Summary

Schema = tuple[Metric, ...]
NUMBERS = ("value", "n", "expected", "p_value", "effect")


@dataclass(frozen=True)
class Reading:
    """One day, measured once.

    Parameters
    ----------
    schema
        The metrics without their numbers; days share it.
    numbers
        One row for each of them: value, n, expected, p-value and effect; NaN for None.
    rows
        Number of rows of the day.
    summary
        The day as the peers see it.
    """

    schema: Schema
    numbers: NDArray[np.float64]
    rows: int
    summary: Summary

    @classmethod
    def of(cls, metrics: Sequence[Metric], rows: int, summary: Summary) -> Reading:
        schema = tuple(
            replace(metric, value=None, n=0, expected=None, p_value=None, effect=None, why=None)
            for metric in metrics
        )
        numbers = np.array(
            [[_float(getattr(metric, name)) for name in NUMBERS] for metric in metrics], dtype=np.float64
        ).reshape(-1, len(NUMBERS))
        return cls(schema, numbers, rows, summary)

    @property
    def metrics(self) -> list[Metric]:
        """The metrics as the checks gave them, without their words."""
        return [
            Metric(
                name=blank.name,
                value=_number(value),
                column=blank.column,
                slice=blank.slice,
                n=int(n),
                scale=blank.scale,
                family=blank.family,
                worse=blank.worse,
                expected=_number(expected),
                p_value=_number(p_value),
                effect=_number(effect),
            )
            for blank, (value, n, expected, p_value, effect) in zip(
                self.schema, self.numbers.tolist(), strict=True
            )
        ]

    def sharing(self, schemas: dict[Schema, Schema]) -> Reading:
        """The same with a schema that equal ones share."""
        return replace(self, schema=schemas.setdefault(self.schema, self.schema))


def _float(number: float | None) -> float:
    return np.nan if number is None else float(number)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
