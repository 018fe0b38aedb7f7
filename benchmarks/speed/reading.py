"""The yardstick: merely reading all columns of one parquet file with pyarrow, timed inside the process.

The whole file becomes one Arrow table, by all threads pyarrow takes by itself. The quickest of five reads counts, and
no import: it has the file and the allocator warm, so nothing that decodes the same columns can be quicker.
"""

from __future__ import annotations

import json
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq

READS = 5


def main(path: str) -> None:
    wall, cpu, columns = min(read(path) for _ in range(READS))
    print(json.dumps({"wall": wall, "cpu": cpu, "compared": columns, "version": pa.__version__}))


def read(path: str) -> tuple[float, float, int]:
    """Seconds of wall and of CPU, and the number of columns."""
    wall, cpu = time.perf_counter(), time.process_time()
    table = pq.ParquetFile(path).read()
    return time.perf_counter() - wall, time.process_time() - cpu, table.num_columns


if __name__ == "__main__":
    main(sys.argv[1])
