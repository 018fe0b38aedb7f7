"""Ways in which a day of flights comes out wrong, each with the cause that should be named."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from tests.diagnosis.flights import WEATHER

Rows = pd.DataFrame


class Fault(NamedTuple):
    """What is done to the rows of a day, given those of the day before, and the name of the cause."""

    cause: str
    do: Callable[[Rows, Rows], Rows]
    columns: tuple[str, ...] = ()


def put(rows: Rows, where: object, **values: object) -> Rows:
    """Write values into some rows."""
    changed = rows.copy()
    for name, value in values.items():
        changed.loc[where, name] = value  # type: ignore[index]
    return changed


def part(rows: Rows, share: float) -> pd.Series:
    """A seeded choice of rows."""
    return pd.Series(np.random.default_rng(5).random(len(rows)) < share, index=rows.index)


def at(rows: Rows, origin: str) -> pd.Series:
    return rows["origin"] == origin


def swapped(rows: Rows, one: str, other: str, share: float = 1.0) -> Rows:
    where = part(rows, share)
    return put(rows, where, **{one: rows.loc[where, other], other: rows.loc[where, one]})


def shuffled(rows: Rows, *names: str) -> Rows:
    order = np.random.default_rng(3).permutation(len(rows))
    return rows.assign(**{name: rows[name].to_numpy()[order] for name in names})


def stale(rows: Rows, before: Rows) -> Rows:
    """Weather of the same hour and airport of the day before."""
    known = before.drop_duplicates(["origin", "hour"]).set_index(["origin", "hour"])[list(WEATHER)]
    found = known.reindex(pd.MultiIndex.from_frame(rows[["origin", "hour"]]))
    return rows.assign(**{name: found[name].to_numpy() for name in WEATHER})


def shifted(rows: Rows, hours: int) -> Rows:
    hour = (rows["hour"] + hours) % 24
    return rows.assign(hour=hour, sched_dep_time=hour * 100 + rows["minute"])


FAULTS: dict[str, Fault] = {
    "weather lost for EWR": Fault(
        "join_failed", lambda r, _: put(r, at(r, "EWR"), **dict.fromkeys(WEATHER, np.nan)), WEATHER
    ),
    "weather lost": Fault("join_failed", lambda r, _: r.assign(**dict.fromkeys(WEATHER, np.nan)), WEATHER),
    "a tenth of the weather lost": Fault(
        "join_failed", lambda r, _: put(r, part(r, 0.1), **dict.fromkeys(WEATHER, np.nan)), WEATHER
    ),
    "temperature lost for B6": Fault(
        "join_failed", lambda r, _: put(r, r["carrier"] == "B6", temp=np.nan), ("temp",)
    ),
    "a burst of nulls": Fault("values_missing", lambda r, _: put(r, part(r, 0.25), dest=None), ("dest",)),
    "distance x1000": Fault(
        "unit_change", lambda r, _: r.assign(distance=r["distance"] * 1000), ("distance",)
    ),
    "distance in km": Fault(
        "unit_change", lambda r, _: r.assign(distance=r["distance"] * 1.609344), ("distance",)
    ),
    "a quarter in km": Fault(
        "unit_change",
        lambda r, _: put(r, part(r, 0.25), distance=r["distance"] * 1.609344),
        ("distance",),
    ),
    "temperature in Celsius": Fault(
        "unit_change", lambda r, _: r.assign(temp=(r["temp"] - 32) / 1.8), ("temp",)
    ),
    "pressure x1000 in 1 %": Fault(
        "unit_change", lambda r, _: put(r, part(r, 0.01), pressure=r["pressure"] * 1000), ("pressure",)
    ),
    "distance +500": Fault(
        "constant_offset", lambda r, _: r.assign(distance=r["distance"] + 500), ("distance",)
    ),
    "outliers x100": Fault(
        "decimal_slip", lambda r, _: put(r, part(r, 0.02), distance=r["distance"] * 100), ("distance",)
    ),
    "decimal slip": Fault("decimal_slip", lambda r, _: r.assign(distance=r["distance"] * 10), ("distance",)),
    "filled with -1": Fault("default_fill", lambda r, _: put(r, part(r, 0.3), seats=-1.0), ("seats",)),
    "filled with 999": Fault("default_fill", lambda r, _: r.assign(wind_speed=999.0), ("wind_speed",)),
    "filled with 0": Fault("default_fill", lambda r, _: put(r, part(r, 0.25), humid=0.0), ("humid",)),
    "filled with unknown": Fault(
        "default_fill", lambda r, _: put(r, part(r, 0.2), carrier="unknown"), ("carrier",)
    ),
    "stuck": Fault("stuck_value", lambda r, _: r.assign(temp=float(r["temp"].dropna().iloc[0])), ("temp",)),
    "half stuck": Fault(
        "stuck_value", lambda r, _: put(r, part(r, 0.5), distance=float(r["distance"].iloc[7])), ("distance",)
    ),
    "carrier stuck": Fault("stuck_value", lambda r, _: put(r, part(r, 0.5), carrier="B6"), ("carrier",)),
    "MQ renamed": Fault(
        "category_renamed", lambda r, _: put(r, r["carrier"] == "MQ", carrier="YX"), ("carrier",)
    ),
    "merged": Fault(
        "categories_merged", lambda r, _: put(r, r["carrier"] == "DL", carrier="UA"), ("carrier",)
    ),
    "stray blanks": Fault("blanks_added", lambda r, _: r.assign(origin=r["origin"] + " "), ("origin",)),
    "lower case in 5 %": Fault(
        "blanks_added", lambda r, _: put(r, part(r, 0.05), carrier=r["carrier"].str.lower()), ("carrier",)
    ),
    "stopped at six": Fault("upstream_stopped", lambda r, _: r[r["hour"] < 18]),
    "stopped at nine": Fault("upstream_stopped", lambda r, _: r[r["hour"] < 9]),
    "weather of yesterday": Fault("upstream_frozen", stale, WEATHER),
    "loaded twice": Fault("duplicated_load", lambda r, _: pd.concat([r, r])),
    "a twentieth twice": Fault("duplicated_load", lambda r, _: pd.concat([r, r[part(r, 0.05)]])),
    "EWR dropped": Fault("segment_lost", lambda r, _: r[~at(r, "EWR")]),
    "half of JFK dropped": Fault("segment_lost", lambda r, _: r[~(at(r, "JFK") & part(r, 0.5))]),
    "half of the rows": Fault("volume_change", lambda r, _: r[part(r, 0.5)]),
    "five hours off": Fault("time_zone_shift", lambda r, _: shifted(r, 5), ("hour", "sched_dep_time")),
    "temp and dewp swapped": Fault(
        "columns_swapped", lambda r, _: swapped(r, "humid", "pressure"), ("humid", "pressure")
    ),
    "a third swapped": Fault(
        "columns_swapped", lambda r, _: swapped(r, "distance", "seats", 0.33), ("distance", "seats")
    ),
    "origin and dest swapped": Fault(
        "columns_swapped", lambda r, _: swapped(r, "origin", "dest"), ("origin", "dest")
    ),
    "tail numbers of other rows": Fault("rows_mixed", lambda r, _: shuffled(r, "tailnum"), ("tailnum",)),
    "distances of other rows": Fault("rows_mixed", lambda r, _: shuffled(r, "distance"), ("distance",)),
    "decimals cut": Fault("decimals_lost", lambda r, _: r.assign(temp=np.trunc(r["temp"])), ("temp",)),
    "noise": Fault(
        "noise_added",
        lambda r, _: r.assign(distance=r["distance"] * np.random.default_rng(1).uniform(0.8, 1.2, len(r))),
        ("distance",),
    ),
    "labels late": Fault("labels_missing", lambda r, _: put(r, part(r, 0.4), late=np.nan), ("late",)),
    "constant prediction": Fault("constant_prediction", lambda r, _: r.assign(pred=0.21), ("pred",)),
    "biased prediction": Fault("prediction_bias", lambda r, _: r.assign(pred=r["pred"] + 0.15), ("pred",)),
    "another model": Fault(
        "other_model", lambda r, _: r.assign(pred=np.random.default_rng(2).beta(2, 6, len(r))), ("pred",)
    ),
    "labels flipped at LGA": Fault(
        "labels_flipped", lambda r, _: put(r, at(r, "LGA"), late=1 - r["late"]), ("late",)
    ),
    "distance renamed": Fault(
        "schema_changed", lambda r, _: r.rename(columns={"distance": "dist"}), ("distance", "dist")
    ),
    "humidity gone": Fault("schema_changed", lambda r, _: r.drop(columns="humid"), ("humid",)),
    "distance as text": Fault(
        "schema_changed", lambda r, _: r.assign(distance=r["distance"].astype(str)), ("distance",)
    ),
}
"""What it is called to what it does."""
