"""What the browser loads, and the address under which it may keep it."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

FOLDER = Path(__file__).parent / "static"


def edition() -> str:
    """A name of the files as they are now: another one when one of them changes.

    It is part of their addresses, so that a browser may keep them for ever and never mixes old and new ones.
    """
    seen = sorted(
        f"{path.relative_to(FOLDER)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in FOLDER.rglob("*")
        if path.is_file()
    )
    return f"{crc32(chr(10).join(seen).encode()):08x}"


def address(name: str) -> str:
    """Return where a file lies, relative to the application; what it imports from beside it lies there too."""
    return f"static/{edition()}/{name}"
