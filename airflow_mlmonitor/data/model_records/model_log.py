"""A table with a row for every training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_record import NAMES, ModelRecord, Names
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""No training is older."""

MOST = 100_000
"""Trainings that are read; a source of more is no log of trainings."""

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ModelLog(ModelRecord):
    """A table with a row for every training, those that failed included: any source, by Airflow connection or file.

    The model is the one that was promoted last before the end of the run's window, or else trained last before it, so
    that a backfill sees the one that was there then. The last attempt is the latest of all rows.

    Parameters
    ----------
    source
        Such as ``Table("trainings", conn_id="warehouse", where="model = 'flight_delay'")``. In a query ``:end`` stands
        for the end of the run's window, and ``:start`` for 1970.
    names
        What its columns are called; those that are not there are not known.
    """

    source: Source
    _: KW_ONLY
    names: Names = NAMES

    @property
    def label(self) -> str:
        """The source."""
        return self.source.label

    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Read the log, and choose."""
        rows = self.source.open(Window(BEGINNING, window.end), connections)
        known = {self.names.version, self.names.trained, self.names.attempted, self.names.promoted}
        if not known & set(rows.schema.names):
            raise DataError(
                f"{self.label} has no column {', '.join(sorted(known))}; say what they are called with names=."
            )
        trainings = [one.as_of(window.end) for one in self._trainings(rows.parts)]
        ready = [one for one in trainings if one.trained or one.promoted]
        if not ready:
            raise DataError(f"{self.label} knows no training before {window.end:%Y-%m-%d %H:%M}.")
        promoted = [one for one in ready if one.promoted]
        chosen = max(promoted, key=_promoted) if promoted else max(ready, key=_trained)
        last = max(trainings, key=_attempted)
        return replace(chosen, attempted=last.attempted or last.trained, attempt=last.attempt)

    def _trainings(self, parts: Sequence[Any]) -> Iterator[ModelDates]:
        count = 0
        for part in parts:
            for batch in part():
                count += batch.num_rows
                if count > MOST:
                    raise DataError(
                        f"{self.label} has more than {MOST:,} rows; name the log of trainings, or use where=."
                    )
                yield from (self.names.dates(row) for row in batch.to_pylist())


def _promoted(one: ModelDates) -> tuple[datetime, datetime]:
    return one.promoted or EARLIEST, one.trained or EARLIEST


def _trained(one: ModelDates) -> datetime:
    return one.trained or EARLIEST


def _attempted(one: ModelDates) -> datetime:
    return one.attempted or one.trained or EARLIEST
