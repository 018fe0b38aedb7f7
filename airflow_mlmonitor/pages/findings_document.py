"""What a page says of one finding and of one series, as plain JSON: the contract between the store and every renderer.

Moments are ISO 8601 texts in UTC. Numbers are finite; None is "not known", never zero.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

StatusName = Literal["ok", "learning", "warn", "broken", "fail"]
"""How something came out; see :class:`~airflow_mlmonitor.judging.Status`."""

StateName = Literal["clean", "alert", "bad", "accepted"]
"""What a run is worth as history; see :class:`~airflow_mlmonitor.store.State`."""


class SeriesDocument(TypedDict):
    """Which series: what stays the same over time."""

    monitor: str
    metric: str
    column: str
    slice: str


class PointDocument(TypedDict):
    """One value of a series, and the range that was expected of it."""

    window_start: str
    window_end: str
    value: float | None
    lower: float | None
    upper: float | None
    status: StatusName
    state: StateName
    run_id: str
    """The DAG run that measured it; empty for the command line."""


class SinceDocument(TypedDict):
    """From which run on the series has been out of its range without a break."""

    window_start: str
    runs: int
    kind: Literal["new", "rising", "falling", "out"]
    words: str
    """``new in this run``, ``for 3 runs, since 16 Oct``, ``rising since 16 Oct``."""


class ExpectedDocument(TypedDict):
    """The range in which the value would have been ok, and how people write it."""

    lower: float | None
    upper: float | None
    words: str


class RecordDocument(TypedDict):
    """The most extreme earlier value on the side on which this one is out."""

    value: float | None
    at: str | None
    kind: Literal["highest", "lowest", "never", "none"]
    words: str
    """``highest before: 14.8%, 27 Aug``, ``never before in 90 runs``."""


class DistributionDocument(TypedDict):
    """The values of a run beside those of the reference, in shares of the rows.

    ``bins`` have one edge more than values, ``bars`` a label each. Private columns have none.
    """

    kind: Literal["bins", "bars"]
    title: str
    edges: NotRequired[list[float]]
    labels: NotRequired[list[str]]
    current: list[float]
    reference: list[float]
    reference_words: str
    """What it is compared with: ``training v3``, ``28 earlier runs``."""


class CompanionDocument(TypedDict):
    """Another column that moved in the same run, and how."""

    column: str
    metric: str
    value: float | None
    words: str
    """``same rows``, ``0.070, expected 0.05–0.24``."""


class LinkDocument(TypedDict):
    """A way on. ``to`` is a path of Airflow's UI, or of the series explorer."""

    label: str
    to: str


class GroupDocument(TypedDict):
    """What is accepted together: a column (empty for the table), and what kind of thing was found of it."""

    column: str
    family: str


class FindingDocument(TypedDict):
    """One card: what is wrong, how much, since when, why probably, and what to do."""

    rank: int
    status: StatusName
    title: str
    since: SinceDocument
    series: SeriesDocument
    metric_words: str
    """What the value counts: ``rows without temp``, ``mean of prediction, origin = EWR``."""
    value: float | None
    value_words: str
    unit: str
    """``share``, ``count`` or ``number``: how ticks are written."""
    expected: ExpectedDocument
    record: RecordDocument
    history: list[PointDocument]
    """Up to 90 runs, oldest first, this one last."""
    distribution: DistributionDocument | None
    moves_with: list[CompanionDocument]
    likely: str
    evidence: list[str]
    next: str
    links: list[LinkDocument]
    columns: list[str]
    """All columns that the card speaks of, its own first."""
    severity: float
    groups: list[GroupDocument]
    """What accepting it alone accepts; empty where there is nothing to accept, or nothing any more."""
    accepted: bool
    """Whether a person accepted it alone."""
    accept_advised: bool
    """Whether it is a warning of which ``next`` says that it may be accepted."""


class StripDocument(TypedDict):
    """One run as one small cell: ``ratio`` is how unusual it was, in parts of its alert line."""

    window_start: str
    run_id: str
    ratio: float | None
    status: StatusName
    state: StateName
