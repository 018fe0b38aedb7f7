"""Recipes as plain values and back, for what has to carry them from one process to another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.errors import ConfigurationError

KIND = "recipe"
FIELDS = "fields"


def to_plain(value: Any) -> Any:
    """A recipe as plain values; those left at their defaults are left out.

    Raises
    ------
    ConfigurationError
        It holds something that has no plain value, such as a function.

    Examples
    --------
    >>> from airflow_mlmonitor.data.dependencies import CodeRevision
    >>> from_plain(to_plain(CodeRevision(variable="GIT_SHA")))
    CodeRevision(name='', policy='warn', expected='', path='', variable='GIT_SHA')
    """
    if isinstance(value, Recipe):
        changed = {
            item.name: to_plain(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if item.init and getattr(value, item.name) != item.default
        }
        return {KIND: f"{type(value).__module__}:{type(value).__qualname__}", FIELDS: changed}
    if isinstance(value, Mapping):
        return {str(name): to_plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ConfigurationError(f"{type(value).__name__} cannot be handed to a trigger; use deferrable=False.")


def from_plain(value: Any) -> Any:
    """A recipe made of the plain values that :func:`to_plain` gave; lists become tuples.

    Raises
    ------
    ConfigurationError
        Its class is no recipe.
    """
    if isinstance(value, Mapping) and value.keys() == {KIND, FIELDS}:
        module, _, name = str(value[KIND]).partition(":")
        kind = getattr(import_module(module), name, None)
        if not (isinstance(kind, type) and issubclass(kind, Recipe)):
            raise ConfigurationError(f"{value[KIND]} is no recipe that can be imported.")
        return kind(**{item: from_plain(inner) for item, inner in value[FIELDS].items()})
    if isinstance(value, Mapping):
        return {name: from_plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(from_plain(inner) for inner in value)
    return value
