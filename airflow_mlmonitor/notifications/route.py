"""Which messages go where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News

SEVERITIES = {"fail": frozenset({"fail", "broken"}), "warn": frozenset({"warn"})}
"""What ``severity`` stands for: a check that could not run is as grave as one that failed."""


@dataclass(frozen=True, kw_only=True)
class Route(Recipe):
    """Which messages go where: those that all its conditions fit.

    Who was told of an incident hears how it goes on and when it is over, whatever its severity is by then.

    :param to: one destination or several.
    :param severity: ``"fail"`` for what failed or could not be checked, ``"warn"`` for warnings; None for both.
    :param model: the model, with ``*`` and ``?`` as in names of files.
    :param owner: the owner of the task, which is the DAG's unless the task has its own; with ``*`` and ``?``.

    Example::

        MLMonitorNotifier(
            routes=[
                Route(to=ToPagerDuty("pagerduty"), severity="fail"),
                Route(to=ToSlack("slack_fraud"), model="fraud_*"),
                Route(to=ToMail("ml@example.com")),
            ]
        )
    """

    to: Destination | Sequence[Destination]
    severity: str | None = None
    model: str = "*"
    owner: str = "*"

    def __post_init__(self) -> None:
        if self.severity is not None and self.severity not in SEVERITIES:
            raise ConfigurationError(
                f"severity={self.severity!r} is not known; write {', '.join(map(repr, SEVERITIES))} or leave it out."
            )
        wrong = [one for one in self.destinations if not isinstance(one, Destination)]
        if wrong or not self.destinations:
            raise ConfigurationError(
                f"to={self.to!r} is no destination; write ToMail(...), ToSlack(...), ToPagerDuty(...), ToTeams(...), "
                "ToWebhook(...), ToNotifier(...) or a list of them."
            )

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where its messages go."""
        return (self.to,) if not isinstance(self.to, Sequence) else tuple(self.to)

    def takes(self, news: News, *, unknown: bool = False) -> bool:
        """Tell whether some news go this way; with ``unknown``, what they do not say of model and owner fits too."""
        statuses = {news.status, *news.told_as}
        grave = self.severity is None or bool(statuses & SEVERITIES[self.severity])
        named = ((news.model, self.model), (news.owner, self.owner))
        return grave and all((unknown and not name) or fnmatchcase(name, wanted) for name, wanted in named)


def routes_of(routes: Sequence[Route], news: News) -> list[Route]:
    """Return the routes that some news take.

    A message that does not know its owner (a deadline's) or its model (an ordinary task's) and would go nowhere takes
    every route that could be meant: rather told to too many than to nobody.
    """
    taken = [route for route in routes if route.takes(news)]
    return taken or [route for route in routes if route.takes(news, unknown=True)]
