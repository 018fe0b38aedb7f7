"""Evidently: the drift preset with its defaults, rows in two pandas frames."""

from __future__ import annotations

import json
import sys

import evidently
import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset


def main(reference: str, current: str) -> None:
    sides = [Dataset.from_pandas(pd.read_parquet(path)) for path in (current, reference)]
    report = Report([DataDriftPreset()]).run(*sides)
    scores = [metric for metric in report.dict()["metrics"] if metric["metric_name"].startswith("ValueDrift")]
    print(json.dumps({"compared": len(scores), "version": evidently.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
