"""How good predictions are where labels have come, of all rows and of segments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from airflow_mlmonitor.data.rules.parting import parted
from airflow_mlmonitor.data.rules.rule import Measure, Rule, Tally
from airflow_mlmonitor.data.rules.scores import NameScores, NumberScores, Scores
from airflow_mlmonitor.data.rules.view import BatchView

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.memory import Memory

LEAST = 20
"""Rows with a label below which a segment says nothing."""

MOST = 40
"""Values of a segment column; one with more is not parted by."""

TRUTHS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
"""Names that are labels of a chance."""

Rows = NDArray[np.bool_]
Parts = Mapping[str, Scores]


@dataclass(frozen=True, kw_only=True)
class Outcome(Rule):
    """Predictions that are held against their labels; nothing of it is learned.

    Parameters
    ----------
    prediction
        Column of the predictions: numbers, chances, or names.
    label
        Column of what came true.
    segments
        Columns whose values are looked at apart.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.record_batch({"chance": [0.9, 0.2, 0.6], "late": [True, False, None]})
    >>> tally = Outcome(prediction="chance", label="late").tally(BatchView(rows))
    >>> {measure.name: round(measure.value, 2) for measure in tally.measures(None)}
    {'labelled_share': 0.67, 'bias': 0.05, 'log_loss': 0.16, 'brier': 0.03, 'auc': 1.0}
    """

    kind = "outcome"

    prediction: str
    label: str
    segments: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Prediction, label and segments."""
        return self.prediction, self.label, *self.segments

    def words(self) -> str:
        """What is held against what."""
        return f"{self.prediction} predicts {self.label}"

    def tally(self, view: BatchView) -> Outcomes:
        """Score the rows of a batch."""
        score = self._scorer(view)
        parts = {column: _parts(view, column, score) for column in self.segments}
        return Outcomes(self, score(np.ones(view.rows, dtype=np.bool_)), parts)

    def document(self) -> dict[str, Any]:
        """The columns."""
        return {"prediction": self.prediction, "label": self.label, "segments": list(self.segments)}

    def _scorer(self, view: BatchView) -> Callable[[Rows], Scores]:
        """What scores some of the rows."""
        if view.is_name(self.prediction) and view.kind(self.label) in ("name", "nothing"):
            made, known = ~view.missing(self.prediction), ~view.missing(self.label)
            wrong = view.hashes(self.prediction) != view.hashes(self.label)
            return lambda rows: NameScores(
                predicted=int(np.count_nonzero(rows & made)),
                labelled=int(np.count_nonzero(rows & made & known)),
                wrong=int(np.count_nonzero(rows & made & known & wrong)),
            )
        prediction, label = _numbers(view, self.prediction), _numbers(view, self.label)
        return lambda rows: NumberScores.of(prediction[rows], label[rows])


@dataclass(frozen=True, eq=False)
class Outcomes(Tally):
    """How good the predictions of some rows are.

    Parameters
    ----------
    rule
        Of which it is.
    whole
        Of all rows.
    parts
        Segment column to value to that of those rows; None where there are too many values.
    """

    rule: Outcome
    whole: Scores
    parts: Mapping[str, Parts | None] = field(default_factory=dict)

    def __add__(self, other: Outcomes) -> Outcomes:
        parts = {column: _added(self.parts[column], other.parts[column]) for column in self.rule.segments}
        return Outcomes(self.rule, self.whole + other.whole, parts)

    def measures(self, memory: Memory) -> Iterable[Measure]:
        """Give the scores of all rows, and of every segment that has enough labels."""
        column = f"{self.rule.prediction}+{self.rule.label}"
        for label, scores in self._scores():
            yield from (measure._replace(column=column, slice=label) for measure in scores.measures())

    def _scores(self) -> Iterator[tuple[str, Scores]]:
        yield "", self.whole
        for column, parts in self.parts.items():
            for value, scores in (parts or {}).items():
                if scores.n >= LEAST:
                    yield f"{column}={value}", scores


def _parts(view: BatchView, column: str, score: Callable[[Rows], Scores]) -> Parts | None:
    """Score each segment of a column apart."""
    positions, values = parted(view, column)
    here = np.unique(positions[positions >= 0])
    return _few({values[place]: score(positions == place) for place in here[: MOST + 1].tolist()})


def _added(left: Parts | None, right: Parts | None) -> Parts | None:
    if left is None or right is None:
        return None
    parts = dict(left)
    for value, scores in right.items():
        parts[value] = parts[value] + scores if value in parts else scores
    return _few(parts)


def _few(parts: Parts) -> Parts | None:
    return parts if len(parts) <= MOST else None


def _numbers(view: BatchView, column: str) -> NDArray[np.float64]:
    """The numbers of a column; of names those that mean true or false, and NaN for any other."""
    if not view.is_name(column):
        return view.numbers(column)
    positions, known = view.codes(column)
    return np.array([*(TRUTHS.get(text or "", np.nan) for text in known), np.nan])[positions]
