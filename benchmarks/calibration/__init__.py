"""How often each test finds a change where there is none (``python -m benchmarks.calibration``)."""
