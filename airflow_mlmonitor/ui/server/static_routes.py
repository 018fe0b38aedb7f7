"""What the browser loads; not for those who are not logged in."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from airflow_mlmonitor.ui.server.problems import Problem
from airflow_mlmonitor.ui.static_files import FOLDER, edition

router = APIRouter()

KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".map": "application/json",
    ".woff2": "font/woff2",
}
"""What is served, and as what; other files are none of the browser's."""

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


@router.get("/static/{name:path}", include_in_schema=False)
async def static(request: Request, name: str) -> Response:
    """Give one file; under the address of the edition that it is of, a browser may keep it."""
    now = edition()
    given, _, rest = name.partition("/")
    path = _file(rest) or _file(name)
    if path is None:
        raise Problem("unknown", 404, "There is no such file.", "Reload the page: the provider may be newer.")
    headers = {
        "Cache-Control": FOR_EVER if given == now else ASK_AGAIN,
        "X-Content-Type-Options": "nosniff",
    }
    response = FileResponse(path, media_type=_kind(path), headers=headers, stat_result=path.stat())
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return Response(status_code=304, headers={**headers, "ETag": response.headers["etag"]})
    return response


def _file(name: str) -> Path | None:
    """Return the file of a name, if it is one of those that are served."""
    if "\0" in name:
        return None
    path = (FOLDER / name).resolve()
    inside = path.is_relative_to(FOLDER.resolve())
    return path if inside and path.suffix in KINDS and path.is_file() else None


def _kind(path: Path) -> str:
    return KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
