"""Who asks, and what they may: the only module that knows Airflow's API server.

What people may read and decide follows from their rights on DAGs. Airflow promises nothing of ``airflow.api_fastapi``,
so all of it that is used is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import get_user, requires_access_dag
from fastapi import Depends, HTTPException, Request

from airflow_mlmonitor.ui.server.problems import Problem

NOBODY = "somebody"
NAME_LENGTH = 100

LOGGED_IN = Depends(get_user)
"""What every route needs at least."""


@dataclass(frozen=True)
class Asker:
    """The person behind a request."""

    user: BaseUser
    request: Request

    @property
    def name(self) -> str:
        """Their name, as others see it beside a decision; of an e-mail address only what stands before the @."""
        for said in (self.user.get_name(), self.user.get_id()):
            name = str(said or "").partition("@")[0].strip()
            if name:
                return name[:NAME_LENGTH]
        return NOBODY

    def may_read(self, dag_id: str) -> bool:
        """Whether they may see the task instances of a DAG. Runs without a DAG are nobody's to see here."""
        return self._may("GET", dag_id, DagAccessEntity.TASK_INSTANCE)

    def may_read_xcoms(self, dag_id: str) -> bool:
        """Whether they may see what the tasks of a DAG pushed."""
        return self._may("GET", dag_id, DagAccessEntity.XCOM)

    def may_edit(self, dag_id: str) -> bool:
        """Whether they may change a DAG, and so decide about its incidents."""
        return self._may("PUT", dag_id, None)

    def readable(self) -> frozenset[str]:
        """The DAGs they may read."""
        return frozenset(get_auth_manager().get_authorized_dag_ids(user=self.user, method="GET"))

    def require_reading(self, dag_id: str) -> None:
        """Refuse what they may not read.

        :raises Problem: it names the missing right, and nothing else.
        """
        if not self.may_read(dag_id):
            raise may_not_read()

    def require_editing(self, dag_id: str) -> None:
        """Refuse what they may not decide.

        :raises Problem: it names the missing right.
        """
        if not self.may_edit(dag_id):
            raise Problem(
                "permission",
                403,
                "You may read this DAG and not change it, so what is decided here is not yours.",
                "Ask for the right to edit the DAG.",
            )

    def _may(self, method: Literal["GET", "PUT"], dag_id: str, entity: DagAccessEntity | None) -> bool:
        if not dag_id:
            return False
        try:
            requires_access_dag(method, entity, param_dag_id=dag_id)(self.request, self.user)
        except HTTPException as refused:
            if refused.status_code == 403:
                return False
            raise
        return True


def may_not_read() -> Problem:
    """Say that something is not theirs to read; the same for what does not exist, so that nothing can be guessed."""
    return Problem(
        "permission",
        403,
        "You may not see this: it is of a DAG that you have no right to read, or there is no such thing.",
        "Ask for the right to read the DAG and its task instances.",
    )


async def _asker(request: Request, user: Annotated[BaseUser, LOGGED_IN]) -> Asker:
    return Asker(user=user, request=request)


AskerDep = Annotated[Asker, Depends(_asker)]


def login_address(request: Request) -> str:
    """Return where to log in, and to come back from."""
    return get_auth_manager().get_url_login(next_url=str(request.url))
