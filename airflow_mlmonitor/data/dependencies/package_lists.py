"""Lists of packages, in the ways that tools write them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.errors import DataError

_PINNED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?P<version>[=<>!~]=?=?[^;#\s]*)?")
_LISTS = (("artifacts", "version"), ("components", "version"), ("packages", "versionInfo"))
"""Where inventories of images list packages, and what they call a version: Syft, CycloneDX, SPDX."""


def installed() -> dict[str, str]:
    """The packages of this process's environment."""
    from importlib.metadata import distributions

    found = {normal(one.name): one.version for one in distributions() if one.name}
    return dict(sorted(found.items()))


def normal(name: str) -> str:
    """A package's name as indexes compare it.

    >>> normal("Scikit_Learn")
    'scikit-learn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def listed(text: str, label: str) -> dict[str, str]:
    r"""The packages of a list.

    Raises
    ------
    DataError
        It is none of the known lists.

    Examples
    --------
    >>> listed("numpy==2.1.0  # pinned\nscikit_learn>=1.5", "a list")
    {'numpy': '2.1.0', 'scikit-learn': '>=1.5'}
    >>> listed('[{"name": "NumPy", "version": "2.1.0"}]', "a list")
    {'numpy': '2.1.0'}
    """
    for parse in (_of_json, _of_toml, _of_lines):
        found = parse(text)
        if found:
            return found
    raise DataError(
        f"{label}: no package found. Give requirements, pip freeze, a lock file or an image's inventory."
    )


def _of_json(text: str) -> dict[str, str]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    if isinstance(told, list):
        inspected = [item for item in told if isinstance(item, Mapping) and "Config" in item]
        return _labels(inspected[0]) if inspected else _named(told, "version")
    return _of_document(told) if isinstance(told, Mapping) else {}


def _of_document(told: Mapping[str, Any]) -> dict[str, str]:
    if "Config" in told:
        return _labels(told)
    if isinstance(told.get("default"), Mapping):  # Pipfile.lock
        return {
            normal(name): str(one.get("version", "")).lstrip("=") for name, one in told["default"].items()
        }
    for place, version in _LISTS:
        if isinstance(told.get(place), list):
            return _named(told[place], version)
    # Labels alone: names to texts.
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _labels(image: Mapping[str, Any]) -> dict[str, str]:
    """What ``docker inspect`` says of an image: its id, and its labels."""
    labels = (image.get("Config") or {}).get("Labels") or {}
    return {f"label {name}": str(value) for name, value in labels.items()} | (
        {"image": str(image["Id"])} if image.get("Id") else {}
    )


def _of_toml(text: str) -> dict[str, str]:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    found = told.get("package") or told.get("packages") or []
    return _named(found, "version") if isinstance(found, list) else {}


def _of_lines(text: str) -> dict[str, str]:
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        written = line.strip()
        if written.startswith(("#", "-", "[")) or not written:
            continue
        name, at, address = written.partition(" @ ")
        match = _PINNED.match(name)
        if match is None:
            return {}
        version = without_secrets(address.strip()) if at else (match["version"] or "any")
        found[normal(match["name"])] = version.removeprefix("===").removeprefix("==")
    return found


def _named(items: Iterable[Any], version: str) -> dict[str, str]:
    """Name to version; where a package is there in several versions, all of them."""
    found: dict[str, set[str]] = {}
    for item in items:
        if isinstance(item, Mapping) and isinstance(item.get("name"), str):
            found.setdefault(normal(item["name"]), set()).add(str(item.get(version, "any")))
    return {name: ", ".join(sorted(versions)) for name, versions in sorted(found.items())}
