"""Causes that change the columns themselves."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from airflow_mlmonitor.data.category import CategoryColumn
from airflow_mlmonitor.data.column import Column, NumberColumn
from airflow_mlmonitor.diagnosis.cause import Cause, Diagnosis
from airflow_mlmonitor.diagnosis.circumstances import Circumstances
from airflow_mlmonitor.diagnosis.mixture import mixture, noise
from airflow_mlmonitor.diagnosis.wording import listed


class SchemaChanged(Cause):
    """Columns are gone, are new, or hold another type."""

    def look(self, circumstances: Circumstances) -> Iterator[Diagnosis]:
        """Read the schema's findings; a column that went as another came with its values was renamed."""
        found = circumstances.of_family("shape")
        gone = [str(v.metric.column) for v in found if v.metric.name.endswith("column_gone")]
        new = [str(v.metric.column) for v in found if v.metric.name.endswith("column_new")]
        for old_name in list(gone):
            new_name = next((name for name in new if self._same(circumstances, old_name, name)), None)
            if new_name:
                gone.remove(old_name)
                new.remove(new_name)
                yield self._renamed(old_name, new_name)
        changed = [v for v in found if v.metric.name.endswith("type_changed")]
        for verdict in changed:
            yield self._told(
                (str(verdict.metric.column),),
                f"the type of {verdict.metric.column} changed",
                f"{verdict.metric.column} {verdict.why.partition('; ')[0]}",
                "cast it back, or adapt what reads it",
            )
        for names, what in ((gone, "gone"), (new, "new")):
            if names:
                verb = "is" if len(names) == 1 else "are"
                yield self._told(
                    tuple(names),
                    f"the schema changed: {listed(names)} {verb} {what}",
                    f"{listed(names)} {verb} {what}, and nothing that looks like {'it' if len(names) == 1 else 'them'} "
                    f"{'came' if what == 'gone' else 'went'}",
                    "ask who changed the table, and adapt the query or the features",
                )

    def _renamed(self, old: str, new: str) -> Diagnosis:
        return self._told(
            (old, new),
            f"column {old} is now called {new}",
            f"{old} is gone and {new} is new, with the same type and the same values",
            f"read {new} as {old}, or have it renamed back",
            0.97,
        )

    def _told(
        self, columns: tuple[str, ...], likely: str, evidence: str, step: str, sure: float = 0.95
    ) -> Diagnosis:
        return Diagnosis(
            cause=self.name,
            likely=likely,
            evidence=(evidence,),
            next=step,
            confidence=sure,
            columns=columns,
            may_be_meant=True,
        )

    def _same(self, circumstances: Circumstances, old_name: str, new_name: str) -> bool:
        known = (
            circumstances.previous
            if circumstances.previous and old_name in circumstances.previous
            else circumstances.before
        )
        old = known.columns.get(old_name) if known else None
        new = circumstances.now.columns.get(new_name)
        if old is None or new is None or old.kind != new.kind:
            return False
        return _alike(new, old) and (
            SequenceMatcher(None, old_name, new_name).ratio() > 0.3 or new.count > 200
        )


def _alike(new: Column, old: Column) -> bool:
    """Whether two columns have one distribution, but for what changes from day to day."""
    if isinstance(new, NumberColumn) and isinstance(old, NumberColumn) and new.count and old.count:
        fit = mixture(new.sketch, old.sketch, old.sketch)
        return fit.size < max(0.12, 3 * noise(new.count, old.count))
    if isinstance(new, CategoryColumn) and isinstance(old, CategoryColumn) and new.count and old.count:
        known = sum(count for value, count in new.counts.items() if value in old.counts)
        return known > 0.9 * new.count
    return False
