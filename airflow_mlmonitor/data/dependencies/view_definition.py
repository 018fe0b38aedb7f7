"""The query behind a view."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import DataError


@dataclass(frozen=True)
class ViewDefinition(Dependency):
    """The query behind a view, blanks aside.

    Parameters
    ----------
    view
        With its schema where it needs one.
    conn_id
        Airflow connection of the database: any that SQLAlchemy has a dialect for.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> ViewDefinition("features", conn_id="warehouse").title
    'view features on warehouse'
    """

    view: str
    _: KW_ONLY
    conn_id: str

    @property
    def label(self) -> str:
        """The view and its connection."""
        return f"view {self.view} on {self.conn_id}"

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Ask the database for the query."""
        from airflow_mlmonitor.data.dependencies.inspected_database import inspected, named

        schema, view = named(self.view)
        with inspected(self.conn_id, connections) as inspector:
            definition = inspector.get_view_definition(view, schema=schema)
        if not definition:
            raise DataError(
                f"{self.view} on {self.conn_id} tells no query: it is no view, or its query may not be seen."
            )
        return Fingerprint(parts={"definition": " ".join(definition.split())})
