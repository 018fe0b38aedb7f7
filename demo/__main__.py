"""`python -m demo` tells the story; `python -m demo ui` opens Airflow's UI on it."""

from __future__ import annotations

import sys

from demo import home, story

if __name__ == "__main__":
    if sys.argv[1:] == ["ui"]:
        home.open_ui()
    sys.exit(story.tell())
