"""The operator that tells once a day how all models are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from airflow_mlmonitor.context import moment_of
from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.hooks import MetricsStoreHook

if TYPE_CHECKING:
    from airflow_mlmonitor.notifications.destination import Destination
    from airflow_mlmonitor.pages.digest_page import DigestPage


SECTIONS: tuple[Literal["opened", "continuing", "over", "late"], ...] = (
    "opened",
    "continuing",
    "over",
    "late",
)


class DigestOperator(BaseOperator):
    """Sends one message about all models: what opened, is still open or is over, which budgets are used, who is late.

    It tells of the time until the run's moment, by the clock: a run of an earlier day that is cleared tells what it
    told then. Its XCom is the headline, and how much there was of each.

    :param to: one destination or several: ``ToMail``, ``ToSlack``, ``ToTeams`` or ``ToWebhook``. Every string in
        them is a template.
    :param span: how much time it tells of; by default a day.
    :param model: only models of this name, with ``*`` and ``?``. (templated)
    :param when_quiet: whether to send it when nothing is open, over or late.
    :param metrics_conn_id: connection of the metrics store. (templated)

    Example::

        with DAG("ml_digest", schedule="0 8 * * *", ...):
            DigestOperator(task_id="digest", to=ToMail("ml@example.com"))
    """

    template_fields: Sequence[str] = ("model", "metrics_conn_id")

    def __init__(
        self,
        *,
        to: Destination | Sequence[Destination],
        span: timedelta = timedelta(days=1),
        model: str = "*",
        when_quiet: bool = True,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if span <= timedelta():
            raise ConfigurationError(f"span={span!r} tells of nothing; write timedelta(days=1).")
        self.to = to
        self.span = span
        self.model = model
        self.when_quiet = when_quiet
        self.metrics_conn_id = metrics_conn_id

    def execute(self, context: Any) -> dict[str, Any]:
        """Read the store, write the digest and send it.

        :raises NotDelivered: no destination took it, so that a retry may help.
        :raises AirflowFailException: some did not take it; a retry would tell the others twice.
        """
        from airflow_mlmonitor.pages.digest_page import digest_page

        with MetricsStoreHook(self.metrics_conn_id).opened() as store:
            digest = digest_page(
                store, until=moment_of(context), days=self.span / timedelta(days=1), model=self.model
            )
        self.log.info("%s, %s.", digest["day_words"], digest["headline"])
        counts: dict[str, int] = {name: len(digest[name]) for name in SECTIONS}
        if self.when_quiet or any(counts.values()):
            self._send(digest, context)
        return {"headline": digest["headline"], **counts}

    def _send(self, digest: DigestPage, context: Any) -> None:
        destinations = self.to if isinstance(self.to, Sequence) else (self.to,)
        lost = []
        for destination in destinations:
            rendered = destination.rendered(lambda text: str(self.render_template(text, context)))
            try:
                rendered.tell_digest(digest)
            except Exception as error:
                self.log.exception("%s did not take the digest.", rendered.label)
                lost.append(f"{rendered.label}: {error}")
        if lost:
            kind = NotDelivered if len(lost) == len(destinations) else AirflowFailException
            raise kind(f"The digest did not reach {'; '.join(lost)}")
