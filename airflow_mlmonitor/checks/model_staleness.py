"""How old is the model, and is it the one that was promoted?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from airflow_mlmonitor.checks.ages import DAY, measured, span, spoken
from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.checks.observation import Series
from airflow_mlmonitor.data.dependencies import Dependency
from airflow_mlmonitor.data.model_records import ModelDates, ModelRecord, ServedVersion
from airflow_mlmonitor.errors import ConfigurationError

FACT = "model versions"
"""Name of the fact in which a run remembers which versions there were, and when each was trained."""


@dataclass(frozen=True, kw_only=True)
class ModelStaleness(Inspection):
    """How old is the model, and is it the one that was promoted?

    Metrics, in days as of the end of the run's window: ``model_age_days`` since the model was trained,
    ``training_data_age_days`` since the newest moment in its training data, ``since_attempt_days`` since it was last
    tried to train it anew. Where the rows say which version scored them: ``version_share`` of each version, and
    ``other_version_share`` of all but the promoted one. Where something tells which version serves: ``wrong_version``
    (0 or 1). With ``quality`` and enough of its past: ``loss_per_day`` and ``days_to_retrain``.

    Parameters
    ----------
    record
        Where it is written down which version is the one to be used, and when it was trained.
    max_age, max_training_data_age, max_since_attempt
        How old each may be; None for any age. What has a limit and is not written down is a finding too.
    severity
        What a finding means: ``warn``, or ``fail``.
    version_column
        Column of the rows that says which version scored them; not a private one.
    max_other_share
        Share of rows that other versions than the promoted one may score. While the window in which it was promoted
        is not over, any share is allowed.
    serving
        Where something tells which version serves: another record, or a dependency such as an ``Endpoint``, by
        its part ``version`` or else its first.
    quality
        The series that says how good the model is, of another monitor whose runs have a ``model_version``.
    tolerated_loss
        How much of it may be lost with age before the model has to be trained anew.

    Raises
    ------
    ConfigurationError
        A limit is not above nothing, or there is a tolerated loss without a series that could be lost.

    Examples
    --------
    >>> from airflow_mlmonitor.data.model_records import ModelFile
    >>> check = ModelStaleness(record=ModelFile("flights.json"), max_age=timedelta(days=14))
    >>> check.limits["model_age_days"]
    {'max': 14.0, 'severity': 'warn'}
    """

    record: ModelRecord
    max_age: timedelta | None = None
    max_training_data_age: timedelta | None = None
    max_since_attempt: timedelta | None = None
    severity: Literal["warn", "fail"] = "warn"
    version_column: str | None = None
    max_other_share: float = 0.0
    serving: ModelRecord | Dependency | None = None
    quality: Series | None = None
    tolerated_loss: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_age", "max_training_data_age", "max_since_attempt"):
            limit = getattr(self, name)
            if limit is not None and limit <= timedelta():
                raise ConfigurationError(f"{name} is {limit}; write a span such as timedelta(days=14).")
        if self.tolerated_loss is not None and (self.quality is None or self.tolerated_loss <= 0):
            raise ConfigurationError("tolerated_loss= needs a number above 0, and quality=Series(...).")
        if self.severity not in ("warn", "fail"):
            raise ConfigurationError(f"severity is {self.severity!r}; write 'warn' or 'fail'.")

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """How old it may be, and that the promoted version is the one in use."""
        most = {
            "model_age_days": self.max_age and self.max_age / DAY,
            "training_data_age_days": self.max_training_data_age and self.max_training_data_age / DAY,
            "since_attempt_days": self.max_since_attempt and self.max_since_attempt / DAY,
            "unknown_dates": 0.0,
            "wrong_version": 0.0,
            "other_version_share": self.max_other_share,
        }
        found = {name: {"max": limit} for name, limit in most.items() if limit is not None}
        if self.tolerated_loss is not None:
            found["days_to_retrain"] = {"min": 0.0}
        start = f"{self.prefix}." if self.prefix else ""
        return {f"{start}{name}": {**limit, "severity": self.severity} for name, limit in found.items()}

    def inspect(self, scene: Scene) -> Inspected:
        """Look at the record, at the rows, and at what earlier runs saw."""
        from airflow_mlmonitor.checks.model_aging import aged
        from airflow_mlmonitor.checks.model_versions import Versions, served, shares

        known = Versions.read(scene.facts.get(self._fact))
        dates = _dates(self.record, scene)
        metrics = [*self._ages(dates, scene.window.end), *self._unknown(dates)]
        if self.version_column:
            metrics += shares(scene, self.version_column, dates, self.max_other_share)
        if self.serving:
            metrics.append(_serving(dates, self.serving, scene))
        versions = known.then(dates, scene.window)
        if self.quality:
            metrics += aged(scene, self.quality, dates, versions, self.tolerated_loss)
        metrics += served(dates, versions, scene.window.end)
        return Inspected(metrics=metrics, facts={self._fact: versions.text} if dates.version else {})

    @property
    def _fact(self) -> str:
        return f"{self.prefix}.{FACT}" if self.prefix else FACT

    def _ages(self, dates: ModelDates, end: datetime) -> Iterator[Metric]:
        name = dates.version or "the model"
        how = f" ({dates.basis})" if dates.basis else ""
        tried = f"the last attempt to train it anew{f', {dates.attempt},' if dates.attempt else ''} was"
        told = (
            ("model_age_days", "trained", self.max_age, f"{name} was trained{how}"),
            (
                "training_data_age_days",
                "data_until",
                self.max_training_data_age,
                f"the training data of {name} ends",
            ),
            ("since_attempt_days", "attempted", self.max_since_attempt, tried),
        )
        for metric, field, limit, said in told:
            when: datetime | None = getattr(dates, field)
            if when is not None:
                days = (end - when) / DAY
                ago = f"{said} on {spoken(when, end)}, {span(days)} before the end of the window"
                allowed = f"; at most {span(limit / DAY)} are allowed" if limit and end - when > limit else ""
                yield measured(metric, days, scale="log", worse="up", why=ago + allowed)
            elif field in dates.later:
                why = f"{self.record.label} tells of what came after the window"
                yield measured(metric, None, scale="log", worse="up", why=why)

    def _unknown(self, dates: ModelDates) -> Iterator[Metric]:
        """Whether something has a limit that nobody wrote down: a limit that watches nothing is worse than none."""
        wanted = {
            "trained": (self.max_age, "when the model was trained"),
            "data_until": (self.max_training_data_age, "the newest moment of its training data"),
            "attempted": (self.max_since_attempt, "when it was last tried to train it anew"),
        }
        missing = [
            said
            for field, (limit, said) in wanted.items()
            if limit and getattr(dates, field) is None and field not in dates.later
        ]
        if any(limit for limit, _ in wanted.values()):
            why = f"{self.record.label} does not say {', nor '.join(missing)}" if missing else None
            yield measured("unknown_dates", float(len(missing)), scale="count", worse="up", why=why)


def _dates(record: ModelRecord, scene: Scene) -> ModelDates:
    from airflow_mlmonitor.checks.model_versions import first_served

    if isinstance(record, ServedVersion):
        return first_served(scene.past(Series(monitor=record.monitor)).observations)
    return record.dates(scene.connections, scene.window)


def _serving(dates: ModelDates, serving: ModelRecord | Dependency, scene: Scene) -> Metric:
    """Whether the version that serves is the one that was promoted."""
    from airflow_mlmonitor.checks.model_versions import promotion, same

    found: str
    if isinstance(serving, Dependency):
        parts = serving.fingerprint(scene.connections, scene.window).parts
        found, label = parts.get("version") or next(iter(parts.values()), ""), serving.title
    else:
        found, label = _dates(serving, scene).version, serving.label
    if not found or not dates.version:
        why = f"{label if not found else 'the record'} names no version"
        return measured("wrong_version", None, scale="count", worse="up", why=why)
    wrong = not same(found, dates.version)
    said = f"{promotion(dates, scene.window.end)}, but {label} serves {found}"
    return measured("wrong_version", float(wrong), scale="count", worse="up", why=said if wrong else None)
