"""What is usual for a metric's size, settled from the first runs and then kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.judging.learned.ranking import Array, median
from airflow_mlmonitor.judging.learned.sample import Sample
from airflow_mlmonitor.judging.learned.transform import LOCATION, LOG, SHARE

SETTLED = 60
"""Runs from which on what is usual is no longer changed: the scale on which a year is compared must not move."""

IN_UNITS = {"values", "extreme"}
"""Families of locations in the unit of the column's rows; a correlation or a bias has a size of its own."""

LARGEST, SMALLEST = float(np.finfo(np.float32).max), 1e-30


def references(sample: Sample, values: Array, kept: Array) -> tuple[Array, Array]:
    """Return centre and unit of each metric.

    A location is counted in standard deviations of its column's rows from its column's median, where the same check
    measures them; otherwise in its own usual size from its own median. Anything that varies by factors is counted in
    its usual size.

    Parameters
    ----------
    sample
        The run under test.
    values
        Earlier values, one row a metric.
    kept
        Centre and unit as the last run had them, NaN where it had none.
    """
    settled = np.isfinite(kept).all(axis=0) & (np.sum(~np.isnan(values), axis=-1) >= SETTLED)
    if settled.all():
        return kept[0].astype(float), kept[1].astype(float)
    # Only what is not settled yet, and the columns' spreads and medians that it is counted in.
    sds, medians = _siblings(sample, ~settled)
    rows = np.unique(np.concatenate([np.flatnonzero(~settled), sds[~settled], medians[~settled]]))
    rows = rows[rows >= 0]
    seen = values[rows] if values.shape[1] else sample.values[rows, None]
    first = seen[:, :SETTLED]
    own, spread, positive = (np.zeros(len(sample)) for _ in range(3))
    own[rows] = np.nan_to_num(median(first))
    spread[rows] = 1.4826 * np.nan_to_num(median(np.abs(first - own[rows, None])))
    positive[rows] = np.nan_to_num(median(np.where(first > 0, first, np.nan)))
    centre, unit = own.copy(), np.maximum(np.abs(own), 3 * spread)
    located = (sample.kinds == LOCATION) & (sds >= 0) & (np.take(own, sds) > 0)
    centre[located], unit[located] = own[medians[located]], own[sds[located]]
    by_factors = sample.kinds >= LOG
    unit[by_factors] = positive[by_factors]
    unit[(unit < SMALLEST) | (sample.kinds == SHARE)] = 1.0
    fresh = np.clip(np.stack([centre, unit]), -LARGEST, LARGEST).astype(np.float32)
    fresh[:, settled] = kept[:, settled]
    return fresh[0].astype(float), fresh[1].astype(float)


def _siblings(sample: Sample, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of each wanted metric's column's standard deviation (-1 without one) and median."""
    places = {metric.key: place for place, metric in enumerate(sample.metrics)}
    sds = np.full(len(sample), -1)
    medians = np.arange(len(sample))
    for place in np.flatnonzero(wanted).tolist():
        metric = sample.metrics[place]
        if metric.family not in IN_UNITS:
            continue
        _, column, part = metric.key
        prefix, dot, _ = metric.name.rpartition(".")
        sds[place] = places.get((f"{prefix}{dot}sd", column, part), -1)
        medians[place] = places.get((f"{prefix}{dot}p50", column, part), place)
    return sds, medians
