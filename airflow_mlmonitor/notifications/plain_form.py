"""Routes as plain JSON and back: what Airflow can keep of a deadline's callback."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.errors import ConfigurationError

KIND = "recipe"


def plain_form(value: object) -> Any:
    """Write a recipe, such as a route, as plain JSON.

    :raises ConfigurationError: something in it is neither text nor a number, so that it cannot be kept.

    >>> from airflow_mlmonitor.notifications import ToWebhook
    >>> plain_form(ToWebhook("hooks"))
    {'recipe': 'airflow_mlmonitor.notifications.to_webhook.ToWebhook', 'conn_id': 'hooks', 'path': ''}
    """
    if isinstance(value, Recipe):
        kind = type(value)
        fields = {item.name: plain_form(getattr(value, item.name)) for item in dataclasses.fields(value)}
        return {KIND: f"{kind.__module__}.{kind.__qualname__}", **fields}
    if isinstance(value, tuple | list):
        return [plain_form(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ConfigurationError(
        f"{value!r} cannot be kept in Airflow's database, as the callback of a deadline is; use destinations that "
        "name connections, and no ToNotifier."
    )


def from_plain_form(value: Any) -> Any:
    """Read what :func:`plain_form` wrote.

    >>> from airflow_mlmonitor.notifications import ToWebhook
    >>> from_plain_form(plain_form([ToWebhook("hooks", path="/ml")]))
    [ToWebhook(conn_id='hooks', path='/ml')]
    """
    if isinstance(value, Mapping) and KIND in value:
        fields = {name: from_plain_form(item) for name, item in value.items() if name != KIND}
        return _kind(str(value[KIND]))(**fields)
    if isinstance(value, tuple | list):
        return [from_plain_form(item) for item in value]
    return value


def _kind(path: str) -> type[Recipe]:
    """The class of a recipe; nothing else is ever loaded from a text."""
    module, _, name = path.rpartition(".")
    try:
        kind = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be imported here: {error}. A destination of your own must be in a module that the "
            "triggerer can import, not in a DAG file."
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, Recipe)):
        raise ConfigurationError(f"{path} is no destination and no route.")
    return kind
