"""The rows that a model was trained on, read to become its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from operator import add

from airflow_mlmonitor.data.profile import Profile
from airflow_mlmonitor.data.reading import Progress, read, read_days
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rules import Rules
from airflow_mlmonitor.data.source import Connections, Source
from airflow_mlmonitor.data.window import Window


def read_training(
    source: Source,
    window: Window | None = None,
    *,
    rules: Rules,
    span: timedelta | None = None,
    connections: Connections | None = None,
    progress: Progress | None = None,
) -> tuple[Profile, dict[Window, Profile]]:
    """Read the rows of a baseline and hold them against the rules that were learned from them.

    The profile has the rules, with all that the rows have shown as their memory. Its parts are settled as if each had
    been a run: against what the parts before it have shown, so that the first ones find much that is new and the later
    ones what is usual.

    Parameters
    ----------
    source, window, connections, progress
        As for :func:`~airflow_mlmonitor.data.reading.read`; so are the errors.
    rules
        What :func:`~airflow_mlmonitor.data.rules.learning.learn_rules` found in the same rows.
    span
        Length of one part; None for no parts.

    Returns
    -------
    The profile of all rows, and of the parts.

    Examples
    --------
    >>> from airflow_mlmonitor.data import Frame
    >>> from airflow_mlmonitor.data.rules.learning import learn_rules
    >>> source = Frame({"fare": [8.5, 9.0, 12.5]})
    >>> profile, parts = read_training(source, rules=learn_rules(source))
    >>> profile.rows, profile.rules is None, parts
    (3, False, {})
    """
    if span is None:
        whole = read(source, window, rules=rules, connections=connections, progress=progress)
        return _remembering(whole, rules, Memory()), {}
    parts = read_days(source, window, span=span, rules=rules, connections=connections, progress=progress)
    return settled_in_turn(parts, rules)


def settled_in_turn(parts: Mapping[Window, Profile], rules: Rules) -> tuple[Profile, dict[Window, Profile]]:
    """Settle the parts of a baseline, oldest first, each against what those before it have shown.

    Returns
    -------
    The profile of all rows, with the rules and their memory, and of the parts.
    """
    memory = Memory()
    settled: dict[Window, Profile] = {}
    for part, profile in parts.items():
        settled[part] = profile.settled(memory)
        memory = _grown(memory, settled[part])
    return _remembering(reduce(add, parts.values(), Profile()), rules, memory), settled


def _remembering(raw: Profile, rules: Rules, memory: Memory) -> Profile:
    """The profile with its rules, and with a memory of its rows if there is none of its parts."""
    whole = raw.settled(Memory())
    kept = memory or _grown(memory, whole)
    return replace(whole, novelty=None, rules=replace(rules, memory=kept.aged()))


def _grown(memory: Memory, profile: Profile) -> Memory:
    return memory + profile.novelty if profile.novelty else memory
