"""What the Accept dialog offers, says and sends, worked out where it runs: in Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.test_modules_in_browser import Run, run  # noqa: F401 - a fixture


def finding(rank: int, column: str, *, advised: bool = False, status: str = "fail", **more: Any) -> Any:
    groups = [{"column": column, "family": "missing"}]
    return {
        "rank": rank,
        "status": status,
        "title": f"{column} is missing",
        "groups": groups,
        "accept_advised": advised,
        **more,
    }


MORNING = [
    finding(1, "temp"),
    finding(2, "fare", groups=[], accepted=True),
    finding(3, "carrier", advised=True, status="warn"),
    finding(4, "age", status="warn"),
]
REST = [{"column": column, "family": "missing"} for column in ("dewp", "", "dewp")]

DIALOG = """
const choices = it.choicesOf(given.findings, given.others);
const chosen = given.chosen ? new Set(given.chosen) : it.ticked(choices);
return {
  ranks: choices.map(({ rank }) => rank),
  titles: choices.map(({ title }) => title),
  chosen: [...chosen],
  words: it.acceptWords(choices, chosen),
  body: it.acceptBody(choices, chosen),
  effect: it.acceptEffect(choices, chosen, { id: 142, runs: given.runs ?? 1 }),
};
"""


def dialog(run: Run, **given: Any) -> Any:  # noqa: F811
    return run("accepting.js", DIALOG, {"findings": MORNING, "others": [], **given})


def test_nothing_is_ticked_but_warnings_that_are_advised_to_be_accepted(run: Run) -> None:  # noqa: F811
    shown = dialog(run)
    assert shown["ranks"] == [1, 3, 4], "finding 2 is accepted already"
    assert shown["chosen"] == [1]
    assert shown["words"] == "Accept finding 3"
    assert shown["body"] == {"groups": [{"column": "carrier", "family": "missing"}]}
    assert "the rest of incident 142 stays as it is" in shown["effect"]
    assert "From this run on" in shown["effect"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "Accept what is ticked"),
        ([0], "Accept finding 1"),
        ([0, 1], "Accept findings 1 and 3"),
        ([1, 2, 3], "Accept findings 3, 4 and everything else"),
        ([3], "Accept everything else"),
        ([2, 3], "Accept finding 4 and everything else"),
        ([0, 1, 2, 3], "Accept the whole incident"),
    ],
)
def test_the_button_repeats_the_choice(run: Run, chosen: list[int], words: str) -> None:  # noqa: F811
    assert dialog(run, others=REST, chosen=chosen)["words"] == words


def test_all_of_it_is_the_incident_as_a_whole(run: Run) -> None:  # noqa: F811
    shown = dialog(run, chosen=[0, 1, 2], runs=3)
    assert shown["words"] == "Accept all 3 findings"
    assert shown["body"] == {}
    assert "From its first run on" in shown["effect"]
    assert "incident 142 is over" in shown["effect"]
    alone = dialog(run, findings=MORNING[:1], chosen=[0])
    assert (alone["words"], alone["body"]) == ("Accept finding 1", {})


def test_what_else_the_incident_is_about_is_one_choice_that_names_it(run: Run) -> None:  # noqa: F811
    shown = dialog(run, others=REST, chosen=[3])
    assert shown["titles"][-1] == "Everything else of it: dewp, the table"
    assert shown["body"] == {"groups": REST}
    many = [{"column": f"c{number}", "family": "x"} for number in range(8)]
    assert dialog(run, others=many)["titles"][-1].endswith("c0, c1, c2, c3, c4 and 3 more")


def test_on_the_page_of_an_incident_what_follows_from_a_finding_is_accepted_with_it(run: Run) -> None:  # noqa: F811
    def affected(rank: int, title: str, why: str, **more: Any) -> Any:
        series = [{"rank": rank, "status": "fail", "series": {"column": "temp"}}]
        return {"title": title, "why": why, "rows": None, "series": series, "groups": [], **more}

    given = [
        affected(1, "Missing on the same 353 rows", "origin = EWR", accept_advised=False),
        affected(1, "Follows from it", ""),
        affected(2, "Follows from it", "", accept_advised=True),
    ]
    body = "return it.findingsOf(given).map(({ rank, title, status, accept_advised }) => [rank, title, status, accept_advised]);"
    assert run("incident_page.js", body, given) == [
        [1, "Missing on the same 353 rows, origin = EWR", "fail", False],
        [2, "Follows from it", "fail", True],
    ]
