"""What is written for people agrees with what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_mlmonitor import checks, cli, operators
from airflow_mlmonitor.provider import get_provider_info

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = "\n".join(path.read_text("utf-8") for path in PAGES)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
"""The target of a link inside the repository."""


def test_every_verb_of_the_command_line_is_documented() -> None:
    assert [verb.name for verb in cli.VERBS if f"mlmonitor {verb.name}" not in TEXT] == []


def test_every_operator_and_check_is_documented() -> None:
    names = (*operators.__all__, *checks.__all__)
    assert [name for name in names if not re.search(rf"\b{name}\b", TEXT)] == []


def test_every_setting_of_the_provider_is_documented() -> None:
    assert [name for name in get_provider_info()["config"]["mlmonitor"]["options"] if name not in TEXT] == []


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = re.findall(r"^([a-z-]+)%?:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"(?:`|^ {4}|^\$ )make ([a-z-]+)", TEXT, re.MULTILINE))
    assert named
    assert [name for name in sorted(named) if name not in targets and "bench-" not in name] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    assert [
        target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()
    ] == []
