"""The alert picture, looked at pixel by pixel."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

import pytest

from airflow_mlmonitor.report.charts import FONT, _chart, alert_png
from tests.report.pages_made import finding, history, numeric

Colour = tuple[int, ...]

FAILED, FAILED_TEXT, WARNED, SERIES, BAND = "#e7000b", "#c10007", "#e17100", "#3c5b89", "#dce7f5"


class Picture:
    """A PNG, decoded."""

    def __init__(self, png: bytes) -> None:
        assert png.startswith(b"\x89PNG\r\n")
        at, packed = 8, b""
        while at < len(png):
            (length,) = struct.unpack(">I", png[at : at + 4])
            kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, colour, *_ = struct.unpack(">IIBBBBB", body)
                assert (depth, colour) in {(8, 2), (8, 6)}
                self.channels = 3 if colour == 2 else 4
            packed += body if kind == b"IDAT" else b""
            at += 12 + length
        self.rows = self._rows(zlib.decompress(packed))

    def _rows(self, data: bytes) -> list[list[Colour]]:
        step, line = self.channels, self.width * self.channels
        before, rows = bytearray(line), []
        for row in range(self.height):
            how, *raw = data[row * (line + 1) : (row + 1) * (line + 1)]
            now = bytearray(raw)
            for at in range(line):
                left = now[at - step] if at >= step else 0
                up, corner = before[at], before[at - step] if at >= step else 0
                now[at] = (now[at] + _predicted(how, left, up, corner)) % 256
            rows.append([tuple(now[at : at + 3]) for at in range(0, line, step)])
            before = now
        return rows

    def count(
        self, colour: str, *, left: float = 0, right: float = 1, top: float = 0, bottom: float = 1
    ) -> int:
        """Return how many pixels of a colour lie in a part of the picture."""
        rows = self.rows[int(top * self.height) : int(bottom * self.height)]
        wanted = tuple(bytes.fromhex(colour[1:]))
        return sum(Counter(row[int(left * self.width) : int(right * self.width)])[wanted] for row in rows)


def _predicted(how: int, left: int, up: int, corner: int) -> int:
    if how == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda value: abs(guess - value))
    return (0, left, up, (left + up) // 2)[how]


@pytest.fixture(scope="module")
def failed() -> Picture:
    png = alert_png(finding())
    assert png is not None
    return Picture(png)


def test_it_is_490_by_170_at_twice_the_density_and_white(failed: Picture) -> None:
    assert (failed.width, failed.height) == (980, 340)
    assert failed.rows[0][0] == failed.rows[-1][-1] == (255, 255, 255)


def test_the_last_run_is_marked_at_the_right_and_says_its_value(failed: Picture) -> None:
    assert failed.count(FAILED, left=0.93) > 80
    assert failed.count(FAILED, right=0.93) == 0
    assert failed.count(FAILED_TEXT, left=0.6, right=0.95) > 300, "the label is not there: is the font?"
    assert failed.count(WARNED, right=0.2) > 20, "the warning of 27 August is not marked"
    assert failed.count(SERIES) > 1000
    assert failed.count(BAND, left=0.2, right=0.9) > 20_000


def test_title_and_ticks_are_written(failed: Picture) -> None:
    assert failed.count("#161d2d", top=0, bottom=0.15, right=0.5) > 200
    assert failed.count("#3e5873", left=0, right=0.08, top=0.15, bottom=0.9) > 50
    assert failed.count("#3e5873", top=0.88) > 100


def test_every_text_is_in_the_font_that_comes_along() -> None:
    spec = _chart(finding()).to_dict()
    assert (
        spec["config"]["font"]
        == spec["config"]["title"]["font"]
        == spec["config"]["axis"]["labelFont"]
        == FONT
    )
    texts = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert texts
    assert {mark["font"] for mark in texts} == {FONT}


def test_a_warning_has_its_colour_and_no_run_is_drawn_where_there_was_none() -> None:
    with_gap = numeric() | {"history": history([0.15] * 40 + [None] * 30 + [0.2, 0.1], found={-1: "warn"})}
    png = alert_png(with_gap)
    assert png is not None
    picture = Picture(png)
    assert picture.count(WARNED, left=0.9) > 50
    assert picture.count(FAILED) == 0
    assert picture.count(SERIES, left=0.2, right=0.5, top=0.2) > 300
    assert picture.count(SERIES, left=0.62, right=0.9, top=0.2) == 0


def test_names_of_columns_are_text_and_never_read() -> None:
    ugly = "datum.x ? '<script>' : {expr} \\ \" \n"
    png = alert_png(finding(column=ugly))
    assert png is not None
    assert Picture(png).count(FAILED_TEXT) > 300


def test_without_any_value_there_is_no_picture() -> None:
    assert alert_png(finding(history=history([None, None]))) is None
