"""NannyML: univariate drift of every column with the default methods and chunks."""

from __future__ import annotations

import json
import sys

import nannyml
import pandas as pd
from nannyml import UnivariateDriftCalculator


def main(reference: str, current: str) -> None:
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    calculator = UnivariateDriftCalculator(column_names=list(before.columns)).fit(before)
    result = calculator.calculate(now)
    columns = {name for name, _, _ in result.to_df().columns if name != "chunk"}
    print(json.dumps({"compared": len(columns), "version": nannyml.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
