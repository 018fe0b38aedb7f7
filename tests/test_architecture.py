"""The rules of the tree: who may import whom, how large a file may be, what its names may be."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "airflow_mlmonitor"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)

MEASURING = ("data", "checks", "stats", "judging", "diagnosis", "store", "report", "pages")
"""The rooms that would work without Airflow."""

CARRYING = (
    "cli",
    "commands",
    "context",
    "hooks",
    "notifications",
    "operators",
    "provider",
    "sensors",
    "triggers",
    "ui",
)
"""What carries them: into Airflow or to a terminal."""

OURS = ("airflow_mlmonitor",)

NOT_FOR = {
    "stats": OURS,
    "data": tuple(
        f"airflow_mlmonitor.{room}" for room in ("checks", "judging", "store", "report", "monitor")
    ),
    "checks": tuple(f"airflow_mlmonitor.{room}" for room in ("judging", "store", "report", "monitor")),
    "judging": tuple(
        f"airflow_mlmonitor.data.{module}" for module in ("profile", "column", "sketch", "reading")
    ),
    "diagnosis": ("airflow_mlmonitor.store", "airflow_mlmonitor.monitor"),
    "store": ("airflow_mlmonitor.checks.check", "airflow_mlmonitor.monitor"),
    "report": ("airflow_mlmonitor.store", "airflow_mlmonitor.monitor"),
    "pages": ("airflow_mlmonitor.monitor", "airflow_mlmonitor.checks.check"),
}
"""Room to what it must not know: statistics know no noun of ours, checks no store, judges no profile."""

BROUGHT = {"openlineage-python", "openlineage-sql"}
"""Come with Airflow's provider for OpenLineage, which alone calls what imports them."""

EXTRA = re.compile(r"airflow-provider-mlmonitor\[([a-z,]+)\]")
ONE_MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:root|work|home/(?!airflow\b)\w+|Users/\w+|tmp/w)/|py[p]i\.org|python[h]osted\.org"
)


def name_of(path: Path) -> str:
    """Return where a file stands, as a person would write it."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield every module and name that a file imports anywhere, as dotted paths."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, places: tuple[str, ...]) -> bool:
    """Tell whether a dotted path is one of some packages, or inside one."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def files_of(room: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(PACKAGE).parts[0] == room]


@pytest.mark.parametrize("room", MEASURING)
def test_rooms_that_measure_know_nothing_of_airflow_nor_of_what_carries_them(room: str) -> None:
    carrying = ("airflow", *(f"airflow_mlmonitor.{name}" for name in CARRYING))
    found = [
        f"{name_of(path)}: {name}"
        for path in files_of(room)
        for name in imports(path)
        if within(name, carrying)
    ]
    assert files_of(room)
    assert found == []


@pytest.mark.parametrize("room", NOT_FOR)
def test_a_room_does_not_reach_where_it_must_not(room: str) -> None:
    refused = NOT_FOR[room]
    own = (f"airflow_mlmonitor.{room}",)
    found = [
        f"{name_of(path)}: {name}"
        for path in files_of(room)
        for name in imports(path)
        if within(name, refused) and not within(name, own)
    ]
    assert found == []


def test_the_terminal_and_the_flow_of_a_run_work_without_airflow() -> None:
    files = [PACKAGE / "monitor.py", PACKAGE / "errors.py", *files_of("cli")]
    assert [
        f"{name_of(path)}: {name}" for path in files for name in imports(path) if within(name, ("airflow",))
    ] == []


def test_only_context_reads_the_context_of_a_task() -> None:
    keys = ("data_interval_start", "logical_date", "dag_run")
    reading = re.compile(rf"""context(?:\.get\(|\[)["'](?:{"|".join(keys)})["']""")
    found = [name_of(path) for path in MODULES if reading.search(path.read_text("utf-8"))]
    assert [path for path in found if path != "airflow_mlmonitor/context.py"] == []


