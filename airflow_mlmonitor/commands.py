"""The ``mlmonitor`` command as a part of ``airflow``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

if TYPE_CHECKING:
    from airflow_mlmonitor.cli.verb import Exit, Verb


def get_commands() -> list[GroupCommand]:
    """Return ``airflow mlmonitor`` with all verbs of the command line."""
    from airflow_mlmonitor.cli import VERBS

    verbs = [ActionCommand(verb.name, verb.help, partial(_run, verb), (_Arguments(verb),)) for verb in VERBS]
    return [GroupCommand("mlmonitor", "Profile data, compare it, and read what monitors concluded", verbs)]


class _Arguments(Arg):
    """All the arguments of a verb, where Airflow expects one: the verb declares them itself."""

    def __init__(self, verb: Verb) -> None:
        self.flags = (verb.name,)  # what Airflow sorts arguments by
        self._verb = verb

    def add_to_parser(self, parser: ArgumentParser) -> None:
        self._verb.prepare(parser)


def _run(verb: Verb, arguments: Namespace) -> None:
    from airflow_mlmonitor.cli import run

    sys.exit(run(replace(verb, run=partial(_on_the_store_of_tasks, verb)), arguments))


def _on_the_store_of_tasks(verb: Verb, arguments: Namespace) -> Exit:
    if getattr(arguments, "store", "") is None:  # a verb that reads or writes a store, and was given none
        from airflow_mlmonitor.hooks import MetricsStoreHook

        arguments.store = MetricsStoreHook().store_url()
    return verb.run(arguments)
