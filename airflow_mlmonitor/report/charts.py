"""The picture that goes with an alert: one series, its expected range, and the run that is out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import vl_convert

from airflow_mlmonitor.pages.findings_document import FindingDocument, PointDocument
from airflow_mlmonitor.report.axes import Tick, TimeAxis, ValueAxis
from airflow_mlmonitor.report.sparkline import FINDINGS, drawn, moment, unbroken
from airflow_mlmonitor.report.words import STATUS_WORDS, capital, plural

WIDTH, HEIGHT, SCALE = 490, 170, 2

FONT = "Liberation Sans"
"""The one font that vl-convert brings along: text in a font that a machine lacks silently disappears."""

TEXT, MUTED, GRID, SERIES, BAND = "#161d2d", "#3e5873", "#dee3ea", "#3c5b89", "#dce7f5"

FULL = 90.0
"""Percent of the height above which nothing more fits over the range."""

CROSS = "M-1 -.6 -.6 -1 0 -.4 .6 -1 1 -.6 .4 0 1 .6 .6 1 0 .4 -.6 1 -1 .6 -.4 0Z"
DIAMOND = "M0 -1 1 0 0 1 -1 0Z"

STATUS = {
    "fail": ("#e7000b", "#c10007", CROSS),
    "warn": ("#e17100", "#973c00", "triangle-up"),
    "broken": (TEXT, TEXT, DIAMOND),
    "ok": ("#007600", TEXT, "circle"),
    "learning": (MUTED, MUTED, "circle"),
}
"""Fill, colour of text and shape of a status, as everywhere in the UI."""


def alert_png(finding: FindingDocument) -> bytes | None:
    """Draw the history of a finding as a PNG, 490 by 170 at twice the density; None where no run has a value.

    White, whatever the theme of who reads it: chats and mail clients do not say.

    Parameters
    ----------
    finding
        As a page has it.

    Examples
    --------
    Keep the picture of a run's first finding::

        page = run_page(store, monitor="flight_delay/skew", window=Window.parse("2013-03-14"))
        Path("alert.png").write_bytes(alert_png(page["findings"][0]))
    """
    if all(point["value"] is None for point in finding["history"]):
        return None
    return vl_convert.vegalite_to_png(_chart(finding).to_dict(), scale=SCALE, allowed_base_urls=[])


def _chart(finding: FindingDocument) -> alt.LayerChart:
    history = finding["history"]
    scale = _Scale(
        TimeAxis(moment(history[0]), moment(history[-1])), ValueAxis.holding(drawn(history), finding["unit"])
    )
    title = f"{capital(finding['metric_words'])}, {plural(len(history), 'run')}"
    layers = [*_band(history, scale), _line(history, scale), *_marks(finding, scale), *_label(finding, scale)]
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .properties(
            width=WIDTH,
            height=HEIGHT,
            padding=8,
            background="white",
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
            title=alt.Title(title, anchor="start", offset=8, limit=WIDTH - 20),
        )
        .configure(font=FONT)
        .configure_title(font=FONT, fontSize=13, fontWeight="bold", color=TEXT)
        .configure_axis(labelFont=FONT, labelFontSize=11, labelColor=MUTED, gridColor=GRID, title=None)
        .configure_text(font=FONT)
        .configure_view(stroke=None)
    )
    return chart


@dataclass(frozen=True)
class _Scale:
    """Where moments and values lie, in percent, so that the ticks are those of the page."""

    time: TimeAxis
    value: ValueAxis

    @property
    def x(self) -> alt.X:
        return alt.X("x:Q", scale=_PERCENT, axis=_axis(self.time.ticks(3), grid=False))

    @property
    def y(self) -> alt.Y:
        return alt.Y("y:Q", scale=_PERCENT, axis=_axis(self.value.ticks, grid=True))

    def row(
        self, point: PointDocument, name: Literal["value", "lower", "upper"], **more: Any
    ) -> dict[str, Any]:
        """One point of a layer; an open side of the range reaches to the edge."""
        edge = {"value": 0.0, "lower": self.value.low, "upper": self.value.high}[name]
        number = point[name]
        place = self.value.place(edge if number is None else number)
        return {"x": self.time.place(moment(point)), "y": place, **more}


_PERCENT = alt.Scale(domain=[0, 100], nice=False)


def _axis(ticks: Sequence[Tick], *, grid: bool) -> alt.Axis:
    words = json.dumps({f"{tick.place:g}": tick.words for tick in ticks})
    return alt.Axis(
        values=[tick.place for tick in ticks],
        labelExpr=f"{words}[datum.value]",
        labelBound=True,
        labelFlush=True,
        labelOverlap=False,
        grid=grid,
        domain=False,
        ticks=False,
        labelPadding=6,
    )


def _band(history: Sequence[PointDocument], scale: _Scale) -> Iterator[alt.Chart]:
    known = [point for point in history if point["lower"] is not None or point["upper"] is not None]
    rows = [
        scale.row(point, "lower", top=scale.row(point, "upper")["y"], stretch=number)
        for number, stretch in enumerate(unbroken(known))
        for point in stretch
    ]
    if not rows:
        return
    chart = _data(rows)
    yield chart.mark_area(color=BAND).encode(x=scale.x, y=scale.y, y2="top:Q", detail="stretch:N")
    place = rows[len(rows) // 5]
    if place["top"] < FULL:
        yield from _text("expected range", {"x": place["x"], "y": place["top"]}, scale, MUTED, dx=2, dy=-7)


def _line(history: Sequence[PointDocument], scale: _Scale) -> alt.Chart:
    rows = [
        scale.row(point, "value", stretch=number)
        for number, stretch in enumerate(unbroken(history))
        for point in stretch
    ]
    style: dict[str, Any] = {"color": SERIES, "strokeWidth": 1.5, "strokeCap": "round", "strokeJoin": "round"}
    line: alt.Chart = _data(rows).mark_line(**style).encode(x=scale.x, y=scale.y, detail="stretch:N")
    return line


def _marks(finding: FindingDocument, scale: _Scale) -> Iterator[alt.Chart]:
    """Earlier runs that were found, small; the last run, large and as grave as the whole finding."""
    history = finding["history"]
    shown = [point for point in history[:-1] if point["status"] in FINDINGS] + [history[-1]]
    for point in shown:
        if point["value"] is not None:
            is_last = point is history[-1]
            fill, _, shape = STATUS[finding["status"] if is_last else point["status"]]
            size = 110 if is_last else 40
            mark = _data([scale.row(point, "value")]).mark_point(
                shape=shape, size=size, fill=fill, stroke="white", strokeWidth=0.8, opacity=1
            )
            yield mark.encode(x=scale.x, y=scale.y)


def _label(finding: FindingDocument, scale: _Scale) -> Iterator[alt.Chart]:
    last = finding["history"][-1]
    if last["value"] is not None:
        words = f"{finding['value_words']}, {STATUS_WORDS[finding['status']].lower()}"
        colour = STATUS[finding["status"]][1]
        yield from _text(words, scale.row(last, "value"), scale, colour, dx=-12, align="right", bold=True)


def _text(
    words: str,
    place: Mapping[str, Any],
    scale: _Scale,
    colour: str,
    *,
    dx: int = 0,
    dy: int = 0,
    align: Literal["left", "right"] = "left",
    bold: bool = False,
) -> Iterator[alt.Chart]:
    """A text with a white rim, so that lines do not run through it."""
    chart = _data([{**place, "words": words}])
    style: dict[str, Any] = {"dx": dx, "dy": dy, "align": align, "font": FONT}
    style |= {"fontSize": 13 if bold else 11, "fontWeight": "bold" if bold else "normal"}
    for rim in ({"stroke": "white", "strokeWidth": 4, "color": "white"}, {"color": colour}):
        yield chart.mark_text(**style, **rim).encode(x=scale.x, y=scale.y, text="words:N")


def _data(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))
