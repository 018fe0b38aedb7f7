"""Which messages go where, and what a person wrote that cannot work."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from airflow_mlmonitor.errors import ConfigurationError
from airflow_mlmonitor.notifications import Destination, MLMonitorNotifier, News, Route, ToMail, ToWebhook
from airflow_mlmonitor.notifications.plain_form import from_plain_form, plain_form
from airflow_mlmonitor.notifications.route import routes_of
from tests.notifications.examples import news

HOOK = ToWebhook("hooks")


@dataclass(frozen=True)
class ToShelf(Destination):
    """A destination of one's own."""

    name: str = "shelf"

    def tell(self, news: News) -> None:
        """Put it on the shelf."""


@pytest.mark.parametrize(
    ("asked", "told", "takes"),
    [
        ({}, {}, True),
        ({"severity": "fail"}, {}, True),
        ({"severity": "fail"}, {"status": "broken"}, True),
        ({"severity": "fail"}, {"status": "warn"}, False),
        ({"severity": "warn"}, {"status": "warn"}, True),
        ({"severity": "warn"}, {"told_as": frozenset({"warn"})}, True),
        ({"model": "flight_*"}, {}, True),
        ({"model": "Flight_*"}, {}, False),
        ({"owner": "ana"}, {}, True),
        ({"owner": "bo"}, {}, False),
        ({"model": "flight_*", "severity": "warn"}, {}, False),
    ],
)
def test_a_route_takes_what_fits_all_it_asks_for(asked, told, takes):
    assert Route(to=HOOK, **asked).takes(news(**told)) is takes


def test_what_would_go_nowhere_because_it_knows_too_little_goes_to_all_that_could_be_meant():
    ana, bo, flights = (
        Route(to=HOOK, owner="ana"),
        Route(to=HOOK, owner="bo"),
        Route(to=HOOK, model="flight_*"),
    )
    warnings = Route(to=HOOK, owner="ana", severity="warn")
    late = news(owner="", model="fares")
    assert routes_of([ana, bo, flights, warnings], late) == [ana, bo]
    assert routes_of([ana, Route(to=HOOK)], late) == [Route(to=HOOK)]
    assert routes_of([bo], news()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"to": HOOK, "severity": "critical"},
            "severity='critical' is not known; write 'fail', 'warn' or leave",
        ),
        ({"to": "ana@example.com"}, "is no destination; write ToMail"),
        ({"to": []}, "is no destination"),
    ],
)
def test_a_route_that_cannot_work_says_so_where_it_is_written(wrong, said):
    with pytest.raises(ConfigurationError, match=said):
        Route(**wrong)


def test_a_notifier_needs_destinations_or_routes_and_not_both():
    for wrong in ({}, {"to": HOOK, "routes": [Route(to=HOOK)]}):
        with pytest.raises(ConfigurationError, match="needs either to= with destinations or routes="):
            MLMonitorNotifier(**wrong)
    for wrong in ([], [HOOK]):
        with pytest.raises(ConfigurationError, match=r"routes= is a list of Route\("):
            MLMonitorNotifier(routes=wrong)


def test_routes_survive_being_kept_as_json():
    routes = [
        Route(to=ToMail(["ana@example.com", "bo@example.com"], attach=False), severity="fail"),
        Route(to=[HOOK, ToShelf("top")], model="fraud_*"),
    ]
    assert from_plain_form(json.loads(json.dumps(plain_form(routes)))) == routes


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("os.system", "is no destination and no route"),
        ("nowhere.ToMail", "cannot be imported here"),
        ("ToMail", "cannot be imported here"),
    ],
)
def test_nothing_but_a_destination_is_ever_loaded_from_a_text(path, said):
    with pytest.raises(ConfigurationError, match=said):
        from_plain_form({"recipe": path})
