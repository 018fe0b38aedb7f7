"""The notifier that speaks by incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import BaseNotifier

from airflow_mlmonitor.context import Context
from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.notifications.destination import Destination
from airflow_mlmonitor.notifications.news import News
from airflow_mlmonitor.notifications.plain_form import from_plain_form, plain_form
from airflow_mlmonitor.notifications.route import Route, routes_of

if TYPE_CHECKING:
    from airflow.sdk.definitions.callback import AsyncCallback


class MLMonitorNotifier(BaseNotifier):
    """Tells people what a monitor found: once when an incident opens, and then only what is news.

    It tells when an incident opens, is twice as bad, has been open for another week, comes back and is over. A run
    that fails with the same problem again is not told; neither is one whose incident is snoozed. A task that failed
    before it could conclude anything, or that is no monitor, is told of with its error.

    The same notifier may stand at a task and at its DAG: the DAG's leaves out the tasks that have one themselves.

    :param to: one destination or several, for all messages.
    :param routes: which messages go where, instead of ``to``.
    :param metrics_conn_id: connection of the metrics store; by default the one the task uses.

    Every string in a destination is a template. A destination that fails is logged, with what to do, and keeps no
    other from its messages.

    Example::

        tell = MLMonitorNotifier(to=[ToMail("ml-on-call@example.com"), ToSlack("slack_ml")])

        with DAG("flight_delay", default_args={"on_failure_callback": tell}, on_failure_callback=tell):
            TrainServeSkewOperator(task_id="skew", model="flight_delay", source=..., on_warn_callback=tell)
    """

    def __init__(
        self,
        to: Destination | Sequence[Destination] | None = None,
        *,
        routes: Sequence[Route] | None = None,
        metrics_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (to is None) == (routes is None):
            raise ConfigurationError(
                "MLMonitorNotifier needs either to= with destinations or routes= with routes."
            )
        given = from_plain_form(routes) if to is None else [Route(to=from_plain_form(to))]
        self.routes: tuple[Route, ...] = tuple(given)
        if not self.routes or not all(isinstance(route, Route) for route in self.routes):
            raise ConfigurationError(
                "routes= is a list of Route(to=..., severity=..., model=..., owner=...)."
            )
        self.metrics_conn_id = metrics_conn_id

    def for_deadline(self) -> AsyncCallback:
        """Return the callback of a deadline that tells the same people: what Airflow keeps of it is plain text.

        Example::

            DAG(..., deadline=DeadlineAlert(reference=..., interval=..., callback=tell.for_deadline()))
        """
        from airflow.sdk.definitions.callback import AsyncCallback

        kept = {"routes": plain_form(self.routes), "metrics_conn_id": self.metrics_conn_id}
        return AsyncCallback(MLMonitorNotifier, kwargs=kept)

    def notify(self, context: Context) -> None:
        """Tell what is news, if anything is.

        :raises NotDelivered: some of it reached nobody at all.
        """
        from airflow_mlmonitor.notifications.hearing import hear

        lost = [news for news in hear(context, self.metrics_conn_id) if not self._told(news, context)]
        if lost:
            raise NotDelivered(
                f"Nobody could be told: {'; '.join(f'{news.subject}: {news.title}' for news in lost)}. "
                "The lines above say why."
            )

    async def async_notify(self, context: Context) -> None:
        """Do the same in the triggerer, without holding up its loop."""
        from asgiref.sync import sync_to_async

        await sync_to_async(self.notify, thread_sensitive=False)(context)

    def _told(self, news: News, context: Context) -> bool:
        """Send news to all whom they concern; tell whether they reached anybody, or concerned nobody."""
        routes = routes_of(self.routes, news)
        if not routes:
            said = (news.title, news.status, news.model, news.owner)
            self.log.info("No route takes %r (%s, model %r, owner %r).", *said)
        wanted: list[Destination] = []
        for one in (one for route in routes for one in self._destinations(route, context)):
            wanted += [one] if one not in wanted else []
        if news.occasion == "acknowledged":
            wanted = [one for one in wanted if one.keeps_state]
        reached = [self._sent(one, news) for one in wanted]
        return not reached or any(reached)

    def _destinations(self, route: Route, context: Context) -> list[Destination]:
        return [self._rendered(one, context) for one in route.destinations]

    def _rendered(self, destination: Destination, context: Context) -> Destination:
        """Fill the templates of a destination into a copy; one that cannot be filled stays as it is written."""
        try:
            return destination.rendered(lambda text: str(self.render_template(text, cast("Any", context))))
        except Exception as error:  # noqa: BLE001 - anything may be in a template; the message must go out
            self.log.warning("A template of %s cannot be rendered here: %s", destination.label, error)
            return destination

    def _sent(self, destination: Destination, news: News) -> bool:
        try:
            destination.tell(news)
        except NotDelivered as error:
            # What is wrong and the fix: a traceback would bury it.
            self.log.error("%s was not told of %r: %s", destination.label, news.title, error)  # noqa: TRY400
        except Exception:
            self.log.exception("%s was not told of %r.", destination.label, news.title)
        else:
            self.log.info("%s was told: %s, %s.", destination.label, news.occasion, news.title)
            return True
        return False


send_mlmonitor_notification = MLMonitorNotifier
"""The same under the name that Airflow's providers give theirs."""
