"""What every judge promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.judgement import Judgement

if TYPE_CHECKING:
    from airflow_mlmonitor.store.history import History


class Judge(ABC):
    """Turns the metrics of one run, and their history, into verdicts.

    A judge never sees rows, profiles or the store, and it is a frozen dataclass: what it knows of the past comes from
    the history alone, so that a clear or a backfill of an old day gives what that day would have given.

    Attributes
    ----------
    traces
        Names of the traces of earlier runs that it wants to see.
    wants_points
        Whether it wants every value of every earlier run as a point; a judge with traces of its own does not.
    """

    traces: ClassVar[tuple[str, ...]] = ()
    wants_points: ClassVar[bool] = True

    def rehearse(self, days: Iterable[tuple[Window, Sequence[Metric]]]) -> list[bytes]:
        """Return what each of some days, oldest first, would have left as the first of :attr:`traces`."""
        return [b"" for _ in days]

    @abstractmethod
    def judge(self, metrics: Sequence[Metric], history: History, window: Window | None = None) -> Judgement:
        """Give one verdict a metric, in the order of the metrics.

        Parameters
        ----------
        metrics
            The metrics of the run under test.
        history
            The monitor's earlier runs as of that run; the run itself and anything later are not in it.
        window
            The span of data time of the run under test; None for a comparison outside of time.
        """
