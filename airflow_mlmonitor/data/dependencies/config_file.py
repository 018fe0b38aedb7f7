"""The settings in a configuration file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError, DataError

Syntax = Literal["json", "yaml", "toml"]

SYNTAX = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}

MOST_SETTINGS = 100_000
"""Settings of one file; a small file with aliases inside aliases may stand for more than memory holds."""

SECRET = re.compile(
    r"pass(word|wd|phrase)?$|^pwd$|secret|token|api_?key|private_?key|access_?key|credential|authorization|dsn$",
    re.IGNORECASE,
)
"""Names of settings whose values are shown as hashes."""


@dataclass(frozen=True)
class ConfigFile(Dependency):
    """The settings in a JSON, YAML or TOML file, each a part of its own, such as ``training.rate``.

    The values of settings whose names look like those of passwords are remembered as slow, salted hashes only.

    Parameters
    ----------
    path
        A path, or a URL of an object store.
    conn_id
        Airflow connection of the object store.
    syntax
        ``json``, ``yaml`` or ``toml``; None goes by the end of the name.
    ignore
        Settings that may change; ``*`` and ``?`` match several.
    private
        Settings whose values are shown as hashes too; ``*`` and ``?`` match several.

    The other parameters are those of :class:`Dependency`.

    Examples
    --------
    >>> dict(flattened({"rates": [1, 2], "on": True, "by": {"airport": None}}))
    {'rates.0': '1', 'rates.1': '2', 'on': 'true', 'by.airport': 'null'}
    """

    path: str
    _: KW_ONLY
    conn_id: str | None = None
    syntax: Syntax | None = None
    ignore: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The path, without passwords."""
        return without_secrets(self.path)

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read the file."""
        from airflow_mlmonitor.data.dependencies.stored_bytes import text

        syntax = self.syntax or SYNTAX.get(re.sub(r".*(?=\.)", "", self.path.lower()))
        if syntax not in SYNTAX.values():
            raise ConfigurationError(
                f"{self.label} does not say what it is; give syntax='json', 'yaml' or 'toml'."
            )
        settings = flattened(_parsed(text(self.path, self.conn_id, connections), str(syntax), self.label))
        parts = {}
        for name, value in settings:
            if not any(fnmatchcase(name, pattern) for pattern in self.ignore):
                parts[name] = self._shown(name, value)
            if len(parts) > MOST_SETTINGS:
                raise DataError(
                    f"{self.label} holds more than {MOST_SETTINGS:,} settings; name a smaller file."
                )
        return Fingerprint(parts=parts)

    def _shown(self, name: str, value: str) -> str:
        if any(fnmatchcase(name, pattern) for pattern in self.private):
            return hidden(name, value)
        return shown(name, value)


def shown(name: str, value: str) -> str:
    """A setting's value as it may be shown: a secret as a hash, be it a password or the login in a URL.

    >>> shown("rate", "0.1"), shown("db.password", "hunter2")[:7], shown("url", "https://db.example/a")
    ('0.1', 'hidden:', 'https://db.example/a')
    """
    if any(SECRET.search(step) for step in name.split(".")):
        return hidden(name, value)
    return re.sub(r"(?<=://)[^/@\s]*@", lambda login: f"{hidden(name, login[0])}@", value)


def hidden(name: str, value: str) -> str:
    """A secret as a hash that tells whether it changed and is slow to guess.

    >>> hidden("password", "hunter2") == hidden("password", "hunter3"), hidden("password", "hunter2")[:7]
    (False, 'hidden:')
    """
    import hashlib

    digest = hashlib.scrypt(value.encode(), salt=f"mlmonitor {name}".encode(), n=1 << 14, r=8, p=1, dklen=6)
    return f"hidden:{digest.hex()}"


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every setting of nested ones with its path."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from flattened(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from flattened(inner, f"{path}.{place}" if path else str(place))
    else:
        yield path or "value", _written(value)


def _written(value: Any) -> str:
    known = {None: "null", True: "true", False: "false"}
    return known[value] if value is None or isinstance(value, bool) else str(value)


def _parsed(text: str, syntax: str, label: str) -> Any:
    import json
    import tomllib

    import yaml

    parse = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}[syntax]
    try:
        return parse(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        # What a parser says may quote a line with a password in it.
        raise DataError(
            f"{label} is no {syntax.upper()}{place}; correct it, or give another syntax."
        ) from None
