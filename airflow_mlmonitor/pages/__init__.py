"""What people read of a metrics store, page by page, as plain documents.

Everything here only reads what runs have stored; nothing is measured or judged anew.
"""

from __future__ import annotations
