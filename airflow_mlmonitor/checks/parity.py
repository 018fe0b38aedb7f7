"""Does serving compute the features that training computes?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric, Scale
from airflow_mlmonitor.data.source import Rows, Source
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable

if TYPE_CHECKING:
    from airflow_mlmonitor.data.parity.matching import Matching
    from airflow_mlmonitor.data.parity.mismatch import Counted, Mismatch
    from airflow_mlmonitor.data.parity.side_by_side import SideBySide

    Compared = tuple[Matching, Counted, dict[int, list[Mismatch]]]

FAMILY = "parity"

EXAMINED = 20
"""Features whose mismatches are looked at, those that differ most."""

NAMED = 10
"""Columns of one side that a finding names."""

FACT = "parity_examples"
"""Name of the fact that holds example rows of features that differ."""


@dataclass(frozen=True, kw_only=True)
class FeatureParity(Inspection):
    """Does serving compute the features that training computes?

    Rows of the training pipeline and of the serving log are joined by entity and time, and every feature is compared
    value by value. Metrics: ``mismatch_share`` of each feature, among the joined rows, with what the mismatches have in
    common; ``joined_rows``; ``missing_in_serving_share`` and ``missing_in_training_share``: keys that one side does
    not have; ``repeated_in_training_share``, ``repeated_in_serving_share``: keys that come more than once, which are
    not compared; ``keyless_in_training_share``, ``keyless_in_serving_share``: rows with null in the key;
    ``one_sided_columns``.

    Where both sides are tables or queries of one connection (SQLite, PostgreSQL, MySQL, MariaDB), the database joins
    them and no row leaves it but some that differ; otherwise a temporary DuckDB file does, in bounded memory.

    Parameters
    ----------
    training
        What the training pipeline computes for the run's window.
    serving
        What serving logged.
    key
        Columns that tell rows apart, such as ``("driver_id", "event_time")``, as training calls them.
    time
        The one of the key that says when: then it is also looked at whether serving holds the value that training
        had the last time before.
    columns
        Features to compare, as training calls them; by default all that both sides have.
    renamed
        Name in training to name in serving, where they differ.
    absolute, relative
        Serving may be as far from training as ``absolute + relative * |training|``: one number for all columns, or
        one for each of some, of moments in seconds. By default whole numbers and moments have to be equal, and
        fractions to single precision.
    max_mismatch
        Share of the joined rows of any feature, or of each of some, that may differ; one more fails. None leaves it
        to the judge.
    private
        Columns of which only hashes are shown; so are those that a source calls private.
    sample
        Mismatching rows of a feature that are looked at to find out what they have in common.

    Raises
    ------
    ConfigurationError
        ``time`` is not in the key, or there is nothing to look at.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Table
    >>> parity = FeatureParity(
    ...     training=Table("features_replayed", conn_id="warehouse", timestamp="event_time"),
    ...     serving=Table("features_logged", conn_id="warehouse", timestamp="event_time"),
    ...     key=("driver_id", "event_time"),
    ...     max_mismatch=0.01,
    ... )
    >>> dict(parity.limits)
    {'joined_rows': {'min': 1}, '*.mismatch_share': {'max': 0.01}}
    """

    training: Source
    serving: Source
    key: tuple[str, ...]
    time: str | None = None
    columns: tuple[str, ...] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    absolute: float | Mapping[str, float] | None = None
    relative: float | Mapping[str, float] | None = None
    max_mismatch: float | Mapping[str, float] | None = None
    private: tuple[str, ...] = ()
    sample: int = 1_000

    def __post_init__(self) -> None:
        for name in ("key", "columns", "private"):
            given = getattr(self, name)
            if isinstance(given, str):
                raise ConfigurationError(f"{name}={given!r} must be several names; write ({given!r},).")
            object.__setattr__(self, name, given if given is None else tuple(given))
        if self.time is not None and self.time not in self.key:
            raise ConfigurationError(
                f"time={self.time!r} is not in the key, which is {', '.join(self.key) or 'empty'}."
            )
        if self.sample < 1:
            raise ConfigurationError(f"sample={self.sample} looks at nothing; write 1 or more.")

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """Something has to be joined, and features may differ as far as somebody said."""
        start = f"{self.prefix}." if self.prefix else ""
        allowed = self.max_mismatch
        if not isinstance(allowed, Mapping):
            allowed = {} if allowed is None else {"*": allowed}
        shares = {f"{name}.{start}mismatch_share": {"max": share} for name, share in allowed.items()}
        return {f"{start}joined_rows": {"min": 1}, **shares}

    def inspect(self, scene: Scene) -> Inspected:
        """Join both sides, count, and look at what differs."""
        from airflow_mlmonitor.data.parity.explaining import explained
        from airflow_mlmonitor.data.parity.masking import examples

        matching, counted, looked_at = self._compared(scene)
        private = self._private()
        told = explained(matching, counted, looked_at, private)
        shown = {
            matching.features[place].training: examples(matching, place, rows, private)
            for place, rows in looked_at.items()
            if rows
        }
        metrics = [*_of_keys(counted), _one_sided(matching), *_of_features(matching, counted, told)]
        return Inspected(metrics=metrics, facts={f"{self.prefix}{FACT}": json.dumps(shown)} if shown else {})

    def _compared(self, scene: Scene) -> Compared:
        """Join both sides in their database, or else outside of any."""
        from airflow_mlmonitor.data.parity.inside_database import joined_in_database, reader_for
        from airflow_mlmonitor.data.parity.out_of_core import joined_out_of_core
        from airflow_mlmonitor.data.relations import Query, Table

        training, serving = self.training, self.serving
        rows = self._opened(scene)
        matching = self._matching(rows)
        if isinstance(training, Table | Query) and isinstance(serving, Table | Query):
            reader = reader_for(training, serving, rows, matching, scene.connections)
            if reader:
                del rows  # hangs up
                try:
                    return self._seen(
                        matching, joined_in_database(reader, training, serving, matching, scene.window)
                    )
                except SourceUnavailable:
                    raise
                except DataError:  # of some types a database has no largest value, nor a number for them
                    rows = self._opened(scene)
        return self._seen(matching, joined_out_of_core(*rows, matching))

    def _seen(self, matching: Matching, joined: AbstractContextManager[SideBySide]) -> Compared:
        with joined as rows:
            counted = rows.counted()
            worst = sorted(range(len(counted.mismatches)), key=lambda place: -counted.mismatches[place])
            places = [place for place in worst if counted.mismatches[place]][:EXAMINED]
            return matching, counted, rows.looked_at(counted, places, self.sample) if places else {}

    def _opened(self, scene: Scene) -> tuple[Rows, Rows]:
        window, connections = scene.window, scene.connections
        return self.training.open(window, connections), self.serving.open(window, connections)

    def _matching(self, rows: tuple[Rows, Rows]) -> Matching:
        from airflow_mlmonitor.data.parity.matching import Wanted, matched

        wanted = Wanted(
            key=self.key,
            columns=self.columns,
            renamed=self.renamed,
            time=self.time,
            absolute=self.absolute,
            relative=self.relative,
        )
        return matched(wanted, rows[0].schema, rows[1].schema)

    def _private(self) -> frozenset[str]:
        """Private columns, by their names in training."""
        back = {served: name for name, served in self.renamed.items()}
        served = [back.get(name, name) for name in self.serving.private]
        return frozenset([*self.private, *self.training.private, *served])


def _of_keys(counted: Counted) -> Iterator[Metric]:
    yield Metric(
        name="joined_rows",
        value=float(counted.joined),
        n=max(counted.training, counted.serving),
        scale="count",
        family=FAMILY,
        worse="down",
    )
    for side, other in (("training", "serving"), ("serving", "training")):
        keys, keyless = getattr(counted, side), getattr(counted, f"keyless_{side}")
        yield _share(f"missing_in_{other}_share", getattr(counted, f"only_{side}"), keys)
        yield _share(f"repeated_in_{side}_share", getattr(counted, f"repeated_{side}"), keys)
        yield _share(f"keyless_in_{side}_share", keyless, keys + keyless)


def _of_features(matching: Matching, counted: Counted, told: Mapping[int, str]) -> Iterator[Metric]:
    for place, twin in enumerate(matching.features):
        yield _share(
            "mismatch_share",
            counted.mismatches[place],
            counted.joined,
            column=twin.training,
            why=told.get(place),
        )


def _one_sided(matching: Matching) -> Metric:
    alone = [f"only {side} has {name}" for name, side in matching.one_sided.items()]
    more = [f"and {len(alone) - NAMED} more"] if alone[NAMED:] else []
    scale: Scale = "count"
    return Metric(
        name="one_sided_columns",
        value=float(len(alone)),
        n=len(alone) + len(matching.features),
        scale=scale,
        family=FAMILY,
        worse="up",
        why=", ".join([*alone[:NAMED], *more]) or None,
    )


def _share(name: str, part: int, whole: int, *, column: str | None = None, why: str | None = None) -> Metric:
    return Metric(
        name=name,
        value=part / whole if whole else None,
        column=column,
        n=whole,
        scale="share",
        family=FAMILY,
        worse="up",
        why=why if whole else "no row has a key that both sides have once" if column else "there are no keys",
    )
