"""An adapter's file in, a subject out: whatever the types are, and whichever roles it leaves out."""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.detection import models, plain
from benchmarks.detection.subject import Subject

FLIGHTS = Path(__file__).with_name("flights.py")

LARGEST = 50_000
"""Rows of a day; of a larger one a seeded sample is taken."""


def load(file: Path) -> Subject:
    """Run an adapter's ``load()`` and make a subject of what it returns.

    Raises
    ------
    SystemExit
        There is no ``load``, or no frame, or no date in it.
    """
    names = runpy.run_path(str(file))
    if not callable(names.get("load")):
        raise SystemExit(f"{file} defines no function load(); see benchmarks/detection/README.md.")
    said = dict(names["load"]())
    return subject_of({"name": file.stem} | said)


def subject_of(said: Mapping[str, Any]) -> Subject:
    """Make a subject of an adapter's answer."""
    return _Reading(said).subject()


@dataclass
class _Reading:
    """One adapter's answer on its way to a subject."""

    said: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)

    def subject(self) -> Subject:
        frame, dates = self._dated()
        numeric, categorical = self._roles(frame)
        columns, numeric, categorical = self._plain(frame, numeric, categorical)
        monitored = pd.DataFrame(columns)
        label = self._label(frame, monitored)
        prediction = self._prediction(frame, monitored, label)
        second = plain.numbers(frame[name]) if (name := self._one(frame, "second_prediction")) else None
        order = self._one(frame, "order")
        reference = plain.count_of(self.said.get("reference_days"), 60, since=dates.min())
        start, first_test = self._starts(dates, reference)
        made = Subject(
            name=str(self.said.get("name") or "data"),
            frame=monitored,
            dates=dates,
            order=plain.sortable(frame[order]) if order else None,
            second=second,
            numeric=tuple(name for name in numeric if name not in {label, prediction}),
            categorical=tuple(name for name in categorical if name not in {label, prediction}),
            prediction=prediction,
            label=label,
            segment=self._kept(monitored, "segment"),
            segment2=self._kept(monitored, "segment2"),
            key=tuple(name for name in self._many(frame, "key") if name in monitored),
            joined=tuple(name for name in self._many(frame, "joined") if name in monitored),
            hours=tuple(name for name in self._many(frame, "hours") if name in monitored),
            reference_days=reference,
            start_day=start,
            first_test_day=first_test,
            notes=tuple(self.notes),
        )
        return models.completed(made, tuple(self._many(frame, "features")))

    def _dated(self) -> tuple[pd.DataFrame, pd.Series]:
        given = self.said.get("frame")
        if not isinstance(given, pd.DataFrame) or given.empty:
            raise SystemExit("The adapter's load() must return a pandas frame with rows under 'frame'.")
        frame = given.rename(columns=str)
        frame = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
        date = str(self.said.get("date"))
        if date not in frame:
            raise SystemExit(f"The adapter's frame has no column {date!r}, which 'date' names.")
        days = plain.days(frame[date])
        if not days.notna().any():
            raise SystemExit(f"No value of {date!r} can be read as a date.")
        if lost := int(days.isna().sum()):
            self.notes.append(f"{lost:,} rows without a date were left out")
        kept = days.notna() & self._sampled(days)
        return frame[kept].reset_index(drop=True), days[kept].reset_index(drop=True)

    def _sampled(self, days: pd.Series) -> pd.Series:
        """True for the rows that are kept of days too large to be read three thousand times."""
        largest = int(days.value_counts().max())
        if largest <= LARGEST:
            return pd.Series(True, index=days.index)
        self.notes.append(
            f"of days with more than {LARGEST:,} rows a sample was taken (largest: {largest:,})"
        )
        mixed = days.sample(frac=1.0, random_state=0)
        return (mixed.groupby(mixed).cumcount() < LARGEST).reindex(days.index)

    def _roles(self, frame: pd.DataFrame) -> tuple[list[str], list[str]]:
        """The columns to monitor; inferred where the adapter names none."""
        left_out = {str(self.said.get(role)) for role in ("date", "order", "second_prediction")}
        numeric = self._many(frame, "numeric")
        categorical = [name for name in self._many(frame, "categorical") if name not in numeric]
        if not numeric and not categorical:
            known = [str(name) for name in frame if name not in left_out]
            numeric = [name for name in known if plain.is_number(frame[name])]
            categorical = [name for name in known if name not in numeric]
            self.notes.append("numeric and categorical columns were inferred from the types")
        taken = {*numeric, *categorical, str(self.said.get("label")), str(self.said.get("prediction"))}
        for role in ("hours", "joined", "segment", "segment2", "key"):
            for name in self._many(frame, role):
                if name not in taken:
                    (numeric if plain.is_number(frame[name]) else categorical).append(name)
                    taken.add(name)
        second = self.said.get("second_prediction")
        return [n for n in numeric if n != second], [n for n in categorical if n != second]

    def _plain(
        self, frame: pd.DataFrame, numeric: list[str], categorical: list[str]
    ) -> tuple[dict[str, pd.Series], list[str], list[str]]:
        columns: dict[str, pd.Series] = {}
        numbers: list[str] = []
        names: list[str] = []
        for name in (str(name) for name in frame if name in {*numeric, *categorical}):
            values = plain.numbers(frame[name]) if name in numeric else plain.names(frame[name])
            if name in numeric and frame[name].notna().any() and not values.notna().any():
                self.notes.append(f"{name} holds no numbers and counts as categorical")
                values = plain.names(frame[name])
            (numbers if values.dtype == float else names).append(name)
            columns[name] = values
        if not columns:
            raise SystemExit("The adapter names no column that its frame has.")
        return columns, numbers, names

    def _label(self, frame: pd.DataFrame, monitored: pd.DataFrame) -> str | None:
        name = self._one(frame, "label")
        if name is None:
            return None
        monitored[name] = plain.label(frame[name])
        if plain.classes(frame[name]) > 2:
            self.notes.append(f"{name} has more than two classes: its commonest is told from the rest")
        return name if monitored[name].notna().any() else None

    def _prediction(self, frame: pd.DataFrame, monitored: pd.DataFrame, label: str | None) -> str | None:
        name = self._one(frame, "prediction")
        if name is None:
            return None
        text = not plain.is_number(frame[name])
        like = frame[label] if text and label is not None else None
        monitored[name] = plain.label(frame[name], like)
        return name if monitored[name].notna().any() else None

    def _starts(self, dates: pd.Series, reference: int) -> tuple[int, int]:
        """Day on which history starts, and first day of the test: ``start_day`` may mean either."""
        said = self.said.get("start_day")
        if said is None:
            return 14, 91
        start = plain.count_of(said, 14, since=dates.min())
        return (start, 91) if start < reference else (14, start)

    def _one(self, frame: pd.DataFrame, role: str) -> str | None:
        return next(iter(self._many(frame, role)), None)

    def _kept(self, monitored: pd.DataFrame, role: str) -> str | None:
        name = self._one(monitored, role)
        return name if name in monitored else None

    def _many(self, frame: pd.DataFrame, role: str) -> list[str]:
        """The columns an adapter names for a role; what the frame lacks is noted."""
        said = self.said.get(role)
        listed: Iterable[Any] = [said] if isinstance(said, str) or not isinstance(said, Iterable) else said
        names = list(dict.fromkeys(str(name) for name in listed if name is not None))
        lacking = [name for name in names if name not in frame]
        note = f"{role} names {', '.join(lacking)}, which the frame lacks"
        if lacking and note not in self.notes:
            self.notes.append(note)
        return [name for name in names if name in frame]
