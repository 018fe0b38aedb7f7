"""How long a drift comparison of two parquet files takes, ours beside others' (``python -m benchmarks.speed``)."""
