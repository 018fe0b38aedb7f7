"""What the browser loads: plain modules that find each other, ask nobody else, and colours that can be read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from airflow_mlmonitor.ui.static_files import FOLDER

MODULES = sorted(FOLDER.rglob("*.js"))
STYLE = (FOLDER / "style.css").read_text("utf-8")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w\"'`])//[^\n]*", re.DOTALL)
IMPORT = re.compile(r'^import (?:\{ (?P<names>[^}]+) \}) from "(?P<path>[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?:const|function|class|async function) (?:\{ (?P<many>[^}]+) \}|(?P<one>\w+))", re.MULTILINE
)
LEAST_CONTRAST = 4.5
PAGE = {"light": "#ffffff", "dark": "#161d2d"}
"""The ground that Airflow gives its pages."""


def code_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text("utf-8"))


def exported(path: Path) -> set[str]:
    found = EXPORT.finditer(code_of(path))
    names = (name for match in found for name in (match["many"] or match["one"]).split(","))
    return {name.strip() for name in names}


def name_of(path: Path) -> str:
    return path.name


def test_there_is_a_bundle_and_one_style_sheet() -> None:
    assert FOLDER / "main.js" in MODULES
    assert [path.name for path in FOLDER.rglob("*.css")] == ["style.css"]
    assert {path.suffix for path in FOLDER.rglob("*") if path.is_file()} == {".js", ".css", ".svg"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_neighbours_export_and_uses_all_of_it(path: Path) -> None:
    code = code_of(path)
    body = IMPORT.sub("", code)
    wrong = []
    for match in IMPORT.finditer(code):
        neighbour = (path.parent / match["path"]).resolve()
        assert match["path"].startswith("./"), f"{path.name} imports {match['path']}, which is no neighbour"
        assert neighbour in MODULES, f"{path.name} imports {match['path']}, which does not exist"
        for part in match["names"].split(","):
            name, _, alias = part.strip().partition(" as ")
            if name not in exported(neighbour):
                wrong.append(f"{match['path']} exports no {name}")
            if not re.search(rf"(?:(?<![.\w])|\.\.\.){alias or name}\b", body):
                wrong.append(f"{alias or name} is not used")
    assert wrong == []
    assert code.count("import ") == len(IMPORT.findall(code)), "an import of another form than the others"


def test_every_module_is_loaded_by_the_bundle() -> None:
    reached: set[Path] = set()
    waiting = [FOLDER / "main.js"]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += [(path.parent / match["path"]).resolve() for match in IMPORT.finditer(code_of(path))]
    assert sorted(reached) == MODULES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_parsed(path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; test_modules_in_browser.py loads all of them in Chromium")
    command = [node, "--input-type=module", "--check"]
    said = subprocess.run(command, input=path.read_text("utf-8"), capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("path", [*MODULES, FOLDER / "style.css"], ids=name_of)
def test_a_file_is_small_and_asks_nobody_but_airflow(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300, f"{path.name} is long; split it where its second idea begins"
    assert re.findall(r"\b(?:https?|wss?):/{2}\S*|@import|url\((?!#)", text) == []
    refused = r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write"
    assert re.findall(refused, text) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert re.match(r"// [A-Z].{30,}", path.read_text("utf-8")), f"{path.name} does not begin with what it is"


def test_hooks_that_are_promised_exist_and_all_that_exist_are_promised() -> None:
    head = re.match(r"(?://[^\n]*\n)+", (FOLDER / "main.js").read_text("utf-8"))
    assert head
    promised = set(re.findall(r"[a-z][a-z-]+", head[0]))
    scripts = "\n".join(code_of(path) for path in MODULES)
    fixed = set(re.findall(r'"data-mlm": "([a-z-]+)"', scripts))
    assert len(fixed) > 25
    assert sorted(fixed - promised) == []


def test_words_have_no_tooltip_that_only_a_pointer_can_reach() -> None:
    assert [
        path.name for path in MODULES if re.search(r"[{,]\s*title:\s*[^,}]+,\s*className", code_of(path))
    ] == []


def test_colours_are_variables_in_pairs() -> None:
    light, dark, rest = palettes()
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\))|\brgba?\(|\bhsla?\(", rest) == []
    assert light.keys() == dark.keys()
    used = set(re.findall(r"var\((--mlm-[\w-]+)\)", STYLE))
    local = set(re.findall(r"(--mlm-[\w-]+):", rest))
    assert sorted(used - light.keys() - local) == []
    assert sorted(light.keys() - used) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str) -> None:
    colours = palettes()[theme == "dark"]
    colours |= {"--mlm-page": PAGE[theme]}
    grounds = ("card", "page", "soft")
    words = ("text", "muted", "link", "fail-text", "warn-text")
    pairs = [(word, ground) for word in words for ground in grounds]
    pairs += [("on-button", "button"), ("fail-text", "tint"), ("text", "chosen")]
    low = {
        f"{word} on {ground}": round(contrast(colours[f"--mlm-{word}"], colours[f"--mlm-{ground}"]), 2)
        for word, ground in pairs
    }
    assert {pair: seen for pair, seen in low.items() if seen < LEAST_CONTRAST} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_status_and_series_can_be_seen(theme: str) -> None:
    colours = palettes()[theme == "dark"]
    seen = [(name, "card", 3.0) for name in ("fail", "warn", "ok", "focus")]
    seen += [
        ("series", "band", 5.0),
        ("series", "reference", 3.0),
        ("cut", "fail", 3.0),
        ("cut", "warn", 2.9),
    ]
    low = {
        f"{name} on {ground}": round(contrast(colours[f"--mlm-{name}"], colours[f"--mlm-{ground}"]), 2)
        for name, ground, least in seen
        if contrast(colours[f"--mlm-{name}"], colours[f"--mlm-{ground}"]) < least
    }
    assert low == {}


def test_layout_asks_its_container_and_nothing_moves() -> None:
    assert "@container mlm (max-width: 860px)" in STYLE
    assert re.findall(r"@media|\bvw\b|\bvh\b|transition|animation|@keyframes", STYLE) == []


def palettes() -> tuple[dict[str, str], dict[str, str], str]:
    """Return the colours of both themes, and the rest of the style sheet."""
    blocks = re.findall(r"^((?:\.dark )?\.mlm-root \{\n  --mlm-.*?\n\})$", STYLE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    light, dark = (dict(re.findall(r"(--mlm-[\w-]+): (#[0-9a-f]{6,8});", block)) for block in blocks)
    rest = STYLE
    for block in blocks:
        rest = rest.replace(block, "")
    return light, dark, rest


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminance, as accessibility guidelines define it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
