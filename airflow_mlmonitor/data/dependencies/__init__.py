"""What a model depends on besides its rows: schemas, files, packages, code, services and models of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint

if TYPE_CHECKING:
    from airflow_mlmonitor.data.dependencies.artifact import Artifact
    from airflow_mlmonitor.data.dependencies.code_revision import CodeRevision
    from airflow_mlmonitor.data.dependencies.config_file import ConfigFile
    from airflow_mlmonitor.data.dependencies.embedding_space import EmbeddingSpace
    from airflow_mlmonitor.data.dependencies.endpoint import Endpoint
    from airflow_mlmonitor.data.dependencies.file_content import FileContent
    from airflow_mlmonitor.data.dependencies.packages import Packages
    from airflow_mlmonitor.data.dependencies.stated import Stated
    from airflow_mlmonitor.data.dependencies.table_schema import TableSchema
    from airflow_mlmonitor.data.dependencies.upstream_table import UpstreamTable
    from airflow_mlmonitor.data.dependencies.view_definition import ViewDefinition

__all__ = [
    "Artifact",
    "CodeRevision",
    "ConfigFile",
    "Dependency",
    "EmbeddingSpace",
    "Endpoint",
    "FileContent",
    "Fingerprint",
    "Packages",
    "Stated",
    "TableSchema",
    "UpstreamTable",
    "ViewDefinition",
]

# All kinds together took 30 ms to load, and a DAG file names two or three.
_KINDS = {
    "Artifact": "artifact",
    "CodeRevision": "code_revision",
    "ConfigFile": "config_file",
    "EmbeddingSpace": "embedding_space",
    "Endpoint": "endpoint",
    "FileContent": "file_content",
    "Packages": "packages",
    "Stated": "stated",
    "TableSchema": "table_schema",
    "UpstreamTable": "upstream_table",
    "ViewDefinition": "view_definition",
}


def __getattr__(name: str) -> Any:
    if name not in _KINDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_KINDS[name]}"), name)
