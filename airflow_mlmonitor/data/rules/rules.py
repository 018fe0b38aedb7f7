"""What a baseline's rows always did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from airflow_mlmonitor.data import rules as room
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Rule
from airflow_mlmonitor.data.rules.view import Kind


@dataclass(frozen=True, eq=False, kw_only=True)
class Rules:
    """What a baseline's rows always did: learned once, stored with it, measured on later rows.

    Parameters
    ----------
    rules
        In no special order; no two have one key.
    kinds
        Column to what its values were when the rules were learned.
    usual_n
        Column to how many independent values a usual run has, where that is fewer than its rows: the temperature of
        an hour stands beside every flight of that hour, and is one value.
    memory
        What the baseline's rows have shown.
    unlearned
        Kind of rule to why it could not be learned, or not be read.

    Examples
    --------
    >>> from airflow_mlmonitor.data.rules.ordered import Ordered
    >>> rules = Rules(rules=(Ordered(low="opened", high="closed"),), kinds={"opened": "time", "closed": "time"})
    >>> rules.words()
    {'ordered': ['opened <= closed']}
    >>> rules.measurable({"opened": "time", "closed": "name"})
    ()
    """

    rules: tuple[Rule, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    usual_n: Mapping[str, int] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    unlearned: Mapping[str, str] = field(default_factory=dict)

    def joined(self, asked: Sequence[Rule]) -> Rules:
        """These rules and those that checks ask for."""
        return replace(self, rules=distinct([*self.rules, *asked]))

    def measurable(self, kinds: Mapping[str, Kind]) -> tuple[Rule, ...]:
        """The rules that can be measured on rows whose columns are of these kinds."""
        lacking = self.lacking(kinds)
        return tuple(rule for rule in self.rules if not any(name in lacking for name in rule.columns))

    def lacking(self, kinds: Mapping[str, Kind]) -> dict[str, str]:
        """Columns that rules need and rows with columns of these kinds do not have, and how many need each."""
        needed = Counter(name for rule in self.rules for name in rule.columns)
        lacking: dict[str, str] = {}
        for name, rules in needed.items():
            known, now = self.kinds.get(name), kinds.get(name)
            if not _fits(known, now):
                state = f"is {_NOUNS[now]}, not {_NOUNS[known]}" if known and now else "is not there"
                lacking[name] = f"{state}: rules that need it are not measured ({rules})"
        return lacking

    def words(self) -> dict[str, list[str]]:
        """Kind to the sentences of its rules, in the order in which they were learned."""
        said: dict[str, list[str]] = {}
        for rule in self.rules:
            said.setdefault(rule.kind, []).append(rule.words())
        return said

    def document(self) -> dict[str, Any]:
        """All but the memory as plain JSON."""
        return {
            "rules": [{"kind": rule.kind, **rule.document()} for rule in self.rules],
            "kinds": dict(self.kinds),
            "usual_n": dict(self.usual_n),
            "unlearned": dict(self.unlearned),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any], memory: Memory) -> Self:
        """Make them of what :meth:`document` gave; a rule that this version does not understand is left out."""
        known, unlearned = rule_kinds(), dict(document["unlearned"])
        rules: list[Rule] = []
        for part in document["rules"]:
            try:
                rules.append(_rule(known, part))
            except (KeyError, TypeError, ValueError):
                unlearned[part["kind"]] = "written by another version"
        return cls(
            rules=tuple(rules),
            kinds=document["kinds"],
            usual_n=document["usual_n"],
            memory=memory,
            unlearned=unlearned,
        )


def rule_kinds() -> dict[str, type[Rule]]:
    """Every kind of rule, by its name in a stored document."""
    modules = [vars(getattr(room, name)) for name in room.__all__]
    classes = [found for names in modules for found in names.values() if isinstance(found, type)]
    return {found.kind: found for found in classes if issubclass(found, Rule) and hasattr(found, "kind")}


def distinct(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules without those whose key another one has already."""
    by_key: dict[str, Rule] = {}
    for rule in rules:
        by_key.setdefault(rule.key, rule)
    return tuple(by_key.values())


def _rule(known: Mapping[str, type[Rule]], document: Mapping[str, Any]) -> Rule:
    return known[document["kind"]].read({name: value for name, value in document.items() if name != "kind"})


def _fits(known: Kind | None, now: Kind | None) -> bool:
    """Whether rules of a column still make sense: one that has no values at all may be anything."""
    return now is not None and (known is None or now == known or "nothing" in (known, now))


_NOUNS: dict[Kind, str] = {
    "number": "a number",
    "time": "a moment",
    "name": "a name",
    "nothing": "empty",
    "other": "a list or the like",
}
