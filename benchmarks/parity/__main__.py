"""How long it takes, and how much memory, to compare training and serving (``python -m benchmarks.parity``).

Both sides are made, seeded, and written to parquet; then one process joins and compares them, as a task would. The
kernel tells its peak memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

BATCH = 131_072

SHIFTED = "last_seen"
"""The feature whose moments are five hours late in serving."""

MEASURED = """
import json, resource, sys, time
from datetime import UTC, datetime
from airflow_mlmonitor.checks import FeatureParity, Scene
from airflow_mlmonitor.data import Files, Window
from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.profile import Profile
folder, timed = sys.argv[1], sys.argv[2] == "timed"
parity = FeatureParity(
    training=Files(folder + "/training.parquet"), serving=Files(folder + "/serving.parquet"),
    key=("entity", "moment"), time="moment" if timed else None,
)
scene = Scene(window=Window.parse("2013-02-08"), now=Profile(), connections=NamedConnections({}))
began, cpu = time.perf_counter(), time.process_time()
found = parity.inspect(scene)
print(json.dumps({
    "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu,
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "joined": next(m.value for m in found.metrics if m.name == "joined_rows"),
    "differing": {m.column: [m.value, m.why] for m in found.metrics if m.name == "mismatch_share" and m.value},
}))
"""


def made(path: Path, rows: int, *, shifted: bool) -> None:
    """Write one side: two columns of key, three numbers, a name and a moment, in an order of its own."""
    with pq.ParquetWriter(path, _batch(np.arange(1), shifted=shifted).schema) as writer:
        for start in range(0, rows, BATCH):
            numbers = np.arange(start, min(start + BATCH, rows), dtype=np.int64)
            if shifted:
                numbers = rows - 1 - numbers
            writer.write_batch(_batch(numbers, shifted=shifted, offset=5 * 3_600_000_000 if shifted else 0))


def _batch(
    numbers: np.ndarray[tuple[int], np.dtype[np.int64]], *, shifted: bool, offset: int = 0
) -> pa.RecordBatch:
    """Rows by their numbers: the same number has the same values on both sides, but for the shift."""
    mixed = (numbers * 2_654_435_761) % 1_000_003
    moment = 1_360_281_600_000_000 + (numbers % 24) * 3_600_000_000
    columns = {
        "entity": numbers // 24,
        "moment": pa.array(moment, pa.timestamp("us")),
        "mean_fare": mixed / 7.0,
        "rides": mixed % 50,
        "rating": (mixed % 500) / 100.0,
        "zone": pa.array([f"zone {number}" for number in mixed % 260]),
        SHIFTED: pa.array(moment - mixed * 1_000_000 + offset, pa.timestamp("us")),
    }
    return pa.RecordBatch.from_pydict(columns)


def main() -> int:
    """Measure, and show what came out; the exit status is 1 beyond 2 GB, or when the shift was not found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=10_000_000, help="rows of each side, 10,000,000 unless told"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every figure to this file")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory(prefix="mlmonitor-bench-") as folder:
        for side in ("training", "serving"):
            made(Path(folder) / f"{side}.parquet", options.rows, shifted=side == "serving")
        for how in ("plain", "timed"):
            command = [sys.executable, "-c", MEASURED, folder, how]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            figures[how] = json.loads(done.stdout.splitlines()[-1])
    _show(figures, options.rows)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return int(any(found["mb"] > 2000 or set(found["differing"]) != {SHIFTED} for found in figures.values()))


def _show(figures: dict[str, dict[str, float]], rows: int) -> None:
    table = Table(title=f"{rows:,} rows of training x {rows:,} of serving, 5 features")
    for name in ("", "joined", "wall s", "CPU s", "peak MB"):
        table.add_column(name, justify="right")
    for how, found in figures.items():
        said = "and the row before of each entity" if how == "timed" else "compared"
        numbers = (f"{found[name]:,.0f}" for name in ("joined", "seconds", "cpu", "mb"))
        table.add_row(said, *numbers)
    Console().print(table)
    Console().print(figures["plain"]["differing"])


if __name__ == "__main__":
    sys.exit(main())
