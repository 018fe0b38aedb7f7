"""An auth manager that hides DAGs from some people, as access control on single DAGs does."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

USERS = {
    "admin": "admin",
    "olga": "op",
    "uwe": "user",
    "vic": "viewer",
    "rita": "user",
    "rena": "viewer",
    "xena": "viewer",
}
"""Names with their roles; those with an R may not see the DAG ``secret``, and X may see no XCom."""

HIDDEN = "secret"


class GuardedAuthManager(SimpleAuthManager):
    """The simple one, with access control on single DAGs."""

    def is_authorized_dag(
        self, *, method: Any, user: Any, access_entity: Any = None, details: Any = None
    ) -> bool:
        if details is not None and details.id == HIDDEN and user.username.startswith("r"):
            return False
        if access_entity is not None and access_entity.name == "XCOM" and user.username.startswith("x"):
            return False
        return super().is_authorized_dag(
            method=method, user=user, access_entity=access_entity, details=details
        )
