"""Dependencies that lie on this machine: files, settings, packages, code."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from airflow_mlmonitor.data.dependencies import CodeRevision, ConfigFile, FileContent, Packages, Stated
from airflow_mlmonitor.data.dependencies.package_lists import listed
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.data.dependencies.looking import parts


def test_a_files_content_counts_and_its_age_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("fare\n1\n")
    (tmp_path / "b.csv").write_text("fare\n2\n")
    files = FileContent(str(tmp_path / "*.csv"))
    before = parts(files)
    os.utime(tmp_path / "a.csv", (1, 1))
    assert parts(files) == before
    assert list(before) == [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    (tmp_path / "a.csv").write_text("fare\n3\n")
    assert {name for name, value in parts(files).items() if value != before[name]} == {
        str(tmp_path / "a.csv")
    }


def test_files_of_an_object_store_are_read_through_fsspec() -> None:
    import fsspec

    fsspec.filesystem("memory").pipe("/labels/codes.csv", b"AA\n")
    digest = hashlib.sha256(b"AA\n").hexdigest()
    assert list(parts(FileContent("memory://labels/codes.csv")).values()) == [f"sha256:{digest} (3 bytes)"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("model.json", '{"training": {"rate": 0.1, "layers": [8, 4]}, "on": true}'),
        ("model.yaml", "training:\n  rate: 0.1\n  layers: [8, 4]\non: true\n".replace("on:", '"on":')),
        ("model.toml", "on = true\n[training]\nrate = 0.1\nlayers = [8, 4]\n"),
    ],
)
def test_settings_are_named_by_their_path(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert parts(ConfigFile(str(tmp_path / name))) == {
        "on": "true",
        "training.layers.0": "8",
        "training.layers.1": "4",
        "training.rate": "0.1",
    }


def test_secrets_in_settings_are_seen_to_change_and_never_shown(tmp_path: Path) -> None:
    def seen(password: str) -> dict[str, str]:
        told = {
            "db": {"password": password, "url": f"postgresql://me:{password}@db.example/x"},
            "api_key": password,
            "who": password,
            "rate": 1,
        }
        (tmp_path / "model.json").write_text(json.dumps(told))
        return parts(ConfigFile(str(tmp_path / "model.json"), private=("who",)))

    one, other = seen("hunter2"), seen("hunter3")
    assert "hunter" not in json.dumps([one, other])
    assert {name for name in one if one[name] != other[name]} == {"api_key", "db.password", "db.url", "who"}
    assert one["rate"] == "1"


def test_ignored_settings_may_change_and_broken_files_say_so_without_their_text(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("rate: 1\nbuilt: today\n")
    assert parts(ConfigFile(str(path), ignore=("bui*",))) == {"rate": "1"}
    path.write_text("password: [hunter2\n")
    with pytest.raises(DataError, match=r"is no YAML \(line 2\)") as told:
        parts(ConfigFile(str(path)))
    assert "hunter2" not in str(told.value)
    with pytest.raises(ConfigurationError, match="does not say what it is"):
        parts(ConfigFile(str(tmp_path / "model.conf")))


def test_a_small_file_that_stands_for_a_huge_one_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    with pytest.raises(DataError, match="more than 100,000 settings"):
        parts(ConfigFile(str(tmp_path / "bomb.yaml")))


LISTS = {
    "requirements": "numpy==2.1.0 ; python_version > '3'\n# why\n-r other.txt\nScikit_Learn[all]>=1.5\n\n",
    "freeze": "numpy==2.1.0\nscikit-learn>=1.5\n",
    "hashes": "numpy==2.1.0 \\\n    --hash=sha256:00\nscikit-learn>=1.5",
    "uv.lock": '[[package]]\nname = "numpy"\nversion = "2.1.0"\n'
    '[[package]]\nname = "scikit-learn"\nversion = ">=1.5"',
    "pylock": '[[packages]]\nname = "numpy"\nversion = "2.1.0"\n'
    '[[packages]]\nname = "scikit-learn"\nversion = ">=1.5"',
    "pip list": '[{"name": "numpy", "version": "2.1.0"}, {"name": "scikit-learn", "version": ">=1.5"}]',
    "syft": '{"artifacts": [{"name": "numpy", "version": "2.1.0"}, {"name": "scikit-learn", "version": ">=1.5"}]}',
    "spdx": '{"packages": [{"name": "numpy", "versionInfo": "2.1.0"}, '
    '{"name": "scikit-learn", "versionInfo": ">=1.5"}]}',
    "pipfile": '{"default": {"numpy": {"version": "==2.1.0"}, "scikit-learn": {"version": ">=1.5"}}}',
}


@pytest.mark.parametrize("name", LISTS)
def test_packages_are_found_in_every_kind_of_list(name: str) -> None:
    assert listed(LISTS[name], name) == {"numpy": "2.1.0", "scikit-learn": ">=1.5"}


def test_an_images_labels_and_id_are_parts() -> None:
    told = [{"Id": "sha256:1", "Config": {"Labels": {"org.opencontainers.image.revision": "abc"}}}]
    assert listed(json.dumps(told), "image") == {
        "image": "sha256:1",
        "label org.opencontainers.image.revision": "abc",
    }


def test_no_login_of_a_package_index_is_shown() -> None:
    assert listed("ours @ git+https://me:hunter2@git.example/ours@v1", "list") == {
        "ours": "git+https://git.example/ours@v1"
    }


def test_the_environment_of_the_task_has_packages_too(tmp_path: Path) -> None:
    import numpy as np

    assert parts(Packages(only=("NumPy",))) == {"numpy": np.__version__}
    assert len(parts(Packages())) > 50
    (tmp_path / "list.txt").write_text("numpy==2.1.0\n")
    with pytest.raises(DataError, match="None of pandas is among packages in"):
        parts(Packages(str(tmp_path / "list.txt"), only=("pandas",)))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "inside").mkdir()
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_checkouts_revision_is_what_git_says(checkout: Path) -> None:
    code = CodeRevision(str(checkout / "inside"))
    head = git(checkout, "rev-parse", "HEAD")
    assert parts(code) == {"revision": head, "branch": "main"}
    git(checkout, "pack-refs", "--all")
    assert parts(code) == {"revision": head, "branch": "main"}
    git(checkout, "worktree", "add", "-q", "-b", "side", str(checkout / "tree"))
    assert parts(CodeRevision(str(checkout / "tree"))) == {"revision": head, "branch": "side"}
    git(checkout, "checkout", "-q", "--detach")
    assert parts(code) == {"revision": head, "branch": "none"}


def test_a_revision_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_SHA", "abc")
    assert parts(CodeRevision(variable="GIT_SHA")) == {"revision": "abc"}
    monkeypatch.delenv("GIT_SHA")
    with pytest.raises(DataError, match="GIT_SHA is not set"):
        parts(CodeRevision(variable="GIT_SHA"))
    with pytest.raises(ConfigurationError, match="takes the path of a checkout, or variable="):
        CodeRevision()


def test_what_is_told_is_taken_as_it_is_and_has_a_name() -> None:
    told = Stated({"rates": "{{ var }}"}, name="flags").rendered(lambda text: text.replace("{{ var }}", "v2"))
    assert parts(told) == {"rates": "v2"}
    with pytest.raises(ConfigurationError, match="needs a name"):
        Stated("v1")
    with pytest.raises(ConfigurationError, match="write 'info', 'warn' or 'fail'"):
        Stated("v1", name="flags", policy="shout")  # type: ignore[arg-type]
