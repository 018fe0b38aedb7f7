"""A judge that learns everything from the monitor's own past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.judging.hard import hard
from airflow_mlmonitor.judging.judge import Judge
from airflow_mlmonitor.judging.judgement import Judgement
from airflow_mlmonitor.judging.verdict import Status, Verdict

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History

OPERATIONS = "operations"
"""Family of metrics that are judged one by one, and the trace that they leave."""

LIMITED = {"dependency", "recorded", "staleness"}
"""Families of metrics that say what changed or how old it is, or are only recorded: a limit says how grave that is, and
no past makes it usual."""

APART = {OPERATIONS, *LIMITED}

Key = tuple[str, str, str]

MOSTLY = 0.5
"""Usual share of nulls from which on a column may be all null."""


@dataclass(frozen=True, kw_only=True)
class Learned(Judge):
    """A judge that learns from the monitor's own past what is normal, and has one knob: false alerts a month.

    Every metric is held against what was expected of it, in the scales of its own past; the metrics of a column and
    family form a group, and each group, each family and the whole run are held against their own history. A run whose
    score is over the line becomes a finding, its likeliest root cause first. The line is where, by that history,
    nothing but chance would bring as many alerts as were asked for.

    *warn*: over the line. *fail*: over the line that a tenth of the budget would draw, the third run over the line in a
    row, or a hard thing (no rows, a column gone, its type changed, nothing but nulls). In its first three runs a
    monitor says hard things, and what is far from its baseline; until it has about 44 it leans on what other monitors
    usually show.

    Runs that alert or were marked bad are never learned from.

    Parameters
    ----------
    false_alerts_per_month
        How many runs a month may alert though nothing is wrong.
    min_effect
        Smallest difference of interest, in standard deviations of a column's rows; of what varies by factors, as a
        share. Raise it if true but trivial differences alert.
    seasonality
        ``weekday``: daily runs are compared with those of the same weekday, shorter windows with those at the same
        hour. ``none``: with all.

    Raises
    ------
    ConfigurationError
        A parameter makes no sense.

    Examples
    --------
    >>> from airflow_mlmonitor.store.history import History
    >>> gone = Metric(name="column_gone", value=1.0, column="fare", family="shape", why="the column is gone")
    >>> (verdict,) = Learned().judge([gone], History()).verdicts
    >>> verdict.status.value, verdict.why
    ('fail', 'the column is gone')
    """

    traces: ClassVar[tuple[str, ...]] = ("learned", OPERATIONS)
    wants_points: ClassVar[bool] = False

    false_alerts_per_month: float = 1.0
    min_effect: float = 0.03
    seasonality: Literal["weekday", "none"] = "weekday"

    def __post_init__(self) -> None:
        if not 0 < self.false_alerts_per_month <= 30:
            raise ConfigurationError(
                f"false_alerts_per_month is {self.false_alerts_per_month!r}; write a number above 0 and up to 30."
            )
        if not 0 < self.min_effect < 10:
            raise ConfigurationError(
                f"min_effect is {self.min_effect!r}; write a small number above 0, such as 0.1."
            )
        if self.seasonality not in ("weekday", "none"):
            raise ConfigurationError(f"seasonality is {self.seasonality!r}; write 'weekday' or 'none'.")

    def judge(self, metrics: Sequence[Metric], history: History, window: Window | None = None) -> Judgement:
        """Give one verdict a metric, in the order of the metrics."""
        from airflow_mlmonitor.judging.learned.evaluation import evaluate
        from airflow_mlmonitor.judging.learned.operations import Operations
        from airflow_mlmonitor.judging.learned.rehearsal import known
        from airflow_mlmonitor.judging.learned.sample import Sample

        sample = Sample.of([metric for metric in metrics if metric.family not in APART])
        past = known(self, sample, history)
        window = window or _next([run.window for run in history.runs])
        judgement = evaluate(self, sample, past, window)
        operations = Operations.of(self, metrics, history, window)
        single, others = iter(operations.verdicts), iter(judgement.verdicts)
        plain = (Verdict(metric=metric, status=Status.OK) for metric in metrics if metric.family in LIMITED)
        kinds: dict[str, Iterator[Verdict]] = {OPERATIONS: single, **dict.fromkeys(LIMITED, plain)}
        judged = [next(kinds.get(metric.family, others)) for metric in metrics]
        return replace(
            judgement, verdicts=_hardened(judged), traces={**judgement.traces, **operations.traces}
        )

    def rehearse(self, days: Iterable[tuple[Window, Sequence[Metric]]]) -> list[bytes]:
        """Return the trace that each of some days would have left, had it been a run: each knows those before it.

        Parameters
        ----------
        days
            Oldest first, such as those of a dated training baseline, with their metrics.
        """
        from airflow_mlmonitor.judging.learned.rehearsal import rehearsed
        from airflow_mlmonitor.judging.learned.sample import Sample
        from airflow_mlmonitor.judging.learned.trace import pack

        samples = (
            (window, Sample.of([metric for metric in metrics if metric.family not in APART]))
            for window, metrics in days
        )
        past = rehearsed(self, samples)
        return [pack(run.parts) for run in past.runs]


def _hardened(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts with those of hard things in place of what was learned of them.

    Nothing but nulls is no hard thing in a column that mostly is null: there, its share of nulls decides.
    """
    shares = {
        verdict.metric.key: verdict for verdict in verdicts if verdict.metric.name.endswith("null_share")
    }
    return [
        verdict if _is_usual(verdict.metric, shares) else hard(verdict.metric) or verdict
        for verdict in verdicts
    ]


def _is_usual(metric: Metric, shares: Mapping[Key, Verdict]) -> bool:
    if not metric.name.endswith("all_null"):
        return False
    name, column, part = metric.key
    share = shares.get((name.replace("all_null", "null_share"), column, part))
    if share is None or (share.status.is_finding and share.expected is not None):
        return False
    expected = share.metric.expected if share.expected is None else share.expected
    return expected is not None and expected >= MOSTLY


def _next(windows: Sequence[Window]) -> Window:
    """The window after the last one, for a judgement outside of time."""
    if windows:
        return Window(windows[-1].end, windows[-1].end + windows[-1].span)
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return Window(start, start + timedelta(days=1))
