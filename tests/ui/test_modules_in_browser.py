"""The browser's modules where they run: what they work out, in Chromium, without Airflow around them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from airflow_mlmonitor.ui.static_files import FOLDER

Run = Callable[..., Any]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STANDS_FOR_AIRFLOW = """
globalThis.React = { createElement: (kind, props, ...children) => ({ kind, props, children }) };
globalThis.ReactRouterDOM = { Link: "a", useLocation: () => location };
"""
"""Elements as plain objects: enough to load every module, and to look at what draws without state."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the files as the API server does, and logs nothing."""

    extensions_map: ClassVar[dict[str, str]] = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
    }

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Evaluate a function of JavaScript in a page; it gets our modules' folder, and an argument."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=FOLDER))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    errors: list[str] = []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(timezone_id="UTC")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/style.css")
        page.evaluate(STANDS_FOR_AIRFLOW)

        def evaluate(name: str, body: str, given: object = None) -> Any:
            answer = page.evaluate(
                f"async (given) => {{ const it = await import('/{name}'); {body} }}", given
            )
            assert errors == []
            return answer

        yield evaluate
        browser.close()
    server.shutdown()
    server.server_close()


def point(
    day: str, value: float | None, lower: float | None = None, upper: float | None = None
) -> dict[str, Any]:
    start = f"{day}T00:00:00+00:00"
    return {
        "window_start": start,
        "window_end": start,
        "value": value,
        "lower": lower,
        "upper": upper,
        "status": "ok",
        "state": "clean",
        "run_id": "",
    }


def test_the_bundle_gives_airflow_a_component_under_both_names(run: Run) -> None:
    names = run("main.js", "return [typeof globalThis.AirflowPlugin, typeof globalThis['ML Monitor']];")
    assert names == ["function", "function"]


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0, 0.36, "share", ["40%", "20", "0"]),
        (0, 0.077, "share", ["8%", "4", "0"]),
        (0, 0.0012, "share", ["0.16%", "0.08", "0"]),
        (0.08, 0.5, "number", ["0.50", "0.25", "0"]),
        (650, 1040, "count", ["1,200", "800", "400"]),
        (0, 0, "share", ["20%", "10", "0"]),
        (-4, 3, "number", ["4", "0", "-4"]),
    ],
)
def test_ticks_are_round_and_only_the_top_one_has_the_unit(
    run: Run, low: float, high: float, unit: str, words: list[str]
) -> None:
    body = "return it.vertical(given.ends, given.unit).ticks.map(({ words }) => words);"
    assert run("scale.js", body, {"ends": [low, high], "unit": unit}) == words


def test_every_axis_holds_what_it_is_given(run: Run) -> None:
    ends = [
        [low * size, high * size]
        for low, high in [(-3, 7), (0, 1), (0.99, 1.01), (5, 5)]
        for size in (1e-6, 1, 1e6)
    ]
    body = "return given.map(([low, high]) => { const { low: a, high: b } = it.vertical([low, high], 'number', 4); return [a, b]; });"
    for (low, high), (start, end) in zip(ends, run("scale.js", body, ends), strict=True):
        assert start <= low + 1e-9 * abs(low)
        assert end >= high - 1e-9 * abs(high)


def test_a_missing_run_leaves_a_gap_and_a_weekend_does_not(run: Run) -> None:
    body = "return it.linePath(given, it.horizontal(given), it.vertical([0, 1], 'number')).split('M').length - 1;"
    daily = [point(f"2026-03-{day:02}", 0.5) for day in range(1, 31)]
    weekdays = [one for at, one in enumerate(daily) if at % 7 < 5]
    assert run("scale.js", body, daily) == 1
    assert run("scale.js", body, [*daily[:10], *daily[12:]]) == 2
    assert run("scale.js", body, weekdays) == 1
    assert run("scale.js", body, [*daily[:10], point("2026-03-11", None), *daily[11:]]) == 2


def test_the_axis_of_a_share_begins_at_0_and_of_a_band_far_out_shows_the_line(run: Run) -> None:
    body = "return it.extent(given.points, given.unit);"
    high = [point("2026-03-01", 0.5), point("2026-03-02", 0.6)]
    assert run("scale.js", body, {"points": high, "unit": "share"}) == [0, 0.6]
    assert run("scale.js", body, {"points": high, "unit": "number"}) == [0.5, 0.6]
    wide = [point("2026-03-01", 0.5, -900, 900), point("2026-03-02", 0.6, 0.45, 0.65)]
    assert run("scale.js", body, {"points": wide, "unit": "number"}) == [0.45, 0.65]


def test_moments_stand_in_the_zone_that_was_chosen_in_airflow_and_data_days_in_utc(run: Run) -> None:
    body = """
    localStorage.setItem("timezone", JSON.stringify(given));
    const iso = "2026-11-19T23:30:00+00:00";
    return [it.clock(iso), it.moment(iso), it.wholeDay("2026-11-19T00:00:00+00:00"), it.zone()];
    """
    tokyo = ["08:30", "20 Nov 2026, 08:30 (Asia/Tokyo)", "Thu 19 Nov 2026", "Asia/Tokyo"]
    assert run("format.js", body, "Asia/Tokyo") == tokyo
    assert run("format.js", body, "No/Where")[0] == "23:30"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"])