def ruff(code: str, place: str) -> str:
    """Return what the project's linter says of some code, if it stood in a place."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format",
        "concise",
        "--stdin-filename",
        place,
        "-",
    ]
    return subprocess.run(command, input=code, capture_output=True, text=True, cwd=ROOT, check=False).stdout


@pytest.mark.parametrize("room", MEASURING)
def test_the_linter_refuses_airflow_where_rows_are_measured(room: str) -> None:
    code = "from __future__ import annotations\n\nfrom airflow.sdk import DAG\n\nprint(DAG)\n"
    assert "TID251" in ruff(code, f"airflow_mlmonitor/{room}/example.py")


@pytest.mark.parametrize("place", ["operators/example.py", "hooks/example.py", "context.py", "provider.py"])
def test_the_linter_refuses_heavy_imports_where_airflow_parses(place: str) -> None:
    code = "from __future__ import annotations\n\nimport numpy as np\nfrom airflow.sdk import DAG\n\nX = np, DAG\n"
    said = ruff(code, f"airflow_mlmonitor/{place}")
    assert "TID253" in said
    assert "TID251" not in said


def test_the_linter_refuses_a_public_name_without_docstring() -> None:
    code = 'from __future__ import annotations\n\n\nclass Open:\n    """Say."""\n\n    def read(self):\n        pass\n'
    assert "D102" in ruff(code, "airflow_mlmonitor/data/example.py")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_has_one_idea_and_a_name_that_says_it(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 300, f"{name_of(path)} has {lines} lines; split it where its second idea begins"
    for part in path.relative_to(ROOT).with_suffix("").parts:
        assert not re.fullmatch(r"_?(utils?|commons?|helpers?|core|misc|base|base_\w+)", part), name_of(path)


def test_no_two_files_share_a_name() -> None:
    # Files of the command line are named as its verbs, migrations as their revisions.
    names = [
        path.name
        for path in MODULES
        if path.name != "__init__.py" and not {"cli", "versions"} & {*path.parts}
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_a_room_lists_its_public_names_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    ours = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and within(node.module or "", OURS)
    ]
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    room = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
    listed = list(getattr(room, "__all__", []))
    assert sorted(alias.name for node in ours for alias in node.names) == sorted(listed)
    assert [name for name in listed if name.startswith("_") or not hasattr(room, name)] == []
    assert set(defined) <= {"__getattr__"}, "only what loads heavy names late may be written here"
    assert ast.get_docstring(tree) or not listed


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {distribution(line) for line in project["dependencies"]}
    optional = {distribution(line) for lines in project["optional-dependencies"].values() for line in lines}
    modules = {name.split(".")[0] for path in MODULES for name in imports(path)} - {"airflow_mlmonitor"}
    known = packages_distributions() | {"airflow": ["apache-airflow"], "mlflow": ["mlflow-skinny"]}
    imported = {distribution(known.get(name, [name])[0]) for name in modules - sys.stdlib_module_names}
    assert imported - required - optional - BROUGHT == set(), "imported, not required"
    assert required - imported == set(), "required, imported nowhere"


def distribution(requirement: str) -> str:
    """Return the normalised name of what a requirement asks for."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def test_extras_named_in_messages_and_pages_exist_and_none_is_left_unnamed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [path.read_text("utf-8") for path in (*MODULES, *ROOT.glob("docs/**/*.md"), ROOT / "README.md")]
    named = {extra for text in texts for found in EXTRA.findall(text) for extra in found.split(",")}
    assert named == set(project["optional-dependencies"])


def test_tracked_files_name_no_machine_and_no_host_of_an_index() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing says which files are the project's")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        text = (ROOT / name).read_bytes().decode("utf-8", "replace") if (ROOT / name).is_file() else ""
        found += [f"{name}: {match.group()}" for match in ONE_MACHINE.finditer(text)]
    assert found == []
