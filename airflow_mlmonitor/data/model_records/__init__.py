"""Where it is written down which version of a model there is, and when it was trained on what."""

from __future__ import annotations

from airflow_mlmonitor.data.model_records.mlflow_model import MlflowModel
from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_file import ModelFile
from airflow_mlmonitor.data.model_records.model_log import ModelLog
from airflow_mlmonitor.data.model_records.model_record import NAMES, ModelRecord, Names
from airflow_mlmonitor.data.model_records.served_version import ServedVersion
from airflow_mlmonitor.data.model_records.stated_model import StatedModel

__all__ = [
    "NAMES",
    "MlflowModel",
    "ModelDates",
    "ModelFile",
    "ModelLog",
    "ModelRecord",
    "Names",
    "ServedVersion",
    "StatedModel",
]
