"""What came out, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table


def table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """One table; the first column is names, the others numbers."""
    made = Table(title=title)
    for place, heading in enumerate(headings):
        made.add_column(heading, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        made.add_row(*row)
    return made
