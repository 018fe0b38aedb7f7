"""Types of columns that arrive as text."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from airflow_mlmonitor.data.schemas import common_type

MOMENT = pa.timestamp("us", "UTC")
CANDIDATES = (pa.int64(), pa.bool_(), pa.date32(), pa.timestamp("us"), MOMENT, pa.float64())
"""What a text may spell, the narrowest first."""

MOSTLY = 0.5
_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_ZONE = r"[T ]\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"
_BEYOND_MICROSECONDS = r"(\.\d{6})\d+"


class InferredType:
    """The narrowest type that every text of a column spells.

    Examples
    --------
    >>> column = InferredType()
    >>> column.add(pa.array(["1", None]))
    >>> column.add(pa.array(["2.5"]))
    >>> column.type
    DataType(double)
    >>> column.add(pa.array(["n/k"]))
    >>> column.type, column.note
    (DataType(string), "holds 'n/k' among values of type double; read as text")
    """

    def __init__(self) -> None:
        self.type = pa.null()
        self.note = ""

    def add(self, texts: pa.Array) -> None:
        """Take some more of the column."""
        if self.type == pa.string() or texts.null_count == len(texts):
            return
        if not _spells(texts, self.type):
            self._widen(texts)

    def _widen(self, texts: pa.Array) -> None:
        found = _narrowest(texts)
        wider = None if found is None else common_type(self.type, found)
        if wider is None and self.type == pa.null():
            self.note = _mixture(texts)
        elif wider is None:
            self.note = (
                f"holds {misspelled(texts, self.type)!r} among values of type {self.type}; read as text"
            )
        self.type = wider or pa.string()


def parsed(texts: pa.Array, type_: pa.DataType) -> pa.Array:
    """The values that texts spell; for ``MOMENT`` those without a zone are UTC.

    Raises
    ------
    pyarrow.ArrowInvalid
        One of them does not spell a value of the type.
    """
    if type_ == pa.string():
        return texts
    if type_ == pa.null():
        if texts.null_count < len(texts):
            raise pa.ArrowInvalid("a column of nulls holds a value")
        return pa.nulls(len(texts))
    texts = pc.utf8_trim_whitespace(texts)
    if kinds.is_timestamp(type_):
        texts = pc.replace_substring_regex(texts, _BEYOND_MICROSECONDS, r"\1")
    if type_ == MOMENT:
        return _moments(texts)
    values = texts.cast(type_)
    if type_ == pa.int64() and pc.any(pc.match_substring_regex(texts, "[xX]")).as_py():
        raise pa.ArrowInvalid("a hexadecimal number, which would not be one among floats")
    return values


def _moments(texts: pa.Array) -> pa.Array:
    zoned = pc.match_substring_regex(texts, _ZONE)
    nothing = pa.nulls(1, pa.string())[0]  # pa.scalar() would import pandas
    with_zone = pc.if_else(zoned, texts, nothing).cast(MOMENT)
    without = pc.if_else(zoned, nothing, texts).cast(pa.timestamp("us")).cast(MOMENT)
    return pc.coalesce(with_zone, without)


def misspelled(texts: pa.Array, type_: pa.DataType) -> str:
    """The first of some texts that does not spell a value of a type, where not all do."""
    while len(texts) > 1:
        first = texts.slice(0, len(texts) // 2)
        texts = texts.slice(len(first)) if _spells(first, type_) else first
    return str(texts[0].as_py())


def _narrowest(texts: pa.Array) -> pa.DataType | None:
    return next((type_ for type_ in CANDIDATES if _spells(texts, type_)), None)


def _spells(texts: pa.Array, type_: pa.DataType) -> bool:
    try:
        parsed(texts, type_)
    except pa.ArrowInvalid:
        return False
    return True


def _mixture(texts: pa.Array) -> str:
    """A note on a text column that looks as if it was meant to hold numbers."""
    # pc.fill_null() would import pandas.
    numeric = pc.or_kleene(texts.is_null(), pc.match_substring_regex(texts, _NUMBER))
    count = pc.sum(pc.and_(numeric, texts.is_valid())).as_py()
    if count < MOSTLY * (len(texts) - texts.null_count):
        return ""
    other = texts.filter(pc.invert(numeric))[0].as_py()
    return f"mixes numbers with texts such as {other!r}; read as text"
