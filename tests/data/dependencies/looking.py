"""What dependencies show, looked at as a check looks at them."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_mlmonitor.data.connections import NamedConnections
from airflow_mlmonitor.data.dependencies import Dependency, Fingerprint
from airflow_mlmonitor.data.window import Window

DAY = Window.parse("2013-02-08")


def look(dependency: Dependency, connections: Mapping[str, str] | None = None) -> Fingerprint:
    return dependency.fingerprint(NamedConnections(connections or {}), DAY)


def parts(dependency: Dependency, connections: Mapping[str, str] | None = None) -> dict[str, str]:
    return dict(look(dependency, connections).parts)
