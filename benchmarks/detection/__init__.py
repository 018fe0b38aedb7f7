"""How much breakage is found, and at how many false alerts (``python -m benchmarks.detection``)."""
