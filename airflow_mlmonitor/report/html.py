"""Pages that need nothing but a browser: no script, no request, one file.

They show the documents of the pages room and compute nothing. Texts of documents are escaped wherever they stand:
the names of columns and their values come from data.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from airflow_mlmonitor.pages.documents import DagRunPage, TaskPage
from airflow_mlmonitor.pages.findings_document import LinkDocument
from airflow_mlmonitor.pages.overview_documents import IncidentPage, ModelsPage
from airflow_mlmonitor.report.distribution_paths import outline, pairs
from airflow_mlmonitor.report.links import Links
from airflow_mlmonitor.report.page_words import DISPLAY_WORDS, FILTERS
from airflow_mlmonitor.report.sparkline import sparkline

Theme = Literal["", "light", "dark"]
"""How a page looks: as the reader's system does, or as told."""


def task_html(page: TaskPage, *, links: Links | None = None, theme: Theme = "") -> str:
    """Show what one run of a monitor found.

    Parameters
    ----------
    page
        As :func:`~airflow_mlmonitor.pages.task_page.run_page` reads it.
    links
        Where its links lead; without, the page has none and can be sent to anybody.
    theme
        Light or dark; by default as the reader's system is.

    Examples
    --------
    Keep the report of a day::

        page = run_page(store, monitor="flight_delay/skew", window=Window.parse("2013-03-14"))
        Path("report.html").write_text(task_html(page), encoding="utf-8")
    """
    title = f"{page['verdict']['monitor']}, {page['verdict']['window_words']}"
    return _page("task", title, links, theme, page=page)


def tasks_html(
    pages: Sequence[TaskPage], *, title: str, links: Links | None = None, theme: Theme = ""
) -> str:
    """Show what the runs of several monitors found, one below the other; of one alone, its page.

    Parameters
    ----------
    pages
        In the order in which they stand.
    title
        What they have in common, such as the name of a model.
    links, theme
        As in :func:`task_html`.
    """
    if len(pages) == 1:
        return task_html(pages[0], links=links, theme=theme)
    return _page("tasks", title, links, theme, pages=pages)


def incident_html(page: IncidentPage, *, links: Links | None = None, theme: Theme = "") -> str:
    """Show one problem over time. The parameters are those of :func:`task_html`."""
    if links is not None:
        links = links.of(page["incident"]["dag_id"], page["run_id"])
    return _page("incident", f"Incident {page['incident']['id']}", links, theme, page=page)


def models_html(
    page: ModelsPage, *, links: Links | None = None, theme: Theme = "", query: str = "", state: str = ""
) -> str:
    """Show every model that somebody may read, those that need attention first.

    Parameters
    ----------
    page, links, theme
        As in :func:`task_html`.
    query, state
        What was searched for, and the status that was chosen: the page shows both.
    """
    calm = ("ok", "learning", "waiting", "none", "running")
    worried = [row for row in page["models"] if row["incident"] or row["status"] not in calm]
    groups = [("Need attention", worried), ("Quiet", [row for row in page["models"] if row not in worried])]
    return _page("models", "Models", links, theme, page=page, groups=groups, query=query, state=state)


def dag_run_html(
    page: DagRunPage,
    *,
    title: str = "",
    tasks: Sequence[TaskPage] = (),
    links: Links | None = None,
    theme: Theme = "",
) -> str:
    """Show all monitors of one DAG run, in pipeline order.

    Parameters
    ----------
    page, links, theme
        As in :func:`task_html`.
    title
        Names the run, such as ``flight_delay, scheduled__2013-03-14``.
    tasks
        What some of the monitors found, shown in full below.
    """
    numbers = {task["verdict"]["monitor"]: number for number, task in enumerate(tasks, start=1)}
    return _page("dag_run", title or "DAG run", links, theme, page=page, tasks=tasks, numbers=numbers)


def problem_html(
    title: str,
    text: str,
    hint: str = "",
    *,
    known: Sequence[str] = (),
    way: LinkDocument | None = None,
    links: Links | None = None,
    theme: Theme = "",
) -> str:
    """Say that a page cannot be shown: what is wrong, and what to do.

    Parameters
    ----------
    title, text, hint
        What is wrong, in a few words and in a sentence; what to do about it.
    known
        What is known nevertheless, in lines.
    way
        A way on, which the server itself has made.
    links, theme
        As in :func:`task_html`.

    Examples
    --------
    >>> "Cannot reach the store." in problem_html("Cannot reach the store.", "Its database is away.")
    True
    """
    return _page("problem", title, links, theme, text=text, hint=hint, known=known, way=way)


def _page(template: str, title: str, links: Links | None, theme: Theme, **named: Any) -> str:
    found = _environment().get_template(f"{template}.html")
    return found.render(title=title, links=links, theme=theme, **named)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("airflow_mlmonitor.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    style = files("airflow_mlmonitor.report").joinpath("style.css").read_text("utf-8")
    made.globals |= {
        "style": Markup(style),  # noqa: S704 - the package's own file
        "words": DISPLAY_WORDS,
        "sparkline": sparkline,
        "outline": outline,
        "pairs": pairs,
    }
    return made
