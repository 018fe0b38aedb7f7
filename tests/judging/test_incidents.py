from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.judging.incident import KEPT, Happening, Incident, IncidentState, alert_of
from airflow_mlmonitor.judging.verdict import Status, Verdict
from tests.judging.diary import Diary, day

DRIFT = "t" * 14


def test_a_drift_of_fourteen_days_is_told_when_it_opens_after_a_week_and_when_it_is_over() -> None:
    diary = Diary().live(".." + DRIFT + "....")
    assert diary.told == [(2, "opened", 1), (9, "reminded", 1), (17, "resolved", 1)]
    assert diary.spans() == ["2:xxxxxxxxxxxxxx|"]


def test_what_is_acknowledged_is_told_when_it_opens_and_when_it_is_over() -> None:
    diary = Diary().live("..t")
    diary.decide(Happening.ACKNOWLEDGED)
    assert diary.incidents[1].state is IncidentState.ACKNOWLEDGED
    diary.live(DRIFT + "..")
    assert diary.told == [(2, "opened", 1), (18, "resolved", 1)]


def test_consecutive_findings_are_one_incident_whatever_they_are_about() -> None:
    diary = Diary().live("tfht..")
    assert diary.told == [(0, "opened", 1), (5, "resolved", 1)]
    assert diary.incidents[1].columns == ["temp", "fare", "humid"]
    assert diary.incidents[1].title == "temp missing"


def test_two_causes_at_once_are_one_incident() -> None:
    diary = Diary()
    diary.run(0, "tf")
    diary.run(1, "ft")
    assert [one.columns for one in diary.incidents.values()] == [["temp", "fare"]]


def test_one_clean_run_resolves_nothing_and_two_do() -> None:
    assert Diary().live("t.t.t..").spans() == ["0:x.x.x|"]


def test_a_run_means_continued_where_it_is_no_news() -> None:
    diary = Diary().live("t")
    assert diary.run(1, "t") == ["continued"]
    assert diary.run(2, ".") == []
    assert diary.told == [(0, "opened", 1)]


def test_what_flaps_is_one_incident_and_told_of_less_and_less() -> None:
    diary = Diary().live("t.." * 12)
    assert diary.told[:4] == [
        (0, "opened", 1),
        (2, "resolved", 1),
        (3, "reopened", 1),
        (12, "reminded", 1),
    ]
    assert {what for _, what, _ in diary.told[4:]} == {"reminded"}
    assert len(diary.incidents) == 1


def test_the_same_problem_much_later_is_another_incident() -> None:
    assert Diary().live("t....t..").spans() == ["0:x|", "5:x|"]


def test_another_problem_soon_after_one_is_resolved_is_another_incident() -> None:
    assert Diary().live("t..f..").spans() == ["0:x|", "3:x|"]


def test_twice_as_severe_is_told_and_told_again_only_when_that_doubles() -> None:
    diary = Diary()
    for number, severity in enumerate([1.2, 2.0, 2.4, 3.0, 4.7, 4.8, 1.0]):
        diary.run(number, "t", severity)
    assert diary.told == [(0, "opened", 1), (2, "escalated", 1), (5, "escalated", 1)]
    assert diary.incidents[1].severity == 4.8


def test_severities_below_the_line_do_not_double() -> None:
    diary = Diary()
    for number, severity in enumerate([0.1, 0.4, 1.9, 2.0]):
        diary.run(number, "t", severity)
    assert diary.told == [(0, "opened", 1), (3, "escalated", 1)]


def test_what_is_acknowledged_is_told_when_it_gets_worse() -> None:
    diary = Diary().live("t")
    diary.decide(Happening.ACKNOWLEDGED)
    diary.run(1, "t", 3.0)
    assert diary.told[1:] == [(1, "escalated", 1)]


def test_what_somebody_knows_of_hides_no_other_problem() -> None:
    diary = Diary().live("tt")
    diary.decide(Happening.ACKNOWLEDGED)
    for number, found in enumerate(["t", "ft", "ft", "t", "t", "."], start=2):
        diary.run(number, found)
    assert diary.told == [(0, "opened", 1), (3, "opened", 2), (6, "resolved", 2)]
    assert diary.spans() == ["0:xxxxxxx", "3:xx|"]


