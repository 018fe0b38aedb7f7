"""Names and values in the sentences of a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.report.words import number

NAMED = 8
"""Columns that one sentence names."""

LONG = 40
"""Characters of a value that a sentence quotes."""


def listed(names: Sequence[str], most: int = NAMED) -> str:
    """Write names as people list them.

    >>> listed(["temp"]), listed(["temp", "dewp", "humid"]), listed(["temp", "dewp", "humid"], 2)
    ('temp', 'temp, dewp and humid', 'temp, dewp and 1 more')
    """
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def quoted(column: CategoryColumn, value: str) -> str:
    """Write a value of a column of names; one of a private column stays untold.

    >>> quoted(CategoryColumn(type="string"), "UA"), quoted(CategoryColumn(type="string", private=True), "#1f")
    ("'UA'", 'one value')
    """
    if column.private:
        return "one value"
    return repr(value if len(value) <= LONG else value[: LONG - 1] + "…")


def digits(value: float) -> str:
    """Write a value as it stands in the rows: whole numbers whole, others with three significant digits.

    >>> digits(-1.0), digits(2013.0), digits(39.0218), digits(0.0)
    ('-1', '2013', '39', '0')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else number(value)
