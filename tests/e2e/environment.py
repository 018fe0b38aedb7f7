"""What the processes of a cluster find in their environment: all of Airflow's settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import make_url

SECRET = "the same in every process, and as long as the SHA-512 that signs with it wants it"  # noqa: S105


def environment(folder: Path, metadata: str, metrics: str, port: int) -> dict[str, str]:
    """Return the environment of every process of a cluster that lives in a folder and on two databases."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "MLMONITOR", "PYTEST"))
        and name != "PYTHONDONTWRITEBYTECODE"  # else every task compiles the project's own files anew
    }
    database = make_url(metadata).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    url = f"http://127.0.0.1:{port}"
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_PROXY": "127.0.0.1,localhost",
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__SECRET_KEY": SECRET,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": SECRET,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,vic:viewer",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": database,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        # The DAGs' days lie in 2013; nothing of them is due today.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_MLMONITOR_DEFAULT": metrics,
        "MLMONITOR_EXAMPLES_DATA": str(folder / "data"),
    }
