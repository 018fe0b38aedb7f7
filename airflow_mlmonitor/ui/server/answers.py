"""How documents are sent."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

UNKEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
"""Headers of what is said of data: it is for this person, and for now."""


def answer(document: Any, status: int = 200) -> JSONResponse:
    """Send a document as JSON, for nobody to keep."""
    return JSONResponse(document, status_code=status, headers=UNKEPT)
