"""A registered model of MLflow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.data.model_records.model_dates import ModelDates
from airflow_mlmonitor.data.model_records.model_record import NAMES, ModelRecord, Names
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError, SourceUnavailable

if TYPE_CHECKING:
    from airflow_mlmonitor.data.connections import Details

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""How MLflow's client is to behave where nobody said otherwise: it sends nobody statistics, and gives up in time."""


@dataclass(frozen=True)
class MlflowModel(ModelRecord):
    """A registered model of MLflow: the version that an alias points to, and the run that trained it.

    Of the version's run comes when it was trained, and of the last run of the same experiment when it was last tried,
    and how that ended. The rest is in tags of the version or of its run, such as ``training_data_until``. An alias
    is looked at as it is when the task runs: MLflow does not tell what it pointed to before.

    Parameters
    ----------
    name
        Of the registered model.
    conn_id
        Airflow connection of the tracking server (host, port, schema ``https``, login and password) or of its database.
    alias
        Which version is the one to be used.
    version
        Instead: its number.
    names
        What the tags are called.

    Examples
    --------
    >>> MlflowModel("flight_delay", conn_id="mlflow").label
    'flight_delay@champion in MLflow (mlflow)'
    """

    name: str
    _: KW_ONLY
    conn_id: str
    alias: str = "champion"
    version: str = ""
    names: Names = NAMES

    @property
    def label(self) -> str:
        """The model, which version of it, and the connection."""
        which = f" version {self.version}" if self.version else f"@{self.alias}"
        return f"{self.name}{which} in MLflow ({self.conn_id})"

    def dates(self, connections: Connections, window: Window) -> ModelDates:
        """Ask the registry, and the run that made the version."""
        uri = tracking_uri(connections.details(self.conn_id))
        with self._asking(uri) as client:
            version = (
                client.get_model_version(self.name, self.version)
                if self.version
                else client.get_model_version_by_alias(self.name, self.alias)
            )
            run = client.get_run(version.run_id) if version.run_id else None
            last = _last_run(client, run, window) if run else None
        tags = {**(run.data.tags if run else {}), **version.tags}
        dates = replace(self.names.dates(tags), version=str(version.version))
        return _completed(dates, version, run, last).as_of(window.end)

    @contextmanager
    def _asking(self, uri: str) -> Iterator[Any]:
        """A client of MLflow; what it complains of becomes an error that can be read."""
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        try:
            from mlflow.exceptions import MlflowException
            from mlflow.tracking import MlflowClient
        except ImportError:
            raise ConfigurationError(
                "MLflow's client is not installed; run `pip install 'airflow-provider-mlmonitor[mlflow]'`."
            ) from None
        try:
            yield MlflowClient(tracking_uri=uri, registry_uri=uri)
        except MlflowException as error:
            said = str(error).partition("\n")[0][:300].replace(uri, "the server").rstrip(".")
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise DataError(f"{self.label} is not there: {said}.") from None
            raise SourceUnavailable(f"{self.label} cannot be looked up: {said}.") from None


def tracking_uri(details: Details) -> str:
    """The address of a tracking server, or of the database behind one.

    >>> from airflow_mlmonitor.data.connections import Details
    >>> tracking_uri(Details.parse("https://me:s%40fe@mlflow.example:5000"))
    'https://me:s%40fe@mlflow.example:5000'
    """
    from pathlib import Path
    from urllib.parse import quote

    if details.conn_type not in ("", "http", "https", "mlflow"):
        uri = details.database_url()
        path = uri.removeprefix("sqlite:///")
        if path != uri and not Path(path).is_file():
            raise DataError(f"The SQLite file {path} does not exist; correct the connection's path.")
        return uri
    host = details.host or ""
    scheme, _, plain = host.rpartition("://")
    scheme = scheme or details.schema or (details.conn_type if details.conn_type == "https" else "http")
    login = f"{quote(details.login, '')}:{quote(details.password or '', '')}@" if details.login else ""
    return f"{scheme}://{login}{plain.rstrip('/')}" + (f":{details.port}" if details.port else "")


def _last_run(client: Any, run: Any, window: Window) -> Any:
    """The last run of an experiment that had begun by the end of the window."""
    until = int(window.end.timestamp() * 1000)
    found = client.search_runs(
        [run.info.experiment_id],
        filter_string=f"attributes.start_time <= {until}",
        max_results=1,
        order_by=["attributes.start_time DESC"],
    )
    return found[0] if found else None


def _completed(dates: ModelDates, version: Any, run: Any, last: Any) -> ModelDates:
    """Fill in what no tag says."""
    from airflow_mlmonitor.data.model_records.written_moments import moment

    if dates.trained is None:
        ended = (run.info.end_time or run.info.start_time) if run else None
        basis = "" if ended else "when it was registered"
        dates = replace(dates, trained=moment(ended or version.creation_timestamp, "trained"), basis=basis)
    if dates.attempted is None and last:
        began = moment(last.info.start_time, "attempted")
        dates = replace(dates, attempted=began, attempt=str(last.info.status).lower())
    return dates