class TestSnoozing:
    def test_nothing_is_told_until_the_moment_and_then_that_it_goes_on(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.SNOOZED, until=day(3).end)
        assert diary.incidents[1].state is IncidentState.SNOOZED
        for number in range(1, 6):
            diary.run(number, "t", 1.5 * number)
        assert diary.told == [(0, "opened", 1), (4, "escalated", 1)]
        assert diary.incidents[1].state is IncidentState.OPEN

    def test_it_is_reminded_of_when_the_snooze_ends(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.SNOOZED, until=day(3).end)
        assert diary.live("ttttt").told == [(0, "opened", 1), (4, "reminded", 1)]

    def test_that_it_is_over_is_not_told(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.SNOOZED, until=day(9).end)
        assert diary.live("t..").told == [(0, "opened", 1)]
        assert diary.incidents[1].state is IncidentState.RESOLVED

    def test_until_it_gets_worse(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.SNOOZED, unless_worse=True)
        diary.live("t" * 20)
        diary.run(21, "t", 3.0)
        assert diary.told == [(0, "opened", 1), (21, "escalated", 1)]
        assert diary.live("t" * 7, 3.0).told[2:] == [(28, "reminded", 1)]

    def test_undone(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.SNOOZED, until=day(99).end)
        diary.live("t")
        diary.decide(Happening.UNDONE)
        assert diary.incidents[1].state is IncidentState.OPEN
        assert diary.live("t" * 6).told[1:] == [(7, "reminded", 1)]


class TestRunningAgain:
    def test_the_same_run_again_is_no_news_and_changes_nothing(self) -> None:
        diary = Diary().live(".tttt")
        for number in range(5, 12):
            diary.run(number, "t", 1.5 * number)
        diary.live("..")
        told, before = list(diary.told), dict(diary.incidents)
        for number in sorted(diary.days):
            found = diary.days[number]
            diary.run(number, "t" if found else ".", max(found.groups.values()) if found else 0.0)
        assert diary.told == told
        assert diary.incidents == before

    def test_the_only_run_again_and_clean_is_over(self) -> None:
        diary = Diary().live("..t")
        diary.run(2, ".")
        assert diary.told == [(2, "opened", 1), (2, "resolved", 1)]
        assert (diary.incidents[1].state, diary.incidents[1].runs) == (IncidentState.RESOLVED, 0)
        assert diary.run(2, "t") == ["opened"]
        assert diary.told[-1] == (2, "opened", 2)

    def test_a_clean_run_that_alerts_when_it_runs_again_reopens_what_it_resolved(self) -> None:
        diary = Diary().live("t..")
        diary.run(2, "t")
        assert diary.told == [(0, "opened", 1), (2, "resolved", 1), (2, "reopened", 1)]
        assert diary.spans() == ["0:x.x"]

    def test_a_backfill_of_an_old_window_leaves_a_newer_incident_alone(self) -> None:
        diary = Diary()
        for number in (0, 1, 7, 8, 9):
            diary.run(number, "." if number < 7 else "t")
        newer = diary.incidents[1]
        for number, found in enumerate("t....", start=2):
            diary.run(number, found)
        assert diary.incidents[1].windows == newer.windows
        assert diary.spans() == ["2:x|", "7:xxx"]
        assert diary.told == [(7, "opened", 1)]

    def test_a_gap_that_is_filled_makes_one_of_two_incidents(self) -> None:
        diary = Diary()
        for number, found in ((0, "t"), *((one, ".") for one in range(1, 7)), (7, "t")):
            diary.run(number, found)
        assert diary.spans() == ["0:x|", "7:x"]
        for number in (2, 3, 4, 5, 6):
            diary.run(number, "t")
        assert diary.spans() == ["0:x.xxxxxx"]
        (joined,) = [one for one in diary.incidents.values() if not one.windows]
        assert [event.what for event in joined.events][-1] is Happening.JOINED
        assert joined.events[-1].note == "with incident 1"
        assert [what for _, what, _ in diary.told].count("opened") == 2

    def test_an_old_run_that_is_clean_now_may_split_an_incident_without_a_notice(self) -> None:
        diary = Diary().live("ttttttttt")
        for number in (3, 4, 5, 6, 7):
            diary.run(number, ".")
        assert diary.spans() == ["0:xxx|", "8:x"]
        assert diary.span(1) == "8:x"
        assert [one for one in diary.told if one[1] != "reminded"] == [(0, "opened", 1)]

    def test_what_is_decided_holds_for_later_runs_only(self) -> None:
        diary = Diary().live("ttt")
        diary.decide(Happening.ACKNOWLEDGED)
        diary.run(1, "f")
        assert diary.spans() == ["0:xxx"]
        assert diary.incidents[1].state is IncidentState.ACKNOWLEDGED


