"""``mlmonitor rules``: what a baseline's rows always did."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from airflow_mlmonitor.cli.location import declare_store, opened_store
from airflow_mlmonitor.cli.output import width, write, write_json
from airflow_mlmonitor.cli.verb import Exit, Verb
from airflow_mlmonitor.errors import BaselineMissing
from airflow_mlmonitor.report.table import printable, table, wrapped
from airflow_mlmonitor.report.words import plural

if TYPE_CHECKING:
    from airflow_mlmonitor.data.rules.rules import Rules
    from airflow_mlmonitor.store.store import Pin

EXAMPLES = """\
  mlmonitor rules flight_delay
  mlmonitor rules flight_delay --version v3 --json"""

DETAILS = """\
They were learned from the rows when these were pinned, and every later run is held against them.
A rule that makes no sense to you shows what to look at before it alerts."""


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model's name")
    parser.add_argument("--version", metavar="VERSION", help="of this version, not of the one pinned last")
    declare_store(parser)


def _run(arguments: Namespace) -> Exit:
    from airflow_mlmonitor.data.profile import Profile

    with opened_store(arguments.store) as store:
        pin = store.pinned(arguments.model, arguments.version)
    if pin is None:
        what = f"version {arguments.version!r}" if arguments.version else "any version"
        raise BaselineMissing(
            f"No baseline is pinned for {what} of model {arguments.model!r}; `mlmonitor pin` does."
        )
    rules = Profile.decode(pin.profile).rules
    if rules is None:
        raise BaselineMissing(
            f"{pin.version} of {pin.model} was pinned before rules were learned; pin it again for them."
        )
    if arguments.json:
        write_json(_document(pin, rules))
    else:
        write(_lines(pin, rules))
    return Exit.QUIET


def _lines(pin: Pin, rules: Rules) -> list[str]:
    count = plural(len(rules.rules), "rule")
    heading = f"{pin.model} {pin.version}: {count} learned from {plural(pin.rows, 'row')} of {pin.label}"
    lines = wrapped(printable(heading), width())
    said = [
        [kind if not place else "", sentence]
        for kind, sentences in rules.words().items()
        for place, sentence in enumerate(sentences)
    ]
    if said:
        lines += ["", *table(["Kind", "Rule"], said, width=width(), wrap=1)]
    if rules.usual_n:
        few = [f"{column} {n:,}" for column, n in rules.usual_n.items()]
        text = f"Fewer independent values than rows in a usual run: {', '.join(few)}."
        lines += ["", *wrapped(printable(text), width())]
    if rules.unlearned:
        broken = [f"{kind} ({why})" for kind, why in rules.unlearned.items()]
        lines += ["", *wrapped(f"Could not be learned, or not be read: {', '.join(broken)}.", width())]
    return lines


def _document(pin: Pin, rules: Rules) -> dict[str, Any]:
    return {
        "model": pin.model,
        "version": pin.version,
        "rows": pin.rows,
        "label": pin.label,
        "rules": [
            {"kind": rule.kind, "columns": list(rule.columns), "rule": rule.words(), **rule.document()}
            for rule in rules.rules
        ],
        "usual_n": dict(rules.usual_n),
        "unlearned": dict(rules.unlearned),
    }


RULES = Verb(
    name="rules",
    help="show what the rows of a pinned baseline always did",
    examples=EXAMPLES,
    details=DETAILS,
    declare=_declare,
    run=_run,
)
