"""Where messages go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from airflow_mlmonitor.data.recipe import Recipe
from airflow_mlmonitor.notifications.news import News

if TYPE_CHECKING:
    from airflow_mlmonitor.pages.digest_page import DigestPage


@dataclass(frozen=True, kw_only=True)
class Destination(Recipe, ABC):
    """Where messages go: a mailbox, a channel, a pager.

    It holds names and addresses, never secrets: those are in Airflow's connection. Every string in it is a template.

    One of your own is a frozen dataclass with a method :meth:`tell`::

        @dataclass(frozen=True)
        class ToLog(Destination):
            name: str

            def tell(self, news: News) -> None:
                logging.getLogger(self.name).critical(plain_mail(news))
    """

    keeps_state: ClassVar[bool] = False
    """Whether it shows how far a problem has come, and so hears too when somebody has taken it on."""

    @abstractmethod
    def tell(self, news: News) -> None:
        """Send news.

        :raises Exception: it could not be sent. The message names the connection and the fix.
        """

    def tell_digest(self, digest: DigestPage) -> None:
        """Send the day's digest; a destination that alerts has no use for one."""
        raise NotImplementedError(
            f"{type(self).__name__} takes no digest; give DigestOperator ToMail, ToSlack, ToTeams or ToWebhook."
        )

    @property
    def label(self) -> str:
        """The destination in a log line."""
        ((name, fields),) = self.serialize().items()
        return f"{name}({', '.join(f'{key}={value!r}' for key, value in fields.items())})"
