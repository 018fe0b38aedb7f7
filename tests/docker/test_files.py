"""What can be told of docker/ without an engine: schemas, linters, and that its files agree with each other."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SCRIPTS = sorted(DOCKER.rglob("*.sh"))
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")


def tool(*command: str) -> str:
    """Run a command line tool of the environment; what it says where it finds something wrong."""
    path = Path(sys.executable).with_name(command[0])
    done = subprocess.run([str(path), *command[1:]], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_compose_follows_the_specification():
    assert (
        tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DOCKER / "compose.yaml"))
        == ""
    )


def test_the_dockerfile_passes_its_linter():
    assert tool("hadolint", "--no-color", "--failure-threshold", "warning", str(DOCKER / "Dockerfile")) == ""


def test_the_image_is_of_the_airflow_that_the_tests_run_with():
    import airflow

    (base,) = re.findall(r"^FROM (\S+)$", (DOCKER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert base.startswith(f"apache/airflow:{airflow.__version__}-python3.")
    assert {SERVICES[name]["image"] for name in ("init", *COMPONENTS)} == {
        f"mlmonitor-airflow:{airflow.__version__}"
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_parses_passes_its_linter_and_may_be_run(script):
    assert subprocess.run(["bash", "-n", str(script)], capture_output=True, check=False).returncode == 0
    assert tool("shellcheck", "--color=never", str(script)) == ""
    assert script.stat().st_mode & stat.S_IXUSR


def test_what_the_image_copies_is_there_and_is_not_kept_from_the_build():
    copied = re.findall(
        r"^COPY (?:--\S+ )*(.+) \S+$", (DOCKER / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    names = [name for line in copied for name in line.split()]
    allowed = [
        line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().split() if line[0] == "!"
    ]
    assert len(names) >= 9
    assert [name for name in names if not (DOCKER.parent / name).exists() or name not in allowed] == []


def test_ports_are_for_this_machine_only_and_images_are_pinned():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    images = [service["image"] for service in SERVICES.values()]
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_every_service_tells_whether_it_is_well():
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["init"]
    for name in COMPONENTS:
        assert SERVICES[name]["command"] == [name]
        assert SERVICES[name]["healthcheck"]["test"][-2:] == ["health", name]


def test_every_component_waits_for_the_databases_to_be_prepared():
    assert {SERVICES[name]["depends_on"]["init"]["condition"] for name in COMPONENTS} == {
        "service_completed_successfully"
    }


def test_only_the_preparation_knows_the_password_of_the_metrics_store():
    knowing = [name for name, service in SERVICES.items() if "MLMONITOR_DB_PASSWORD" in str(service)]
    assert sorted(knowing) == ["init", "postgres"]


def test_what_is_mounted_is_there():
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    files = [name for name in mounted if name.startswith("./")]
    assert len(files) >= 6
    assert [name for name in files if not (DOCKER / name).exists()] == []
    assert {name for name in mounted if not name.startswith("./")} == set(COMPOSE["volumes"])


def variables(text: str) -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{?([A-Z][A-Z_]+)", text))


def test_the_example_of_the_environment_has_every_variable_and_no_other():
    asked = variables((DOCKER / "compose.yaml").read_text("utf-8"))
    given = {
        line.partition("=")[0] for line in (DOCKER / ".env.example").read_text().splitlines() if "=" in line
    }
    assert given - {""} - {line for line in given if line.startswith("#")} == asked


def test_what_grafana_asks_of_its_environment_is_given():
    asked = variables("".join(path.read_text("utf-8") for path in (DOCKER / "grafana").rglob("*.yaml")))
    assert asked
    assert asked <= SERVICES["grafana"]["environment"].keys()


def test_every_variable_that_the_entrypoint_reads_is_described_in_it():
    text = (DOCKER / "entrypoint.sh").read_text("utf-8")
    described = set(re.findall(r"^#     ([A-Z_]+) ", text, re.MULTILINE))
    ours = set(re.findall(r"\b(MLMONITOR_[A-Z_]+|AIRFLOW_ADMIN_PASSWORD)\b", text))
    assert ours == described


def test_new_secrets_are_all_different_usable_and_never_overwritten(tmp_path):
    target = tmp_path / "env"
    make = [str(DOCKER / "new-env.sh"), str(target)]
    subprocess.run(make, check=True, capture_output=True)
    values = dict(line.split("=", 1) for line in target.read_text().splitlines() if line and line[0] != "#")
    secrets = [value for name, value in values.items() if not name.endswith("_PORT")]
    assert len({*secrets}) == len(secrets) == 10
    assert "change-me" not in secrets
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert Fernet(values["AIRFLOW_FERNET_KEY"]).encrypt(b"x")
    assert all(
        re.fullmatch(r"[0-9a-f]{64}", value) for value in secrets if value != values["AIRFLOW_FERNET_KEY"]
    )
    before = target.read_text()
    assert subprocess.run(make, capture_output=True, check=False).returncode == 1
    assert target.read_text() == before


@pytest.fixture
def pretend(tmp_path: Path) -> Any:
    """Run the entrypoint with an ``airflow`` and a ``mlmonitor`` that write down how they were called."""
    called = tmp_path / "called"
    for name in ("airflow", "mlmonitor"):
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{called}\nexit ${{FAIL:-0}}\n')
        path.chmod(0o755)
    bash = shutil.which("bash")
    assert bash

    def run(*words: str, **settings: str) -> tuple[int, list[str]]:
        path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path), **settings}
        done = subprocess.run(
            [bash, str(DOCKER / "entrypoint.sh"), *words], env=env, capture_output=True, check=False
        )
        lines = called.read_text().splitlines() if called.exists() else []
        called.unlink(missing_ok=True)
        return done.returncode, lines

    return run


def test_components_start_once_the_database_is_migrated(pretend):
    waited = "airflow db check-migrations --migration-wait-timeout 60"
    for component in COMPONENTS:
        started = "airflow celery worker -q fast" if component == "worker" else f"airflow {component} -q fast"
        assert pretend(component, "-q", "fast") == (0, [waited, started])
    assert pretend("scheduler", FAIL="1", MLMONITOR_WAIT="7") == (1, [waited.replace("60", "7")])
    assert pretend("airflow", "dags", "list") == (0, ["airflow dags list"])
    assert pretend()[0] == pretend("health", "nobody")[0] == 2


def test_the_password_of_admin_is_what_the_environment_says(pretend, tmp_path):
    settings = {"AIRFLOW_ADMIN_PASSWORD": 'quo"te'}
    pretend("api-server", **settings)
    file = tmp_path / "simple_auth_manager_passwords.json.generated"
    assert file.read_text() == '{"admin": "quo\\"te"}'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
