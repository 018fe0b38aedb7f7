"""Made rows: 16 numeric and 4 categorical columns of differing shapes, the same in every run.

Each column of each block of rows has a random stream of its own: a whole block does not depend on the length of its
file, nor a column on its neighbours. Seven of the twenty columns drift between the two sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Values = npt.NDArray[np.floating] | npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, int, float], Values]

SEED = 20_130_101
BLOCK = 131_072
"""Rows of one row group, between what DuckDB (122,880) and pyarrow (1,048,576) write by default."""


@dataclass(frozen=True, kw_only=True)
class Numeric:
    """A column of numbers: ``draw`` gets the generator, the row count and how far the distribution has moved."""

    name: str
    draw: Draw
    drift: float = 0.0
    nulls: float = 0.0

    def block(self, rng: np.random.Generator, rows: int, *, drifted: bool) -> pa.Array:
        values = self.draw(rng, rows, self.drift if drifted else 0.0)
        return pa.array(values, mask=rng.random(rows) < self.nulls if self.nulls else None)


@dataclass(frozen=True, kw_only=True)
class Categorical:
    """A column of strings whose level of rank ``r`` has a share in proportion to ``1 / r``."""

    name: str
    levels: int
    drift: float = 0.0

    def block(self, rng: np.random.Generator, rows: int, *, drifted: bool) -> pa.Array:
        shares = np.arange(1, self.levels + 1) ** -(1.0 + (self.drift if drifted else 0.0))
        edges = np.cumsum(shares / shares.sum())[:-1]
        indices = np.searchsorted(edges, rng.random(rows), side="right").astype(np.int32)
        levels = pa.array([f"{self.name}_{level:04d}" for level in range(self.levels)])
        return pa.DictionaryArray.from_arrays(pa.array(indices), levels).cast(pa.string())


def _bimodal(rng: np.random.Generator, rows: int, by: float) -> Values:
    return rng.standard_normal(rows) + 6.0 * (rng.random(rows) < 0.3 + by)


COLUMNS: tuple[Numeric | Categorical, ...] = (
    Numeric(name="normal", draw=lambda rng, n, by: rng.normal(by, 1.0, n)),
    Numeric(name="normal_moved", draw=lambda rng, n, by: rng.normal(100.0 + by, 15.0, n), drift=4.0),
    Numeric(name="normal_nulls", draw=lambda rng, n, by: rng.normal(-2.0 + by, 0.1, n), nulls=0.1),
    Numeric(name="uniform", draw=lambda rng, n, by: rng.uniform(by, 1.0, n)),
    Numeric(name="exponential", draw=lambda rng, n, by: rng.exponential(3.0 + by, n), nulls=0.02),
    Numeric(name="bimodal", draw=_bimodal, drift=0.05),
    Numeric(name="lognormal", draw=lambda rng, n, by: rng.lognormal(by, 0.5, n)),
    Numeric(name="lognormal_moved", draw=lambda rng, n, by: rng.lognormal(1.0 + by, 1.0, n), drift=0.1),
    Numeric(name="lognormal_wide", draw=lambda rng, n, by: rng.lognormal(3.0 + by, 2.0, n), nulls=0.3),
    Numeric(name="student", draw=lambda rng, n, by: rng.standard_t(2.0, n) + by),
    Numeric(name="pareto", draw=lambda rng, n, by: rng.pareto(1.5 + by, n), drift=0.1),
    Numeric(name="count", draw=lambda rng, n, by: rng.poisson(3.0 + by, n)),
    Numeric(name="count_moved", draw=lambda rng, n, by: rng.poisson(40.0 + by, n), drift=1.0),
    Numeric(name="identifier", draw=lambda rng, n, _by: rng.integers(0, 10**9, n)),
    Numeric(name="rating", draw=lambda rng, n, by: rng.integers(1, 6, n) + by, nulls=0.05),
    Numeric(name="tenths", draw=lambda rng, n, by: np.round(rng.gamma(2.0 + by, 2.0, n), 1)),
    Categorical(name="colour", levels=3),
    Categorical(name="region", levels=12, drift=0.1),
    Categorical(name="airport", levels=100),
    Categorical(name="product", levels=1_000, drift=0.02),
)


def write(folder: Path, *, reference_rows: int, current_rows: int) -> None:
    """Write ``reference.parquet`` and ``current.parquet``, the second with the drift of ``COLUMNS``."""
    for side, (name, rows) in enumerate((("reference", reference_rows), ("current", current_rows))):
        blocks = table_blocks(rows, side=side)
        first = next(blocks)
        with pq.ParquetWriter(folder / f"{name}.parquet", first.schema, compression="snappy") as writer:
            writer.write_table(first)
            for block in blocks:
                writer.write_table(block)


def table_blocks(rows: int, *, side: int) -> Iterator[pa.Table]:
    """The rows of one side (0 reference, 1 current) in tables of at most ``BLOCK`` rows."""
    for number, start in enumerate(range(0, rows, BLOCK)):
        length = min(BLOCK, rows - start)
        columns = {
            column.name: column.block(
                np.random.default_rng([SEED, side, number, index]), length, drifted=bool(side)
            )
            for index, column in enumerate(COLUMNS)
        }
        yield pa.table(columns)
