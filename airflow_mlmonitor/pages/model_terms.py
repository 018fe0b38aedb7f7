"""What the metrics of models, their dependencies and their training are called in plain words."""

from __future__ import annotations

from airflow_mlmonitor.pages.term import Term

OF_QUALITY = {
    "labelled_share": Term("rows with a label", "Share of predicted rows whose label is known by now."),
    "bias": Term("bias", "Mean of prediction less label: above 0 the model predicts too much."),
    "mae": Term("mean error", "Mean absolute difference between prediction and label."),
    "rmse": Term("root mean square error", "Like the mean error, with more weight on large ones."),
    "correlation": Term(
        "correlation with the label", "1 if predictions rise and fall exactly with the labels."
    ),
    "log_loss": Term(
        "log loss", "How surprised the predicted chances are by what came true; lower is better."
    ),
    "brier": Term("Brier score", "Mean squared difference between predicted chance and what came true."),
    "auc": Term("AUC", "Chance that a row that came true was given a higher chance than one that did not."),
    "wrong_share": Term("wrong predictions", "Share of labelled rows that were predicted wrongly."),
}

OF_STALENESS = {
    "model_age_days": Term(
        "age of the model", "Days since the model was trained.", phrase="age of the model in days"
    ),
    "training_data_age_days": Term(
        "age of the training data",
        "Days since the newest moment in the training data.",
        phrase="age of the training data in days",
    ),
    "since_attempt_days": Term(
        "time since the last training", "Days since it was last tried to train it anew."
    ),
    "version_days": Term("time since promotion", "Days since this version is the one to be used."),
    "version_share": Term("rows by version", "Share of rows that one version scored.", phrase="rows"),
    "other_version_share": Term(
        "rows of another version", "Share of rows that the promoted version did not score."
    ),
    "wrong_version": Term("wrong version serves", "1 if what serves is not the promoted version."),
    "unknown_dates": Term(
        "dates not written down", "How many dates with a limit the model's record does not tell."
    ),
    "loss_per_day": Term(
        "quality lost a day", "How much quality a day of age costs, by what earlier versions lost."
    ),
    "days_to_retrain": Term("days until retraining", "Days until more quality is lost than is tolerated."),
}

OF_DEPENDENCIES = {
    "dependency_changed": Term(
        "changed", "1 if it is not what the last good run saw, and nobody announced that."
    ),
    "parts_changed": Term("parts changed", "How many of its parts are not what they were."),
    "dependency_unreadable": Term("not readable", "1 if it could not be looked at."),
    "dependency_wrong": Term("not as promised", "1 if it is not what was promised of it."),
    "upstream_rows": Term("rows upstream", "How many rows the upstream table has."),
    "upstream_age_hours": Term(
        "age of the upstream data", "Hours since the newest moment in the upstream table."
    ),
    "embedding_norm": Term("length of vectors", "Mean length of the anchors' vectors."),
    "embedding_residual": Term(
        "change of vectors", "How far the anchors' vectors are from the reference's; 0 is none."
    ),
    "embedding_turned_residual": Term(
        "change of vectors, turned",
        "The same after turning one space onto the other: 0 if it was only turned.",
    ),
    "neighbour_overlap": Term(
        "same neighbours", "Share of each anchor's nearest neighbours that are still the same."
    ),
}

OF_NUMBERS = {
    "nan_share": Term("not a number", "Share of values that are NaN."),
    "infinite_share": Term("infinite", "Share of values that are infinite."),
    "largest": Term("largest size", "The largest value, whatever its sign."),
    "largest_to_p99": Term(
        "largest against the usual", "The largest value over the size that 99% stay below."
    ),
    "unresolved_share": Term(
        "numbers too large for their type",
        "Share of whole numbers too large for their type to tell from the next.",
    ),
    "denormal_share": Term(
        "numbers too small for their type", "Share of values so near 0 that they lose digits."
    ),
    "saturated_share": Term(
        "stuck at the end of the range", "Share of values at the smallest or the largest."
    ),
    "outside_share": Term("not a probability", "Share of predicted chances below 0 or above 1."),
    "sum_off_share": Term("chances that do not add up", "Share of rows whose chances do not add up to 1."),
    "constant": Term("constant", "1 if all rows have one value."),
}

OF_TRAINING = {
    "diverged": Term("training diverged", "1 if the loss ran away."),
    "nonfinite_steps": Term(
        "steps that are no numbers", "Steps of the training whose value is NaN or infinite."
    ),
    "loss_rise": Term("rise of the loss", "By what factor the last loss is above the best one before it."),
    "highest_rise": Term("highest rise of the loss", "By what factor the loss was above its best at most."),
    "improvement": Term("improvement", "By which part of its first value the loss fell."),
    "plateau_share": Term(
        "steps without gain", "Part of the training, up to its end, that gained next to nothing."
    ),
    "oscillation": Term(
        "swing of the loss", "How much the loss swings from step to step, as a part of its level."
    ),
    "final_loss": Term("last loss", "The loss at the end of the training."),
    "best_loss": Term("best loss", "The lowest loss of the training."),
    "final_value": Term("last value", "The value at the end of the training."),
    "overfit_rise": Term(
        "rise while training improves",
        "By which part the validation loss rose above its best while training improved.",
    ),
    "validation_gap": Term("gap to validation", "Validation loss less training loss at the end."),
    "last_step": Term("last step", "The step at which the log ends."),
    "finished_share": Term("part of the training done", "Steps in the log, as a share of those planned."),
}

OF_WEIGHTS = {
    "weights": Term("weights", "How many numbers the model has."),
    "tensors": Term("tensors", "How many tensors the model has."),
    "nonfinite_weights": Term("weights that are no numbers", "Weights that are NaN or infinite."),
    "largest_weight": Term("largest weight", "The largest weight, whatever its sign."),
    "weight_norm": Term("size of the weights", "Root of the sum of squares of the tensor's weights."),
    "zero_weight_share": Term("weights that are 0", "Share of weights that are exactly 0."),
    "dead_row_share": Term("dead units", "Share of the tensor's rows that hold nothing but 0."),
    "weight_change": Term(
        "change of the weights", "How far the weights moved since the last good run, as a part of their size."
    ),
}

TERMS = OF_QUALITY | OF_STALENESS | OF_DEPENDENCIES | OF_NUMBERS | OF_TRAINING | OF_WEIGHTS
"""Name, without a prefix, to what it is called."""
