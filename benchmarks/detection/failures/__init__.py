"""The 26 failures, and some that are reported apart."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.detection.failures import additional, joins, names, numbers, predictions, rows
from benchmarks.detection.failures.failure import Failure

FAILURES: Mapping[str, Failure] = {
    "null burst": names.nulls,
    "unit x1000": numbers.unit,
    "miles to km": numbers.miles,
    "stuck value": numbers.stuck,
    "default fill": numbers.default_fill,
    "category renamed": names.renamed,
    "categories merged": names.merged,
    "stray space": names.stray_space,
    "hours shifted": names.hours_shifted,
    "segment dropped": rows.segment_dropped,
    "joined columns null": joins.joined_null,
    "duplicated rows": rows.duplicated,
    "volume drop": rows.volume_drop,
    "last part missing": rows.last_part_missing,
    "columns swapped": numbers.swapped,
    "decimals truncated": numbers.truncated,
    "joined a day old": joins.joined_stale,
    "values from other rows": names.from_other_rows,
    "noise 20 %": numbers.noise,
    "few outliers x100": numbers.outliers,
    "decimal slip x10": numbers.decimal_slip,
    "labels missing": predictions.labels_missing,
    "wrong model version": predictions.wrong_version,
    "constant prediction": predictions.constant,
    "labels flipped": predictions.labels_flipped,
    "bias of one sd": numbers.bias,
}

EXTRAS: Mapping[str, Failure] = {
    "embedding version": additional.embedding_version,
    "day and month swapped": additional.day_and_month,
    "labels 3 days late": additional.labels_late,
    "train/serve mismatch": additional.mismatch,
}

__all__ = ["EXTRAS", "FAILURES"]
