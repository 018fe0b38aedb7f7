from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import fsspec
import pytest

from airflow_mlmonitor.data.connections import EnvironmentConnections, NamedConnections
from airflow_mlmonitor.errors import ConfigurationError, NotDelivered
from airflow_mlmonitor.report.writing import write_page

PAGE = "<!doctype html><p>Ä–∞</p>"
NONE = EnvironmentConnections()


def test_a_page_is_written_with_its_folders_and_readable_by_all(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "report.html"
    assert write_page(PAGE, str(place), NONE) == str(place)
    assert place.read_text("utf-8") == PAGE
    assert stat.S_IMODE(place.stat().st_mode) == 0o666 & ~umask()
    write_page("<p>again</p>", f"file://{place}", NONE)
    assert place.read_text("utf-8") == "<p>again</p>"
    assert [path.name for path in place.parent.iterdir()] == ["report.html"]


def umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_page_goes_into_an_object_store(tmp_path: Path) -> None:
    assert write_page(PAGE, "memory://reports/2013-03-14.html", NONE) == "memory://reports/2013-03-14.html"
    with fsspec.open("memory://reports/2013-03-14.html", "rt", encoding="utf-8") as file:
        assert file.read() == PAGE


def test_its_connection_is_asked_for(tmp_path: Path) -> None:
    asked: list[Any] = []

    class Asked(NamedConnections):
        def filesystem(self, url: str, conn_id: str | None) -> Any:
            asked.append((url, conn_id))
            return fsspec.filesystem("memory")

    write_page(PAGE, "s3://reports/a.html", Asked({}), "lake")
    assert asked == [("s3://reports/a.html", "lake")]


@pytest.mark.parametrize("place", ["", " ", "reports/", "s3://reports/"])
def test_a_folder_is_no_place_for_a_page(place: str) -> None:
    with pytest.raises(ConfigurationError, match=r"end it in a name such as report\.html"):
        write_page(PAGE, place, NONE)


def test_what_cannot_be_written_says_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        NotDelivered, match="could not be written to .*/file/report.html: .*[Nn]ot a directory|exists"
    ):
        write_page(PAGE, str(tmp_path / "file" / "report.html"), NONE)
    with pytest.raises(ConfigurationError, match="nowhere://"):
        write_page(PAGE, "nowhere://bucket/a.html", NONE)


def test_no_secret_of_a_url_is_shown() -> None:
    class Away(NamedConnections):
        def filesystem(self, url: str, conn_id: str | None) -> Any:
            raise OSError("refused")

    with pytest.raises(NotDelivered) as caught:
        write_page(PAGE, "https://ana:secret@files.example.com/a.html?sig=abc", Away({}))
    assert "secret" not in str(caught.value)
    assert "sig" not in str(caught.value)
    assert "https://files.example.com/a.html: refused" in str(caught.value)
