"""A wide monitor on which nothing is ever wrong, and two small faults in one of its columns."""

from __future__ import annotations
