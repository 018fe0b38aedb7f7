"""What the metrics of rows are called in plain words; here alone people meet PSI and its kin."""

from __future__ import annotations

from airflow_mlmonitor.pages.term import Term

OF_SHAPE = {
    "rows": Term("rows", "How many rows the run read.", phrase="rows"),
    "duplicates": Term("repeated rows", "Share of rows that are exact copies of another row."),
    "column_gone": Term("column gone", "1 if a column that the baseline has is not there any more."),
    "column_new": Term("new column", "1 if a column is there that the baseline does not have."),
    "type_changed": Term("type changed", "1 if the column's type is not that of the baseline."),
    "all_null": Term("nothing but missing values", "1 if no row has a value in this column."),
}

OF_VALUES = {
    "null_share": Term(
        "missing", "Share of rows that have no value in this column.", phrase="rows without {column}"
    ),
    "nonfinite_share": Term("not a finite number", "Share of values that are NaN or infinite."),
    "zero_share": Term("zeros", "Share of values that are exactly 0."),
    "beyond_share": Term(
        "outside the baseline's range",
        "Share of rows below the baseline's smallest or above its largest value.",
    ),
    "unseen_share": Term("values never seen", "Share of rows whose value the baseline does not know."),
    "mean": Term("mean", "The average of the values."),
    "sd": Term("spread", "The standard deviation: how far values usually lie from their mean."),
    "min": Term("smallest value", "The smallest value of the run."),
    "max": Term("largest value", "The largest value of the run."),
    "p05": Term("5th percentile", "5% of the values are below it."),
    "p25": Term("lower quartile", "A quarter of the values are below it."),
    "p50": Term("median", "Half of the values are below it."),
    "p75": Term("upper quartile", "Three quarters of the values are below it."),
    "p95": Term("95th percentile", "95% of the values are below it."),
    "integer_share": Term("whole numbers", "Share of values without a fraction."),
    "top_share": Term("commonest value", "Share of rows that have the commonest value."),
    "distinct": Term("distinct values", "About how many different values there are."),
    "distinct_ratio": Term("distinct values a row", "Different values, as a share of all values."),
    "entropy": Term(
        "variety", "Entropy in bits: 0 if all rows have one value, more the evener they are spread."
    ),
    "mean_length": Term("mean length", "Average number of characters of the texts."),
}

OF_DISTANCES = {
    "ks": Term(
        "change of distribution (KS)",
        "Kolmogorov–Smirnov: the largest difference between the shares of rows below any one value; 0 is the same, "
        "1 has nothing in common.",
    ),
    "psi": Term(
        "change of distribution (PSI)",
        "Population stability index over bins of the baseline; 0 is the same. The usual 0.1 and 0.25 are conventions.",
    ),
    "js": Term(
        "change of distribution (JS)",
        "Jensen–Shannon distance between both distributions; 0 is the same, 1 has nothing in common.",
    ),
    "chi2": Term(
        "change of shares (chi-square)",
        "The statistic of the chi-square test of the shares of the values; it grows with the number of rows.",
    ),
    "hellinger": Term(
        "change of distribution (Hellinger)", "Hellinger distance; 0 is the same, 1 nothing in common."
    ),
    "tv": Term(
        "rows that moved (TV)",
        "Total variation: share of rows that would have to move for both to be the same.",
    ),
    "linf": Term("largest change of a share", "The largest difference of the share of any one value or bin."),
    "wasserstein": Term(
        "distance moved (Wasserstein)",
        "How far values moved on average, in standard deviations of the baseline.",
    ),
    "wasserstein_raw": Term("distance moved, in the column's unit", "How far values moved on average."),
    "anderson_darling": Term(
        "change of distribution (AD)",
        "Anderson–Darling: like KS, with more weight on the tails; about 1 is the same.",
    ),
    "kruskal": Term(
        "change of ranks",
        "Kruskal–Wallis: whether values rank higher or lower than the baseline's; it grows with the rows.",
    ),
    "t": Term("change of the mean", "Student's t: difference of the means, in units of its own uncertainty."),
    "mean_error": Term("change of the mean, in standard errors", "Distance of the mean from the baseline's."),
}

OF_RULES = {
    "identity": Term(
        "broken formula", "Share of rows in which the column is not what others of the row make it."
    ),
    "ordered": Term(
        "wrong order of two columns", "Share of rows in which two numbers stand the wrong way round."
    ),
    "beyond": Term("outside the usual range", "Share of rows outside what all earlier runs have shown."),
    "segment_rows": Term(
        "rows of a segment",
        "Twice the root of the number of rows with one value, so that equal steps are alike.",
    ),
    "nulls_by_segment": Term(
        "missing, worst segment", "Share of missing values among the rows of the value that misses most."
    ),
    "step_ratio": Term(
        "step between neighbours", "Mean step from row to row, as a part of that in random order."
    ),
    "row_correlation": Term(
        "order of rows", "Correlation with the number of the row: 1 rises along the rows."
    ),
    "unseen_pair_share": Term(
        "new pairs of values", "Share of rows with two known values never seen together."
    ),
    "repeated_share": Term(
        "values of the run before", "Share of rows whose three values stood in the run before already."
    ),
    "new_value_share": Term("new values", "Share of rows with a value that no earlier run has shown."),
    "new_pattern_share": Term(
        "new way of writing", "Share of rows written in a way that no earlier run has shown."
    ),
    "stray_blank_share": Term("stray blanks", "Share of texts with blanks where no earlier run had any."),
    "new_null_pattern_share": Term(
        "new set of missing columns",
        "Share of rows that lack values in a set of columns never seen missing together.",
    ),
    "disagreeing_share": Term(
        "neighbours that differ",
        "Share of neighbouring rows of one group whose values should be the same and are not.",
    ),
    "off_grid": Term(
        "unusual decimals", "Share of numbers with more decimals than the column is written with."
    ),
    "last_digit_0": Term("numbers ending in 0", "Share of numbers whose last digit is 0."),
    "last_digits_00": Term("numbers ending in 00", "Share of numbers whose last two digits are 0."),
    "last_digit_distance": Term(
        "change of last digits", "How far the last digits are from those of the baseline."
    ),
    "unexpected_share": Term(
        "rows that break the expectation", "Share of rows that break what a person expects."
    ),
    "observed": Term("what was seen", "The number that the expectation looks at."),
    "unanswered": Term("expectation not evaluated", "1 if the expectation could not be evaluated."),
}

OF_PARITY = {
    "mismatch_share": Term(
        "rows that differ between training and serving",
        "Share of joined rows whose two values are not the same.",
    ),
    "joined_rows": Term("rows on both sides", "Rows that were found in training and in serving."),
    "missing_in_serving_share": Term(
        "missing in serving", "Share of training rows that serving does not have."
    ),
    "missing_in_training_share": Term(
        "missing in training", "Share of served rows that training does not have."
    ),
    "repeated_in_serving_share": Term(
        "repeated keys in serving", "Share of served rows whose key comes again."
    ),
    "repeated_in_training_share": Term(
        "repeated keys in training", "Share of training rows whose key comes again."
    ),
    "keyless_in_serving_share": Term("rows without key in serving", "Share of served rows that have no key."),
    "keyless_in_training_share": Term(
        "rows without key in training", "Share of training rows that have no key."
    ),
    "one_sided_columns": Term("columns on one side only", "Columns that only training or only serving has."),
}

TERMS = OF_SHAPE | OF_VALUES | OF_DISTANCES | OF_RULES | OF_PARITY
"""Name, without a prefix, to what it is called."""
