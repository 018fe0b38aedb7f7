"""What a sensor waits to be answered, as something that can be handed to another process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.operators.task import FINAL


@dataclass(frozen=True, kw_only=True)
class Question(Recipe, ABC):
    """What a sensor waits to be answered. It is asked again and again, by a worker or by the triggerer."""

    @abstractmethod
    def answer(self) -> dict[str, Any] | None:
        """Look, and return plain values; None while there is no answer yet."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What is waited for, in a few words."""


def asked(question: Question, warn: Callable[..., Any]) -> dict[str, Any] | None:
    """Ask once; what trying again may mend is an answer that is not there yet.

    :raises MLMonitorError: no further look can mend what is wrong.
    """
    try:
        return question.answer()
    except FINAL:
        raise
    except MLMonitorError as error:
        warn("%s cannot be looked at now: %s", question.label, error)
        return None