def test_tomorrow_morning_is_that_of_the_zone_also_when_clocks_change(run: Run, zone: str) -> None:
    body = """
    localStorage.setItem("timezone", JSON.stringify(given.zone));
    return given.now.map((now) => it.clock(it.tomorrowAt(9, new Date(now).getTime())));
    """
    changes = ["2026-03-07T20:15:10Z", "2026-10-31T20:15:10Z", "2026-04-04T03:00:00Z", "2026-10-03T03:00:00Z"]
    assert run("format.js", body, {"zone": zone, "now": changes}) == ["09:00"] * 4


def test_ages_are_relative_for_two_days(run: Run) -> None:
    body = """
    localStorage.setItem("timezone", '"UTC"');
    const now = Date.UTC(2026, 10, 20, 3, 16);
    return given.map((minutes) => it.ago(new Date(now - 60000 * minutes).toISOString(), now));
    """
    assert run("format.js", body, [0.2, 12, 180, 2870, 60 * 24 * 3]) == [
        "just now",
        "12 min ago",
        "3 h ago",
        "48 h ago",
        "17 Nov 2026",
    ]


def test_numbers_read_as_people_write_them(run: Run) -> None:
    body = "return given.map(([value, unit]) => it.number(value, unit));"
    given = [
        (0.36, "share"),
        (0, "share"),
        (None, "share"),
        (1024, "count"),
        (0.030451, "number"),
        (1e-9, "number"),
    ]
    assert run("format.js", body, given) == ["36.0%", "0", "—", "1,024", "0.0305", "1.00e-9"]


def test_a_spreadsheet_gets_full_numbers_and_no_formulas(run: Run) -> None:
    odd = {**point("2026-03-01", 0.1 + 0.2, -1.5), "run_id": '=HYPERLINK("x"), y'}
    lines = run("table.js", "return it.csvOf(given);", [odd]).split("\r\n")
    assert lines[0] == "window_start,window_end,value,lower,upper,status,state,run_id"
    assert lines[1].endswith("""0.30000000000000004,-1.5,,ok,clean,"'=HYPERLINK(""x""), y\"""")


def test_the_explorer_shows_what_was_asked_for_as_far_as_there_is_such_a_thing(run: Run) -> None:
    series = [
        {"monitor": monitor, "column": column, "metric": metric, "slice": cut}
        for monitor, column, metric, cut in [
            ("a", "x", "psi", ""),
            ("a", "x", "mean", "origin=EWR"),
            ("a", "x", "mean", ""),
            ("b", "y", "psi", ""),
        ]
    ]
    body = "const { monitor, column, metric, slice } = it.choose(given.names, given.wanted); return [monitor, column, metric, slice];"

    def chosen(**wanted: str) -> list[str]:
        found: list[str] = run("explorer.js", body, {"names": {"series": series}, "wanted": wanted})
        return found

    assert chosen(monitor="a", column="x", metric="psi") == ["a", "x", "psi", ""]
    assert chosen(monitor="a", column="x", metric="mean", slice="origin=EWR") == ["a", "x", "mean", ""]
    assert chosen(monitor="a", column="gone", metric="gone") == ["a", "x", "mean", ""]
    assert chosen(monitor="b", metric="mean") == ["b", "y", "psi", ""]
    assert chosen() == ["a", "x", "mean", ""]


@pytest.mark.parametrize(
    ("cell", "look"),
    [
        ({"status": "ok", "state": "clean", "ratio": 0.1}, "shade-0"),
        ({"status": "ok", "state": "clean", "ratio": 0.5}, "shade-2"),
        ({"status": "ok", "state": "clean", "ratio": 7}, "shade-3"),
        ({"status": "ok", "state": "clean", "ratio": None}, "shade-0"),
        ({"status": "warn", "state": "alert", "ratio": 1.2}, "warn"),
        ({"status": "fail", "state": "bad", "ratio": 9}, "bad"),
        ({"status": "fail", "state": "accepted", "ratio": 9}, "fail"),
    ],
)
def test_a_run_looks_as_it_came_out_unless_its_data_were_bad(
    run: Run, cell: dict[str, Any], look: str
) -> None:
    assert run("strip.js", "return it.lookOf(given);", cell) == look


def test_a_link_out_of_a_store_never_runs_a_script(run: Run) -> None:
    body = "return given.map((to) => { const { kind, props } = it.Way({ to, dagId: 'd', children: 'x' }); return [kind, props.href ?? props.to ?? null]; });"
    given = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "/dags/d", "?metric=psi"]
    assert run("places.js", body, given) == [
        ["span", None],
        ["span", None],
        ["span", None],
        ["a", "/dags/d"],
        ["a", "/dags/d/plugin/mlmonitor_dag?metric=psi"],
    ]


def test_ids_are_written_into_addresses_as_they_have_to_be(run: Run) -> None:
    body = "return [it.taskPlace('d', 'manual__2026+00:00', 'g/t', 3), it.incidentIn(given), it.incidentIn('/plugin/mlmonitor')];"
    assert run("places.js", body, "/air/plugin/mlmonitor/incident/142") == [
        "/dags/d/runs/manual__2026+00:00/tasks/g%2Ft/mapped/3/plugin/mlmonitor_task",
        142,
        None,
    ]


def test_code_and_columns_are_set_as_code_and_nothing_is_lost(run: Run) -> None:
    body = "return it.rich(given.text, given.codes).map((part) => (typeof part === 'string' ? part : `<${part.children[0]}>`)).join('');"
    told = {"text": "temp of `load_weather`; temperature and dep_delay, temp.", "codes": ["temp", "delay"]}
    assert run("element.js", body, told) == "<temp> of <load_weather>; temperature and dep_delay, <temp>."
    assert run("element.js", body, {"text": "", "codes": []}) == ""
