"""A week of real flights through real Airflow: `python -m demo`, and `python -m demo ui` afterwards."""

from __future__ import annotations
