"""Rows of training and serving side by side: what is asked of them, in SQL that every database runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from airflow_mlmonitor.data.parity.matching import Kind, Matching, Twin
from airflow_mlmonitor.data.parity.mismatch import Counted, Mismatch

Run = Callable[[Select[Any]], Sequence[Sequence[Any]]]
"""Puts a query to where the rows are, and gives its whole answer."""

SPREAD, STEP = 10_007, 7_919
"""Two primes: the multiples of the second, modulo the first, hit every number below it and follow no rhythm."""

ONE: ColumnElement[int] = literal_column("1")
NONE: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The rows of both sides, one row a key, wherever they are.

    Parameters
    ----------
    matching
        Which columns belong together.
    pairs
        What :func:`pairs_of` gives, or a table of it.
    run
        Puts a query to it.
    """

    matching: Matching
    pairs: FromClause
    run: Run

    def counted(self) -> Counted:
        """Count keys and mismatches, in one query."""
        c = self.pairs.c
        keyed, joined = self._keyed, self._joined
        conditions = (
            joined,
            and_(keyed, c.n_t >= 1),
            and_(keyed, c.n_s >= 1),
            and_(keyed, c.n_s == 0),
            and_(keyed, c.n_t == 0),
            and_(keyed, c.n_t > 1),
            and_(keyed, c.n_s > 1),
        )
        sums = [func.sum(case((condition, ONE), else_=NONE)) for condition in conditions]
        sums += [func.sum(case((keyed, NONE), else_=rows)) for rows in (c.n_t, c.n_s)]
        sums += [func.sum(self._differs(place)) for place in range(len(self.matching.features))]
        # Named apart: DuckDB and others call every sum alike.
        (row,) = self.run(select(*[sum_.label(f"n{place}") for place, sum_ in enumerate(sums)]))
        numbers = [int(number or 0) for number in row]
        return Counted(
            **dict(zip(list(Counted.__dataclass_fields__), numbers[:9], strict=False)),
            mismatches=tuple(numbers[9:]),
        )

    def looked_at(self, counted: Counted, places: Sequence[int], sample: int) -> dict[int, list[Mismatch]]:
        """Get some mismatching rows of some features, in one query and in the order of the key.

        Of a feature with more than ``sample`` of them about so many are taken, the same ones in every database: their
        numbers in that order decide, spread so that no rhythm in the rows meets one in the numbers.
        """
        wanted = [SPREAD * sample // max(counted.mismatches[at], 1) + 1 for at in places]
        rows = self.run(self._sampled(places, wanted))
        keys, width, kinds = len(self.matching.keys), len(places), self._kinds(places)
        found: dict[int, list[Mismatch]] = {place: [] for place in places}
        for given in rows:
            row = [as_python(value, kind) for value, kind in zip(given, kinds, strict=True)]
            key, rest = tuple(row[:keys]), row[keys:]
            training, serving, differs = rest[:width], rest[width : 2 * width], rest[2 * width : 3 * width]
            earlier = rest[3 * width :]
            for at, place in enumerate(places):
                if differs[at]:
                    others = {other: training[spot] for spot, other in enumerate(places) if spot != at}
                    found[place].append(
                        Mismatch(
                            key=key,
                            training=training[at],
                            serving=serving[at],
                            before=(earlier[at], earlier[-1]) if earlier else None,
                            others=others,
                        )
                    )
        return found

    def _kinds(self, places: Sequence[int]) -> list[Kind]:
        """Of the columns of the sample, in their order."""
        keys = [twin.kind for twin in self.matching.keys]
        looked_at = [self.matching.features[place].kind for place in places]
        when = self.matching.time
        before = [] if when is None else [*looked_at, keys[when]]
        return [*keys, *looked_at, *looked_at, *[Kind.WHOLE] * len(places), *before]

    def _sampled(self, places: Sequence[int], wanted: Sequence[int]) -> Select[Any]:
        c = self.pairs.c
        keys = [c[f"k{place}"] for place in range(len(self.matching.keys))]
        shown = [c[f"{side}{place}"] for side in "ts" for place in places]
        flags = [self._differs(place).label(f"m{place}") for place in places]
        flagged = select(*keys, *shown, *flags, *self._before(places)).where(c.n_t >= 1).subquery("flagged")
        # The window of the row before needs all rows of training, the numbering only those that differ.
        numbers = [
            func.sum(flagged.c[f"m{place}"])
            .over(order_by=[flagged.c[key.name] for key in keys], rows=(None, 0))
            .label(f"r{place}")
            for place in places
        ]
        differing = or_(*[flagged.c[f"m{place}"] == ONE for place in places])
        numbered = select(*flagged.c, *numbers).where(differing).subquery("numbered")
        taken = [
            and_(numbered.c[f"m{place}"] == ONE, numbered.c[f"r{place}"] * STEP % SPREAD < literal(part))
            for place, part in zip(places, wanted, strict=True)
        ]
        order = [numbered.c[key.name] for key in keys]
        return select(*[numbered.c[column.name] for column in flagged.c]).where(or_(*taken)).order_by(*order)

    def _before(self, places: Sequence[int]) -> list[ColumnElement[Any]]:
        """What training has in the row before of the same entity, and when, where a key says when."""
        when, c = self.matching.time, self.pairs.c
        if when is None:
            return []
        entity = [c[f"k{place}"] for place in range(len(self.matching.keys)) if place != when]
        wanted = [(f"t{place}", f"b{place}") for place in places] + [(f"k{when}", "before")]
        return [
            func.lag(c[name]).over(partition_by=entity or None, order_by=c[f"k{when}"]).label(label)
            for name, label in wanted
        ]

    @property
    def _keyed(self) -> ColumnElement[bool]:
        return and_(*[self.pairs.c[f"k{place}"].is_not(None) for place in range(len(self.matching.keys))])

    @property
    def _joined(self) -> ColumnElement[bool]:
        return and_(self._keyed, self.pairs.c.n_t == ONE, self.pairs.c.n_s == ONE)

    def _differs(self, place: int) -> ColumnElement[Any]:
        """1 where a feature differs on a joined row, else 0; null equals null."""
        twin, training, serving = (
            self.matching.features[place],
            self.pairs.c[f"t{place}"],
            self.pairs.c[f"s{place}"],
        )
        one_null = or_(training.is_(None), serving.is_(None))
        ways = [
            (~self._joined, NONE),
            (and_(training.is_(None), serving.is_(None)), NONE),
            (one_null, ONE),
            (training == serving, NONE),
        ]
        if twin.absolute or twin.relative:
            ways.append((_is_near(twin, training, serving), NONE))
        return case(*ways, else_=ONE)


FARTHEST: ColumnElement[float] = literal_column("1.0e308")
"""Two numbers farther apart, such as infinite ones, are not near each other, whatever the tolerance."""


def _is_near(twin: Twin, training: ColumnElement[Any], serving: ColumnElement[Any]) -> ColumnElement[bool]:
    if twin.kind is Kind.WHOLE:
        training, serving = cast(training, Double()), cast(serving, Double())
    if twin.kind is Kind.MOMENT:  # in DuckDB alone: seconds since 1970
        training, serving = func.epoch(training), func.epoch(serving)
    away = func.abs(serving - training)
    absolute: ColumnElement[float] = literal(twin.absolute, Double())
    relative: ColumnElement[float] = literal(twin.relative, Double())
    allowed = absolute + relative * func.abs(training)
    return and_(away <= allowed, away <= FARTHEST)


def as_python(value: Any, kind: Kind) -> Any:
    """A value as Python has its kind, whatever the driver makes of it.

    >>> as_python(b"Ulm", Kind.TEXT), as_python(1, Kind.TRUTH), as_python(None, Kind.MOMENT)
    ('Ulm', True, None)
    """
    if value is None:
        return None
    if kind is Kind.TEXT:
        return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
    if kind is Kind.MOMENT:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return _PYTHON[kind](value)


_PYTHON: dict[Kind, Callable[[Any], Any]] = {
    Kind.WHOLE: int,
    Kind.NUMBER: float,
    Kind.TRUTH: bool,
    Kind.BYTES: bytes,
}


def pairs_of(training: FromClause, serving: FromClause, matching: Matching) -> Subquery:
    """One row a key: how often each side has it, and each side's values of the features.

    Both sides are put one below the other and grouped by the key, which needs no join: not every database has an outer
    one of both sides, or a quick one without an index.

    Parameters
    ----------
    training, serving
        The rows of each side, with the columns that :func:`places` names, each of one type on both.
    matching
        Which columns belong together.
    """
    names = places(matching)
    both = union_all(
        *[
            select(mark.label("side"), *[side.c[name] for name in names])
            for mark, side in ((NONE, training), (ONE, serving))
        ]
    ).subquery("both_sides")
    keys = [both.c[f"k{place}"] for place in range(len(matching.keys))]
    counts = [
        func.sum(case((both.c.side == side, ONE), else_=NONE)).label(name)
        for side, name in ((NONE, "n_t"), (ONE, "n_s"))
    ]
    values = [
        func.max(case((both.c.side == side, both.c[f"v{place}"]))).label(f"{name}{place}")
        for place in range(len(matching.features))
        for side, name in ((NONE, "t"), (ONE, "s"))
    ]
    return select(*keys, *counts, *values).group_by(*keys).subquery("pairs")


def places(matching: Matching) -> dict[str, Twin]:
    """The columns of both sides under names that every database takes: ``k0`` of the key, ``v0`` of the features."""
    keys = {f"k{place}": twin for place, twin in enumerate(matching.keys)}
    return keys | {f"v{place}": twin for place, twin in enumerate(matching.features)}
