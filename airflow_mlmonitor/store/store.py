"""What every metrics store promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.judging.incident import Notice
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.store.casebook import Casebook
from airflow_mlmonitor.store.history import History, State
from airflow_mlmonitor.store.logbook import Logbook
from airflow_mlmonitor.store.retention import Pruned, Tell


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A baseline pinned to a model version.

    Parameters
    ----------
    model, version
        Its key.
    profile
        The encoded profile.
    rows
        Number of rows it was made of.
    label
        What it was made of, in words.
    pinned_at
        When.
    """

    model: str
    version: str
    profile: bytes
    rows: int
    label: str
    pinned_at: datetime

    @property
    def days_label(self) -> str:
        """The label under which its dated parts are kept."""
        return days_label(self.model, self.version)


def days_label(model: str, version: str) -> str:
    """Return the label under which the dated parts of a version's baseline are kept."""
    return f"{model}@{version}"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What a person said of a run.

    Parameters
    ----------
    who, note, made_at
        Who said so, why and when.
    before, after
        The run's state until then and from then on.
    """

    who: str
    note: str
    made_at: datetime
    before: State
    after: State


class MetricsStore(Casebook, Logbook, ABC):
    """What earlier runs concluded.

    **Keys.** A run is keyed by (monitor, window): saving it again replaces it, whatever the try, the order of a
    backfill or the number of parallel writers; a run that *another* task already saved is refused
    (:class:`~airflow_mlmonitor.errors.WindowClaimed`).

    **All or nothing.** ``save`` writes a whole run in one transaction, or nothing.

    **As of.** What is read for judging is read as of a moment of *data* time: runs whose window has ended by then. So
    with the start of the window under test, neither that window, nor a later one, nor one that overlaps it is ever in
    it: hourly runs over the last 24 hours learn from those that ended before the 24 hours under test began.

    **What trains.** Runs in state clean or accepted. A run gets the state alert when one of its findings is grounded
    (:attr:`Verdict.is_grounded`); a person may mark it bad or accepted, and saving the run again keeps that mark.

    **One series.** A metric's scale, family and bad direction belong to its series: what was saved last holds for
    every run of it. So does a monitor's model.

    **One state.** Each read sees one state of the store; several do in a :meth:`snapshot`.

    **Threads and processes.** One store object may be used by many threads; many processes may use one database.

    Profiles go in and out encoded (:meth:`Profile.encode`): a store needs to know nothing of them.
    """

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all that this thread reads within it see one state of the store, over one connection.

        What is written meanwhile, even by this thread, is seen after it.

        Examples
        --------
        >>> from airflow_mlmonitor.store import MemoryStore
        >>> store = MemoryStore()
        >>> with store.snapshot():
        ...     (store.monitors(), store.runs())
        ([], [])
        """
        return nullcontext()

    @abstractmethod
    def save(self, report: Report, *, profile: bytes | None = None) -> list[Notice]:
        """Remember a run and, encoded, the profile of its rows; say what it meant for incidents.

        What a run that is saved again has been told of already is not news again.

        Raises
        ------
        WindowClaimed
            Another task saved this monitor and window. The message names both.
        StoreUnavailable
            The database could not be reached, was full or stayed locked. Nothing was written.
        StoreError
            A judge's number is not finite, or two verdicts are of one series.
        """

    @abstractmethod
    def history(
        self,
        monitor: str,
        *,
        asof: datetime,
        last: int = 365,
        metric: str | None = None,
        column: str | None = None,
        points: bool = True,
        traces: Sequence[str] = (),
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> History:
        """Return the last runs whose windows end by ``asof``, with their metrics or some of them.

        ``metric`` and ``column`` (``""`` for the table) each restrict the metrics, never the runs, and so does
        ``series``, which names them by (metric, column, slice); without ``points`` there are none. ``traces`` names
        what to read of that which the runs left for later ones.
        """

    @abstractmethod
    def verdicts(
        self,
        monitor: str,
        window: Window,
        *,
        status: Collection[Status] | None = None,
        series: Collection[tuple[str, str, str]] | None = None,
    ) -> list[Verdict]:
        """Return the stored verdicts of one run, in the order in which they were saved; empty if it is unknown.

        ``status`` restricts them to those of some statuses, ``series`` to those of some (metric, column, slice).
        """

    @abstractmethod
    def facts(self, monitor: str, window: Window) -> dict[str, str]:
        """Return the stored facts of one run; empty if it is unknown."""

    @abstractmethod
    def mark(self, monitor: str, window: Window, state: State, *, who: str, note: str = "") -> None:
        """Say what a run is worth as history; who said so, when and why is kept as an annotation.

        From an accepted run on, the values of the groups it had findings of are the new normal.

        Raises
        ------
        StoreError
            There is no such run.
        """

    @abstractmethod
    def annotations(self, monitor: str, window: Window) -> list[Annotation]:
        """Return what people said of one run, oldest first; empty if it is unknown."""

    @abstractmethod
    def pin(
        self,
        model: str,
        version: str,
        profile: bytes,
        *,
        rows: int,
        label: str = "",
        days: Mapping[Window, bytes] | None = None,
    ) -> None:
        """Pin a profile as the baseline of a model version, replacing an earlier pin of the same version.

        ``days`` are profiles of parts of the same rows, window by window: history before the first run.
        """

    @abstractmethod
    def pinned(self, model: str, version: str | None = None) -> Pin | None:
        """Return what is pinned for a version, or the model's latest pin; None if there is none."""

    @abstractmethod
    def keep(self, label: str, window: Window, profile: bytes) -> None:
        """Keep a dated profile under a label, replacing the one of the same window."""

    @abstractmethod
    def profiles(
        self, label: str, *, asof: datetime, last: int, windows: Sequence[Window] | None = None
    ) -> list[tuple[Window, bytes]]:
        """Return the dated profiles of a label whose windows end by ``asof``, oldest first, at most ``last``.

        A monitor's run profiles have the monitor's name as label; those of runs that do not train are left out.
        The parts of a pinned baseline have :attr:`Pin.days_label`.
        ``windows``, where given, restricts them to these windows.
        """

    @abstractmethod
    def profile(self, label: str, window: Window) -> bytes | None:
        """Return the profile of one window, whatever its run is worth as history; None if there is none."""

    @abstractmethod
    def prune(self, *, before: datetime, dry_run: bool = False, tell: Tell = lambda _done: None) -> Pruned:
        """Remove the numbers of old runs, and say how many.

        Of a run whose window ended by ``before`` go the metrics, the traces and the profile. The run itself stays, and
        so do its facts, to which comes ``pruned``, its alert, its incidents and what people said of it. Of the newest
        400 runs of each monitor nothing is removed, whatever ``before`` says: judges look at 365. Profiles under a name
        that is no monitor's are treated alike, by their windows; pinned baselines and the days of their training data
        always stay.

        It works in many small transactions, each of which stands for itself: others can write meanwhile, and one that
        was interrupted goes on where it stopped.

        Parameters
        ----------
        before
            A moment of data time.
        dry_run
            Only say what would be removed.
        tell
            Gets what has been removed so far, now and then.

        Raises
        ------
        StoreUnavailable
            The database could not be reached, or stayed locked. What was removed until then is gone.

        Examples
        --------
        >>> from datetime import UTC
        >>> from airflow_mlmonitor.store import MemoryStore
        >>> MemoryStore().prune(before=datetime(2013, 1, 1, tzinfo=UTC))
        Pruned(runs=0, metrics=0, traces=0, profiles=0)
        """
