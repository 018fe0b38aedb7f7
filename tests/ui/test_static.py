from __future__ import annotations

import os

import pytest

from airflow_mlmonitor.ui import static_files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files of the browser, beside one that is not for it."""
    inside = tmp_path / "static"
    (inside / "deep").mkdir(parents=True)
    (inside / "main.js").write_text("export const answer = 42;\n")
    (inside / "deep" / "style.css").write_text("b { color: red }\n")
    (inside / "notes.txt").write_text("secret\n")
    (tmp_path / "plugin.js").write_text("secret\n")
    for module in ("airflow_mlmonitor.ui.static_files", "airflow_mlmonitor.ui.server.static_routes"):
        monkeypatch.setattr(f"{module}.FOLDER", inside)
    return inside


def test_a_file_has_its_type(folder, client_of):
    answer = client_of("vic").get("/mlmonitor/static/main.js")
    assert answer.text == "export const answer = 42;\n"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    style = client_of("vic").get("/mlmonitor/static/deep/style.css")
    assert style.headers["content-type"].startswith("text/css")


def test_under_the_address_of_its_edition_a_browser_may_keep_it(folder, client_of):
    address = static_files.address("deep/style.css")
    answer = client_of("vic").get(f"/mlmonitor/{address}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    (folder / "main.js").write_text("export const answer = 43;\n")
    os.utime(folder / "main.js", ns=(1, 1))
    assert static_files.address("deep/style.css") != address
    assert client_of("vic").get(f"/mlmonitor/{address}").headers["cache-control"] == "private, no-cache"


def test_else_it_asks_whether_it_has_changed(folder, client_of):
    client = client_of("vic")
    first = client.get("/mlmonitor/static/main.js")
    assert first.headers["cache-control"] == "private, no-cache"
    same = client.get("/mlmonitor/static/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    os.utime(folder / "main.js", ns=(1, 1))
    other = client.get("/mlmonitor/static/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "../plugin.js",
        "%2e%2e/plugin.js",
        "..%2fplugin.js",
        "deep/../../plugin.js",
        "x/../../plugin.js",
        "/etc/passwd",
        "//etc/passwd",
        "..%5cplugin.js",
        "main.js%00.css",
        "notes.txt",
        "deep",
        "",
    ],
)
def test_nothing_else_is_served(folder, name, client_of):
    answer = client_of("vic").get(f"/mlmonitor/static/{name}")
    assert answer.status_code in (404, 422)
    assert "secret" not in answer.text
    assert "root:" not in answer.text


def test_a_link_out_of_the_folder_leads_nowhere(folder, client_of):
    (folder / "link.js").symlink_to(folder.parent / "plugin.js")
    assert client_of("vic").get("/mlmonitor/static/link.js").status_code == 404


def test_every_file_of_the_package_is_served(client_of):
    names = [path.relative_to(static_files.FOLDER).as_posix() for path in static_files.FOLDER.rglob("*.*")]
    for name in names:
        assert client_of("vic").get(f"/mlmonitor/{static_files.address(name)}").status_code == 200, name
