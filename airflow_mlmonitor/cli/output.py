"""What a verb prints: lines for people, or one JSON document for programs."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

NARROW, WIDE = 80, 160


def write(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def write_json(document: Mapping[str, Any]) -> None:
    """Print one strict JSON document: numbers that are not finite become null, moments ISO 8601 texts."""
    sys.stdout.write(json.dumps(_plain(document), indent=2, allow_nan=False) + "\n")


def width() -> int:
    """Return the characters a line may take: the terminal's where there is one, within reason."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, NARROW), WIDE)


def colourful() -> bool:
    """Whether colours are shown rather than written into a file."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
