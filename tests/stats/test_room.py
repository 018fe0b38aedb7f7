from __future__ import annotations

import subprocess
import sys

import airflow_mlmonitor.stats as room


def test_importing_the_room_loads_no_pandas_and_no_scipy_stats() -> None:
    heavy = "{'pandas', 'pyarrow', 'scipy.stats', 'scipy.optimize', 'scipy.sparse', 'airflow'}"
    code = f"import sys, airflow_mlmonitor.stats; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_room_lists_its_public_names_in_order() -> None:
    assert sorted(room.__all__) == room.__all__
    assert all(getattr(room, name).__doc__ for name in room.__all__)
