"""What the command line can be asked to do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """How a verb ended, as the shell sees it."""

    QUIET = 0
    FINDINGS = 1
    COULD_NOT_RUN = 2
    INTERRUPTED = 130
    PIPE_CLOSED = 141


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing that the command line can be asked to do.

    Parameters
    ----------
    name
        What is typed.
    help
        One line.
    examples
        Whole commands.
    details
        What else ``--help`` says.
    declare
        Adds the verb's arguments to a parser.
    run
        Does it, given the parsed arguments.
    """

    name: str
    help: str
    examples: str
    declare: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], Exit]
    details: str = ""

    def prepare(self, parser: ArgumentParser) -> None:
        """Give a parser of the verb's own everything it needs: this command's, or a subcommand of ``airflow``."""
        parser.description = f"{self.help}\n\n{self.details}".rstrip()
        parser.epilog = f"examples:\n{self.examples}"
        parser.formatter_class = RawDescriptionHelpFormatter
        self.declare(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
        parser.add_argument(
            "--debug", action="store_true", help="show where in the program a failure came from"
        )
