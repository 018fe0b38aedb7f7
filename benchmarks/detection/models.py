"""The model whose predictions are monitored, and a weaker one that stands for the wrong version."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.detection.subject import Subject

ENOUGH = 50
"""Labelled rows below which nothing is trained."""


def completed(subject: Subject, features: tuple[str, ...]) -> Subject:
    """The subject with the predictions that it lacks, of models trained on the reference days."""
    if subject.prediction and subject.second is not None:
        return subject
    usable = [name for name in features if name in subject.frame and name != subject.label]
    trained = _trained(subject, usable) if subject.label and usable else None
    if trained is None:
        missing = "the wrong version" if subject.prediction else "predictions"
        return replace(subject, notes=(*subject.notes, f"without label and features there are no {missing}"))
    main, weaker = trained
    if subject.prediction:
        # A model of our own beside a prediction that came with the data; on its scale, so that it looks like it.
        return replace(subject, second=_on_scale(weaker, subject.frame[subject.prediction]))
    name = "pred" if "pred" not in subject.frame else "model_prediction"
    return replace(subject, frame=subject.frame.assign(**{name: main}), prediction=name, second=weaker)


def _trained(subject: Subject, features: list[str]) -> tuple[pd.Series, pd.Series] | None:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    assert subject.label is not None  # noqa: S101 - tested by the caller
    target = subject.frame[subject.label]
    early = subject.dates < subject.dates.min() + pd.Timedelta(days=subject.reference_days)
    rows = (early & target.notna()).to_numpy()
    if rows.sum() < ENOUGH or target[rows].nunique() < 2:
        return None
    table = _table(subject.frame[features], early.to_numpy())
    binary = set(target[rows].unique()) <= {0.0, 1.0}
    kind = HistGradientBoostingClassifier if binary else HistGradientBoostingRegressor
    found = []
    for columns, settings in ((slice(None), {"max_iter": 100}), (slice(0, None, 2), {"max_iter": 8})):
        model = kind(random_state=0, early_stopping=False, **settings)
        with threadpool_limits(
            1, "openmp"
        ):  # threads that wait for each other on a busy machine take ten times as long
            model.fit(table[rows, columns], target[rows])
            answer = (
                model.predict_proba(table[:, columns])[:, 1] if binary else model.predict(table[:, columns])
            )
        # Six digits: what a service writes down; sixteen would make every prediction unique.
        found.append(pd.Series(np.round(answer, 6), index=subject.frame.index))
    return found[0], found[1]


def _table(frame: pd.DataFrame, early: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The features as numbers; a name is its rank among those of the reference days."""
    columns = []
    for name in frame:
        values = frame[name]
        if values.dtype != float:
            ranks = {text: rank for rank, text in enumerate(values[early].value_counts().index)}
            values = values.map(ranks).astype(float)
        columns.append(values.to_numpy(dtype=float))
    return np.column_stack(columns)


def _on_scale(values: pd.Series, of: pd.Series) -> pd.Series:
    spread = float(values.std()) or 1.0
    moved = (values - values.mean()) / spread * float(of.std()) + float(of.mean())
    return moved.clip(of.min(), of.max())
