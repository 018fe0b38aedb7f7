"""Ours: profiles, and the five distances of every column with their p-values, without Airflow.

``python -m benchmarks.speed.ours compare REFERENCE CURRENT`` compares; a reference that is not a parquet file is the
stored content of a profile. ``store REFERENCE OUT`` writes that content.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import airflow_mlmonitor
from airflow_mlmonitor.checks import Skew
from airflow_mlmonitor.data import Profile, read
from airflow_mlmonitor.data.files import Files


def compare(reference: str, current: str) -> None:
    before, now = profile(Path(reference)), profile(Path(current))
    columns = {metric.column for metric in Skew().measure(now, before)}
    print(json.dumps({"compared": len(columns), "version": airflow_mlmonitor.__version__}))


def store(reference: str, out: str) -> None:
    Path(out).write_bytes(profile(Path(reference)).encode())


def profile(path: Path) -> Profile:
    return read(Files(str(path))) if path.suffix == ".parquet" else Profile.decode(path.read_bytes())


if __name__ == "__main__":
    {"compare": compare, "store": store}[sys.argv[1]](*sys.argv[2:])
