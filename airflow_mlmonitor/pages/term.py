"""What one metric is called in plain words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """What one metric is called in plain words, and what it means.

    Parameters
    ----------
    plain
        A few words that stand for its name.
    help
        A sentence or two for somebody who meets it for the first time.
    phrase
        What a value counts, with ``{column}`` for the column; by default the plain words and the column's name.

    Examples
    --------
    >>> Term("missing", "Share of rows without a value.", phrase="rows without {column}").of("temp")
    'rows without temp'
    >>> Term("mean", "The average.").of("fare"), Term("rows", "How many.").of("")
    ('mean of fare', 'rows')
    """

    plain: str
    help: str
    phrase: str = ""

    def of(self, column: str) -> str:
        """Say what a value of one column counts; of the table where the column is empty."""
        if self.phrase:
            return self.phrase.replace("{column}", column or "a value")
        return f"{self.plain} of {column}" if column else self.plain
