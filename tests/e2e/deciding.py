"""What somebody decides in Airflow's UI, and takes back, and what others see of it.

Each function is one thing that holds at the :class:`~tests.e2e.desk.Desk`, named as it is reported; they follow from
each other.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.desk import TASK, Desk

NOTE = "EWR's observations arrive late; asked the weather team."


def acknowledging_says_so_and_can_be_undone_from_the_toast(desk: Desk) -> None:
    window = desk.admin
    window.open(f"{desk.task}/{TASK}")
    window.at("acknowledge").click()
    expect(window.at("toast")).to_contain_text("You are on incident")
    expect(window.at("incident")).to_contain_text("acknowledged by admin")
    assert standing(desk) == "acknowledged"
    window.at("toast-undo").click()
    expect(window.at("acknowledge")).to_be_enabled()
    assert standing(desk) == "open"


def what_is_acknowledged_is_only_counted_on_home(desk: Desk) -> None:
    desk.admin.at("acknowledge").click()
    expect(desk.admin.at("incident")).to_contain_text("acknowledged by admin")
    window = desk.viewer
    window.open("/")
    expect(window.at("banner")).to_contain_text("1 acknowledged")
    expect(window.at("banner")).not_to_contain_text("flight_delay:")
    window.open(f"{desk.task}/{TASK}")
    expect(window.at("incident")).to_contain_text("acknowledged by admin")
    expect(window.at("verdict", status="fail")).to_be_visible()


def snoozing_says_until_when(desk: Desk) -> None:
    window = desk.admin
    window.at("snooze").click()
    window.at("snooze-worse").click()
    expect(window.at("incident")).to_contain_text("snoozed until it gets worse")
    assert standing(desk) == "snoozed"
    window.at("undo").click()
    expect(window.at("incident")).not_to_contain_text("snoozed")


def a_dialog_states_the_effect_and_escape_leaves_everything_as_it_was(desk: Desk) -> None:
    window = desk.admin
    before = standing(desk)
    window.at("accept").click()
    expect(window.at("accept-dialog")).to_contain_text("will count as normal")
    expect(window.at("accept-confirm")).to_have_text(re.compile("^Accept "))
    window.page.keyboard.press("Escape")
    expect(window.at("accept-dialog")).to_have_count(0)
    expect(window.at("accept")).to_be_focused()
    assert standing(desk) == before


def a_note_stands_in_the_timeline_for_everybody(desk: Desk) -> None:
    desk.admin.open(desk.incident)
    desk.admin.at("note").fill(NOTE)
    desk.admin.at("note-add").click()
    expect(desk.admin.at("timeline")).to_contain_text(NOTE)
    desk.viewer.open(desk.incident)
    expect(desk.viewer.at("timeline")).to_contain_text(NOTE)
    expect(desk.viewer.at("timeline")).to_contain_text("by admin")
    expect(desk.viewer.at("note")).to_be_disabled()


def nothing_went_wrong_meanwhile_and_nothing_was_asked_of_other_hosts(desk: Desk) -> None:
    for window in (desk.viewer, desk.admin):
        assert window.errors == []
        assert window.elsewhere == []


def standing(desk: Desk) -> str:
    """How the incident stands, as the server has it."""
    page = desk.morning.admin.get(f"/mlmonitor/api/incident/{desk.morning.incident()}")
    return str(page["incident"]["state"])


DECIDING = (
    acknowledging_says_so_and_can_be_undone_from_the_toast,
    what_is_acknowledged_is_only_counted_on_home,
    snoozing_says_until_when,
    a_dialog_states_the_effect_and_escape_leaves_everything_as_it_was,
    a_note_stands_in_the_timeline_for_everybody,
    nothing_went_wrong_meanwhile_and_nothing_was_asked_of_other_hosts,
)
