"""Pictures of the pages, small enough for a repository: kept in docs/pictures where that is asked for.

``make pictures`` asks for it; every other run of the tests takes the same pictures and leaves them in its folder.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.e2e.browsing import WIDE, Window
from tests.e2e.desk import DAG, RUN, TASK, Desk

PLACE = Path(__file__).parents[2] / "docs" / "pictures"
VARIABLE = "MLMONITOR_KEEP_PICTURES"
COLOURS = 255
MOST_BYTES = 200_000
KEPT = os.environ.get(VARIABLE) == "1"
"""Whether the pictures of this run are for the documentation."""


@dataclass(frozen=True)
class View:
    """One picture: what is shown, and how much of it.

    :param name: of the file.
    :param page: which of our pages it is.
    :param path: where that is in Airflow's UI.
    :param height: pixels of the window.
    """

    name: str
    page: str
    path: str
    height: int


def before(desk: Desk) -> list[View]:
    """What is worth a picture before anybody has decided anything."""
    history = "monitor=flight_delay%2Fskew&metric=null_share&column=temp"
    return [
        View("task", "task", f"{desk.task}/{TASK}", 860),
        View("dag", "dag", f"/dags/flight_delay/{DAG}?{history}", 780),
        View("run", "run", f"{desk.run}/{RUN}", 600),
        View("models", "models", "/plugin/mlmonitor", 420),
        View("banner", "banner", "/", 420),
    ]


def after(desk: Desk) -> list[View]:
    """What is worth a picture when somebody is on it."""
    return [View("incident", "incident", desk.incident, 760)]


def dark(desk: Desk) -> list[View]:
    """What is worth a picture in the dark, in a narrow window."""
    return [View("task_dark", "task", f"{desk.task}/{TASK}", 1000)]


def take(desk: Desk, shown: list[View], folder: Path, *, width: int = WIDE, dark: bool = False) -> None:
    """Take pictures: into docs/pictures where they are for the documentation, else into a folder."""
    place = PLACE if KEPT else folder
    place.mkdir(parents=True, exist_ok=True)
    with desk.window(desk.morning.admin, width=width, dark=dark) as window:
        for view in shown:
            _check(_taken(desk, window, view, width, place))


def _taken(desk: Desk, window: Window, view: View, width: int, place: Path) -> Path:
    window.page.set_viewport_size({"width": width, "height": view.height})
    desk.open(window, view.page, view.path)
    window.page.wait_for_load_state("networkidle")  # what Airflow shows around it too
    path = place / f"{view.name}.png"
    path.write_bytes(small(window.page.screenshot()))
    return path


def small(picture: bytes) -> bytes:
    """Return a PNG with so few colours that it is small; text and charts look the same."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _check(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES, path.name
    with Image.open(path) as image:
        colours = image.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 20, f"{path.name} shows nothing"
