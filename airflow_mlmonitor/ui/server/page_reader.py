"""Documents for a person: what they may read, read once for all who ask at the same time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from airflow_mlmonitor.errors import MLMonitorError
from airflow_mlmonitor.pages.documents import ChartDocument, DagPage, DagRunPage, SeriesNames, TaskPage
from airflow_mlmonitor.pages.overview_documents import Banner, IncidentPage, ModelsPage
from airflow_mlmonitor.store import MetricsStore
from airflow_mlmonitor.ui.server import airflow_records, reading_pages
from airflow_mlmonitor.ui.server.access import Asker, may_not_read
from airflow_mlmonitor.ui.server.airflow_records import TaskAddress
from airflow_mlmonitor.ui.server.problems import Problem, store_problem
from airflow_mlmonitor.ui.server.recent import Recent
from airflow_mlmonitor.ui.server.stores import Stores

T = TypeVar("T")
Editable = TypeVar("Editable", TaskPage, DagRunPage, DagPage, IncidentPage)


class PageReader:
    """Reads documents for those who may see them; one an application.

    Rights are asked for at every request. What is read is kept for some seconds, for everybody who may read it.
    """

    def __init__(self) -> None:
        self.stores = Stores()
        self.recent = Recent()

    async def task(self, asker: Asker, task: TaskAddress) -> TaskPage:
        """The page of a task instance."""
        try:
            page = await self._read(asker, task, partial(reading_pages.task_document, self.stores, task))
        except MLMonitorError as error:
            remembers = await run_in_threadpool(asker.may_read_xcoms, task.dag_id)
            if not remembers:
                raise
            raise await run_in_threadpool(
                reading_pages.summary_instead, error, self.stores.connection, task
            ) from error
        return await _editable(asker, task.dag_id, page)

    async def run(self, asker: Asker, dag_id: str, run_id: str) -> DagRunPage:
        """The page of a DAG run."""
        work = partial(reading_pages.run_document, self.stores, dag_id, run_id)
        return await _editable(asker, dag_id, await self._read(asker, ("run", dag_id, run_id), work))

    async def dag(self, asker: Asker, dag_id: str, days: int) -> DagPage:
        """The page of a DAG."""
        work = partial(reading_pages.dag_document, self.stores, dag_id, days)
        return await _editable(asker, dag_id, await self._read(asker, ("dag", dag_id, days), work))

    async def models(self, asker: Asker, **asked: Any) -> ModelsPage:
        """The models whose DAGs they may read."""
        readable = await run_in_threadpool(asker.readable)
        work = partial(reading_pages.models_document, self.stores, readable, **asked)
        return await self._read(asker, ("models", readable, *asked.values()), work)

    async def banner(self, asker: Asker) -> Banner:
        """The worst of what is open, of what they may read."""
        readable = await run_in_threadpool(asker.readable)
        work = partial(reading_pages.banner_document, self.stores, readable)
        return await self._read(asker, ("banner", readable), work)

    async def series(self, asker: Asker, monitor: str, **asked: Any) -> ChartDocument:
        """One series over time."""
        await self._require_monitor(asker, monitor)
        work = partial(reading_pages.series_document, self.stores, monitor=monitor, **asked)
        return await self._read(asker, ("series", monitor, *asked.values()), work)

    async def names(self, asker: Asker, *, monitor: str = "", dag_id: str = "") -> SeriesNames:
        """What series there are, of a monitor or a DAG."""
        if monitor:
            await self._require_monitor(asker, monitor)
        else:
            await run_in_threadpool(asker.require_reading, dag_id)
        work = partial(reading_pages.names_document, self.stores, monitor=monitor, dag_id=dag_id)
        return await self._read(asker, ("names", monitor, dag_id), work)

    async def incident(self, asker: Asker, number: int) -> IncidentPage:
        """The page of an incident."""
        dag_id = await self.dag_of_incident(asker, number)
        work = partial(reading_pages.incident_document, self.stores, number)
        return await _editable(asker, dag_id, await self._read(asker, ("incident", number), work))

    async def dag_of_incident(self, asker: Asker, number: int) -> str:
        """Return the DAG of an incident that they may read.

        :raises Problem: they may not, or there is no such incident, which is the same to them.
        """
        work = partial(reading_pages.dag_of, self.stores, number)
        dag_id = await self.recent.read(("dag of incident", number), work)
        if not dag_id or not await run_in_threadpool(asker.may_read, dag_id):
            raise await self._nothing_there(asker, f"There is no incident {number}.")
        return dag_id

    async def decide(self, work: Callable[[MetricsStore], T]) -> T:
        """Change something in the store; what was read before is read anew afterwards."""
        return await self.recent.do(partial(self.stores.write, work))

    def close(self) -> None:
        """Let threads and connections go."""
        self.recent.close()
        self.stores.close()

    def problem(self, error: MLMonitorError) -> Problem:
        """Say what an error of the store means."""
        return store_problem(error, self.stores.connection)

    async def _read(self, asker: Asker, key: Hashable, work: Callable[[], T]) -> T:
        anew = "no-cache" in asker.request.headers.get("cache-control", "")
        return await self.recent.read(key, work, anew=anew)

    async def _require_monitor(self, asker: Asker, monitor: str) -> None:
        work = partial(reading_pages.dags_of_monitor, self.stores, monitor)
        dags = await self.recent.read(("dags of monitor", monitor), work)
        for dag_id in dags:
            if not await run_in_threadpool(asker.may_read, dag_id):
                raise may_not_read()
        if not dags:
            raise await self._nothing_there(asker, f"There is no monitor {monitor!r}.")

    async def _nothing_there(self, asker: Asker, message: str) -> Problem:
        """Say that something does not exist, to those only who would see it if it did."""
        if await run_in_threadpool(_reads_everything, asker):
            return Problem("unknown", 404, message, "Check how it is written.")
        return may_not_read()


def _reads_everything(asker: Asker) -> bool:
    return asker.readable() >= airflow_records.dag_facts().keys()


async def _editable(asker: Asker, dag_id: str, page: Editable) -> Editable:
    return {**page, "can_edit": await run_in_threadpool(asker.may_edit, dag_id)}


def _reader_of(request: Request) -> PageReader:
    reader: PageReader = request.app.state.reader
    return reader


ReaderDep = Annotated[PageReader, Depends(_reader_of)]
