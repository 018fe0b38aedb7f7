"""What a DAG file writes down and a run fills in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a DAG file writes down and a run fills in: every string in it may be a template.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Letter(Recipe):
    ...     to: str
    ...     copies: tuple[str, ...] = ()
    >>> letter = Letter(to="{{ name }}")
    >>> letter.rendered(lambda text: text.replace("{{ name }}", "Ada"))
    Letter(to='Ada', copies=())
    >>> letter.serialize()
    {'Letter': {'to': '{{ name }}'}}
    """

    def rendered(self, render: Callable[[str], str]) -> Self:
        """A copy in which every string has gone through ``render``; the recipe itself stays as it was."""
        changed = {
            item.name: _render(getattr(self, item.name), render)
            for item in dataclasses.fields(self)
            if item.init
        }
        return dataclasses.replace(self, **changed)

    def serialize(self) -> dict[str, dict[str, Any]]:
        """The recipe as plain values, without those left at their defaults: Airflow shows it so, and compares it so."""
        shown = {
            item.name: (getattr(self, item.name), item.default)
            for item in dataclasses.fields(self)
            if item.repr
        }
        changed = {name: value for name, (value, default) in shown.items() if value != default}
        return {type(self).__name__: {name: _plain(value) for name, value in changed.items()}}


def _render(value: object, render: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return render(value)
    if isinstance(value, Recipe):
        return value.rendered(render)
    if isinstance(value, tuple | list):
        return type(value)(_render(item, render) for item in value)
    if isinstance(value, Mapping):
        return {key: _render(item, render) for key, item in value.items()}
    return value


def _plain(value: object) -> Any:
    if isinstance(value, Recipe):
        return value.serialize()
    # Airflow 3.2.0 refuses to show a tuple.
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
