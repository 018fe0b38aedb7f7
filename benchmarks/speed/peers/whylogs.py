"""whylogs: a profile of each side, then its drift scores."""

from __future__ import annotations

import json
import sys

import pandas as pd
import whylogs
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def main(reference: str, current: str) -> None:
    before, now = (whylogs.log(pd.read_parquet(path)).view() for path in (reference, current))
    scores = calculate_drift_scores(target_view=now, reference_view=before)
    compared = sum(score is not None for score in scores.values())
    print(json.dumps({"compared": compared, "version": whylogs.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
