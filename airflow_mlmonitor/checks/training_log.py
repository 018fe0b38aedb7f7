"""Did the training that made the model go well?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.checks.inspection import Inspected, Inspection, Scene
from airflow_mlmonitor.data.source import Source
from airflow_mlmonitor.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class TrainingLog(Inspection):
    """Did the training that made the model go well?

    Of the loss, and of the validation loss: ``diverged`` (1 where it ended as NaN or infinite), ``nonfinite_steps``,
    ``loss_rise`` (how many times the best loss before it is the last one), ``highest_rise`` (the same wherever it was
    highest), ``improvement`` (how far it fell below its first value, as a part of that), ``plateau_share`` (the steps
    at the end that gained next to nothing), ``oscillation`` (how much it swings from one value to the next in its
    second half, as a part of its level), ``final_loss`` and ``best_loss``. Of both together: ``overfit_rise`` (how far
    the validation loss is above its best, as a part of that, where the loss fell meanwhile) and ``validation_gap``.
    Of other metrics ``final_value``. Of the log ``last_step``, and ``finished_share`` where it is known how many steps
    there should be.

    A training that diverged, exploded or was not finished fails the run; steps without a number, a loss that never
    fell and overfitting warn, whatever the judge says. The rest is judged by earlier trainings.

    Parameters
    ----------
    source
        The log as a source (JSON lines, CSV, parquet, a table), or the path of a file: a line a step, in order.
    step
        Column of the step or epoch; None counts the lines.
    loss, validation
        Columns of the training loss, and of the validation loss if there is one.
    metrics
        Columns of other numbers that are followed.
    steps
        The last step that the training should reach; None where nobody knows.
    explodes
        How many times the best loss the last one may be.
    overfits
        By which part of its best the validation loss may rise while the training loss falls.

    Raises
    ------
    ConfigurationError
        A parameter makes no sense.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Files
    >>> TrainingLog(source=Files("logs/{{ ds }}.jsonl"), validation="val_loss").limits["loss.loss_rise"]
    {'max': 10.0}
    """

    source: Source | str | os.PathLike[str]
    step: str | None = "step"
    loss: str = "loss"
    validation: str | None = None
    metrics: tuple[str, ...] = ()
    steps: int | None = None
    explodes: float = 10.0
    overfits: float = 0.2

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", tuple(self.metrics))
        if not isinstance(self.source, Source):
            object.__setattr__(self, "source", os.fspath(self.source))
        if self.validation == self.loss:
            raise ConfigurationError(
                f"TrainingLog(): validation={self.validation!r} is the loss itself; leave it out."
            )
        if not self.explodes > 1 or not self.overfits > 0 or (self.steps is not None and self.steps < 1):
            raise ConfigurationError(
                f"TrainingLog(explodes={self.explodes!r}, overfits={self.overfits!r}, steps={self.steps!r}): "
                "write explodes above 1, overfits above 0 and steps of 1 or more."
            )

    @property
    def limits(self) -> Mapping[str, Mapping[str, Any]]:
        """What no training may do."""
        limits: dict[str, Mapping[str, Any]] = {}
        for name in self._losses:
            limits |= {
                self._limited(name, "diverged"): {"max": 0},
                self._limited(name, "nonfinite_steps"): {"max": 0, "severity": "warn"},
                self._limited(name, "loss_rise"): {"max": self.explodes},
                self._limited(name, "improvement"): {"min": 1e-12, "severity": "warn"},
            }
        if self.validation:
            limits[self._limited(self.validation, "overfit_rise")] = {
                "max": self.overfits,
                "severity": "warn",
            }
        if self.steps:
            limits[self._limited("", "finished_share")] = {"min": 1}
        return limits

    @property
    def _losses(self) -> tuple[str, ...]:
        return (self.loss, self.validation) if self.validation else (self.loss,)

    def _limited(self, column: str, name: str) -> str:
        return ".".join(part for part in (column, self.prefix, name) if part)

    def inspect(self, scene: Scene) -> Inspected:
        """Read the log and measure its curves."""
        from airflow_mlmonitor.checks.curve_words import of_both, of_log, of_loss, of_value
        from airflow_mlmonitor.data.curves import curves_of

        names = tuple(dict.fromkeys((*self._losses, *self.metrics)))
        curves = curves_of(self._source, self.step, names, scene.window, scene.connections)
        metrics = [metric for name in self._losses for metric in of_loss(name, curves[name])]
        if self.validation:
            metrics += of_both(self.loss, curves[self.loss], self.validation, curves[self.validation])
        metrics += [of_value(name, curves[name]) for name in self.metrics]
        metrics += of_log(curves[self.loss], self.steps)
        return Inspected(metrics=metrics)

    @property
    def _source(self) -> Source:
        from airflow_mlmonitor.data.files import Files

        return self.source if isinstance(self.source, Source) else Files(self.source)
