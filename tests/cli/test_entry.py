from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

import pytest

import airflow_mlmonitor
from airflow_mlmonitor.cli import VERBS, Verb, main, run
from airflow_mlmonitor.cli.verb import Exit
from airflow_mlmonitor.errors import DataError
from tests.cli.conftest import COMMAND, ROOT, Command, Parquet

HELP = """
import resource
from airflow_mlmonitor.cli import main
try:
    main(["--help"])
except SystemExit:
    used = resource.getrusage(resource.RUSAGE_SELF)
heavy = {"numpy", "pyarrow", "scipy", "sqlalchemy", "pandas", "airflow", "rich", "duckdb"}
print(sorted(heavy & set(sys.modules)), used.ru_utime + used.ru_stime < 0.3)
"""


def verb(work: Callable[[Namespace], Exit]) -> Verb:
    return Verb(name="work", help="work", examples="", declare=lambda parser: None, run=work)


def failing(failure: BaseException) -> Verb:
    def work(arguments: Namespace) -> Exit:
        raise failure

    return verb(work)


def test_help_is_quick_and_loads_nothing_heavy(process: Command) -> None:
    said = process(code=HELP)
    assert said.err == ""
    assert said.out.splitlines()[-1] == "[] True"
    assert all(re.search(rf"\n    {verb.name}\s", said.out) for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_examples_of_a_verb_parse(verb: Verb) -> None:
    parser = ArgumentParser()
    verb.prepare(parser)
    for line in verb.examples.replace("\\\n", "").splitlines():
        command, name, *arguments = shlex.split(line.partition(" | ")[0])
        assert (command, name) == ("mlmonitor", verb.name)
        parser.parse_args(arguments)


@pytest.mark.parametrize("name", [verb.name for verb in VERBS])
def test_every_verb_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "examples:\n  mlmonitor " in said
    assert "--json" in said
    assert max(map(len, said.splitlines())) <= 100


def test_version(process: Command) -> None:
    assert process("--version").out == f"mlmonitor {airflow_mlmonitor.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "the following arguments are required: VERB"),
        (("nonsense",), "invalid choice: 'nonsense'"),
        (("compare", "a.csv"), "the following arguments are required: CURRENT"),
        (("runs", "--last", "0"), "'0' is not a number of runs; write 1 or more"),
        (("history", "taxi", "rows", "--last", "-3"), "'-3' is not a number of runs; write 1 or more"),
        (("compare", "a", "b", "--window", "soon"), "'soon' is not a window; write a day such as 2013-02-08"),
    ],
)
def test_a_mistake_in_the_arguments_is_status_2(
    arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert complaint in said.err


def test_the_shell_sees_quiet_findings_and_failure(process: Command, parquet: Parquet) -> None:
    low, high = (
        parquet("low.parquet", fare=list(range(300))),
        parquet("high.parquet", fare=list(range(200, 500))),
    )
    assert process("compare", low, low, "--json").status == 0
    found = process("compare", low, high, "--json")
    assert (found.status, found.err, found.json["status"]) == (1, "", "warn")
    failed = process("compare", low, "nowhere.parquet", "--json")
    assert (failed.status, failed.out) == (2, "")
    assert failed.err.startswith("mlmonitor: nowhere.parquet does not exist")


def test_a_closed_pipe_ends_quietly(parquet: Parquet) -> None:
    file = parquet("wide.parquet", **{f"c{place}": [1.0] for place in range(400)})
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{COMMAND}"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, "profile", file, "--json"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_without_unicode_still_gets_its_lines(folder: object, parquet: Parquet) -> None:
    file = parquet("town.parquet", town=["Köln"] * 3)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{COMMAND}", "profile", file],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"K?ln 100%" in done.stdout


def test_interrupting_is_status_130_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(KeyboardInterrupt()), Namespace(debug=False)) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            DataError("rows.csv is broken;\n write it again."),
            "mlmonitor: rows.csv is broken; write it again.\n",
        ),
        (
            PermissionError(13, "Permission denied", "x.csv"),
            "mlmonitor: [Errno 13] Permission denied: 'x.csv'\n",
        ),
        (ZeroDivisionError("oh"), "mlmonitor: unexpected ZeroDivisionError: oh (--debug shows where)\n"),
    ],
)
def test_a_failure_is_one_line_and_status_2(
    failure: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(failing(failure), Namespace(debug=False)) == 2
    assert capsys.readouterr() == ("", said)


def test_debug_shows_where_a_failure_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(DataError("rows.csv is broken")), Namespace(debug=True)) == 2
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert said.endswith("DataError: rows.csv is broken\n")


def test_a_verb_can_be_part_of_another_command() -> None:
    (compare,) = (verb for verb in VERBS if verb.name == "compare")
    parser = ArgumentParser(prog="airflow mlmonitor compare")
    compare.prepare(parser)
    arguments = parser.parse_args(["a.csv", "b.csv", "--all"])
    assert (arguments.reference, arguments.current, arguments.all, arguments.debug) == (
        "a.csv",
        "b.csv",
        True,
        False,
    )
