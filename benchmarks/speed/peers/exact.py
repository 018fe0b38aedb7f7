"""pandas and scipy, exact: what a careful script of one's own does."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon


def main(reference: str, current: str) -> None:
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    metrics = {name: compare(before[name].dropna(), now[name].dropna()) for name in before.columns}
    print(json.dumps({"compared": len(metrics), "version": scipy.__version__}))


def compare(before: pd.Series, now: pd.Series) -> dict[str, float]:
    if pd.api.types.is_numeric_dtype(before):
        return compare_numbers(before.to_numpy(dtype=float), now.to_numpy(dtype=float))
    counts = pd.concat([before.value_counts(), now.value_counts()], axis=1).fillna(0).to_numpy().T
    return {"chi2": stats.chi2_contingency(counts).statistic, **distances(*counts)}


def compare_numbers(before: np.ndarray, now: np.ndarray) -> dict[str, float]:
    edges = np.unique(np.quantile(before, np.linspace(0, 1, 11)))
    edges[[0, -1]] = -np.inf, np.inf
    return {
        "ks": stats.ks_2samp(before, now, method="asymp").statistic,
        "wasserstein": stats.wasserstein_distance(before, now),
        **distances(np.histogram(before, edges)[0], np.histogram(now, edges)[0]),
    }


def distances(before: np.ndarray, now: np.ndarray) -> dict[str, float]:
    """PSI and Jensen-Shannon of two rows of counts."""
    p, q = (np.maximum(counts / counts.sum(), 1e-6) for counts in (before, now))
    return {"psi": float(np.sum((q - p) * np.log(q / p))), "js": float(jensenshannon(p, q, base=2))}


if __name__ == "__main__":
    main(*sys.argv[1:])
