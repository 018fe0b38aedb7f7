"""Great Expectations: every column within a KL divergence of the reference, numbers also within its range."""

from __future__ import annotations

import json
import sys
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import pandas as pd


def main(reference: str, current: str) -> None:
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    context = gx.get_context(mode="ephemeral")
    suite = context.suites.add(gx.ExpectationSuite(name="drift"))
    for name in before.columns:
        for expectation in expectations(name, before[name].dropna()):
            suite.add_expectation(expectation)
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("current")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": now})
    result = batch.validate(suite)
    failed = [one.exception_info for one in result.results if one.exception_info.get("raised_exception")]
    if failed:
        raise RuntimeError(f"{len(failed)} expectations could not be evaluated: {failed[0]}")
    columns = {one.expectation_config.kwargs["column"] for one in result.results}
    print(json.dumps({"compared": len(columns), "version": gx.__version__}))


def expectations(name: str, before: pd.Series) -> list[gxe.Expectation]:
    if pd.api.types.is_numeric_dtype(before):
        low, high = float(before.min()), float(before.max())
        ranges = gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high, mostly=0.99)
        return [
            divergence(name, partition(before.to_numpy(dtype=float)), internal_weight_holdout=0.001),
            ranges,
        ]
    shares = before.value_counts(normalize=True)
    return [divergence(name, {"values": list(shares.index), "weights": list(shares)})]


def partition(before: np.ndarray) -> dict[str, list[float]]:
    edges = np.unique(np.quantile(before, np.linspace(0, 1, 11)))
    return {"bins": edges.tolist(), "weights": (np.histogram(before, edges)[0] / len(before)).tolist()}


def divergence(name: str, partition: dict[str, list[Any]], **holdout: Any) -> gxe.Expectation:
    return gxe.ExpectColumnKLDivergenceToBeLessThan(
        column=name, partition_object=partition, threshold=0.1, tail_weight_holdout=0.001, **holdout
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
