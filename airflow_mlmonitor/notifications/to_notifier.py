"""Messages through any notifier of Airflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News


@dataclass(frozen=True)
class ToNotifier(Destination):
    """Hands messages to another notifier, which is made anew for each.

    The other notifier's templates are not rendered: a column may well be called ``{{ conn }}``.

    :param make: a function that takes news and returns a notifier of Airflow.

    Example::

        ToNotifier(lambda news: SnsNotifier(target_arn=TOPIC, message=plain_mail(news), subject=subject_line(news)))
    """

    make: Callable[[News], Any]

    def tell(self, news: News) -> None:
        """Make the notifier and let it notify."""
        self.make(news).notify({})