class TestAccepting:
    def test_what_is_accepted_is_over_without_a_notice_and_cannot_come_back(self) -> None:
        diary = Diary().live("ttt")
        diary.decide(Happening.ACCEPTED)
        assert diary.incidents[1].state is IncidentState.ACCEPTED
        assert diary.live("t").told == [(0, "opened", 1), (3, "opened", 2)]
        assert diary.spans() == ["0:xxx|", "3:x"]

    def test_undone_it_goes_on(self) -> None:
        diary = Diary().live("ttt")
        diary.decide(Happening.ACCEPTED)
        diary.decide(Happening.UNDONE)
        assert diary.live("t").spans() == ["0:xxxx"]
        assert diary.incidents[1].state is IncidentState.OPEN

    def test_what_is_marked_bad_is_known(self) -> None:
        diary = Diary().live("t")
        diary.decide(Happening.MARKED_BAD)
        diary.live(DRIFT)
        assert diary.told == [(0, "opened", 1)]


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(st.sampled_from([".", ".", "t", "f", "tf", "ft"]), min_size=1, max_size=14),
    severity=st.sampled_from([0.5, 1.5]),
    data=st.data(),
)
def test_the_order_in_which_runs_are_saved_does_not_matter(
    days: list[str], severity: float, data: st.DataObject
) -> None:
    """A backfill in any order, with runs saved twice, comes to the incidents that runs in their order come to."""
    straight, jumbled = Diary(), Diary()
    for number, found in enumerate(days):
        straight.run(number, found, severity * (1 + number % 3))
    order = data.draw(st.permutations([*range(len(days)), *range(0, len(days), 2)]))
    for number in order:
        jumbled.run(number, days[number], severity * (1 + number % 3))
    assert said(jumbled) == said(straight)
    opened = [what for _, what, _ in straight.told].count("opened")
    assert opened == len(straight.incidents)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([".", "t", "f", "ft"])), max_size=25))
def test_whatever_runs_become_no_run_is_lost_and_no_incident_twice_there(
    steps: list[tuple[int, str]],
) -> None:
    diary = Diary()
    for number, found in steps:
        diary.run(number, found)
    fresh = Diary()
    for number in sorted(diary.days):
        found = diary.days[number]
        names = {"temp": "t", "fare": "f"}
        fresh.run(number, "".join(names[column] for column, _ in found.groups) if found else ".")
    assert diary.spans() == fresh.spans()
    assert len(diary.told) == len(set(diary.told)) or any(what != "opened" for _, what, _ in diary.told)


def said(diary: Diary) -> list[object]:
    def plain(one: Incident) -> tuple[object, ...]:
        happened = sorted((event.window, event.what.value) for event in one.events)
        own = [item for item in happened if item[1] != "joined"]
        return one.windows, one.groups, one.severity, one.resolved, one.settled, one.title, own

    return sorted((plain(one) for one in diary.incidents.values() if one.windows), key=str)


def test_the_gravest_groups_of_a_storm_are_kept() -> None:
    found = [
        Verdict(
            metric=Metric(name="null_share", value=0.5, column=f"c{number}", family="missing"),
            status=Status.FAIL,
            severity=100.0 - number,
        )
        for number in range(200)
    ]
    kept = alert_of(found, "much")
    assert kept is not None
    assert len(kept.groups) == KEPT
    assert kept.top == ("c0", "missing")
    assert alert_of([], "") is None


@pytest.mark.parametrize("span", [timedelta(hours=1), timedelta(days=7)])
def test_a_decision_is_taken_back_from_the_last_one_on(span: timedelta) -> None:
    diary = Diary().live("t")
    diary.decide(Happening.ACKNOWLEDGED)
    diary.decide(Happening.SNOOZED, until=day(0).end + span)
    diary.decide(Happening.NOTED, note="looking")
    diary.decide(Happening.UNDONE)
    assert [event.what for event in diary.incidents[1].decided] == [Happening.ACKNOWLEDGED]
    diary.decide(Happening.UNDONE)
    assert diary.incidents[1].decided == []
