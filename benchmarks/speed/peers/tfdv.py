"""TensorFlow Data Validation: statistics of both sides, then its drift comparators on every column.

There is no default threshold, and a feature without one is not compared; so Jensen-Shannon is asked of numbers and
L-infinity of strings, which are the comparators its guide names for them.
"""

from __future__ import annotations

import json
import sys

import pandas as pd
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2


def main(reference: str, current: str) -> None:
    before, now = (
        tfdv.generate_statistics_from_dataframe(pd.read_parquet(path)) for path in (reference, current)
    )
    schema = tfdv.infer_schema(before)
    for feature in schema.feature:
        if feature.type == schema_pb2.BYTES:
            feature.drift_comparator.infinity_norm.threshold = 0.1
        else:
            feature.drift_comparator.jensen_shannon_divergence.threshold = 0.1
    anomalies = tfdv.validate_statistics(now, schema, previous_statistics=before)
    print(json.dumps({"compared": len(anomalies.drift_skew_info), "version": tfdv.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
