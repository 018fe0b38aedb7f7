"""What the sensors that wait for an answer have in common."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseSensorOperator, PokeReturnValue, conf
from airflow.sdk.exceptions import AirflowFailException

from airflow_mlmonitor.operators.task import no_vain_retries

if TYPE_CHECKING:
    from airflow_mlmonitor.context import Context
    from airflow_mlmonitor.triggers.open_question import Question


class WaitingSensor(BaseSensorOperator):
    """Waits until a question is answered, and returns the answer: in a worker's slot, between slots, or deferred.

    While the metrics store, or what else is asked, cannot be reached, it asks again; ``timeout`` ends the wait.

    :param deferrable: wait in the triggerer instead of a worker's slot.
    """

    def __init__(
        self,
        *,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.deferrable = deferrable

    @abstractmethod
    def _question(self, context: Context) -> Question:
        """Return what is waited for, for one run."""

    def execute(self, context: Any) -> Any:
        """Wait here or in the triggerer."""
        with no_vain_retries():
            if not self.deferrable:
                return super().execute(context)
            answer = self.poke(context).xcom_value
        if answer is None:
            self._defer(context)
        return answer

    def poke(self, context: Any) -> PokeReturnValue:
        """Look once."""
        from airflow_mlmonitor.triggers.open_question import asked

        with no_vain_retries():
            question = self._question(context)
            answer = asked(question, self.log.warning)
        if answer is None:
            self.log.info("Waiting for %s.", question.label)
        return PokeReturnValue(is_done=answer is not None, xcom_value=answer)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """Return what the trigger was answered.

        :raises AirflowFailException: no further look can mend what is wrong.
        """
        if "error" in event:
            raise AirflowFailException(event["error"])
        return dict(event["answer"])

    def _defer(self, context: Context) -> NoReturn:
        from airflow_mlmonitor.data.dependencies.plain_recipe import to_plain
        from airflow_mlmonitor.triggers.question_trigger import QuestionTrigger

        self.defer(
            trigger=QuestionTrigger(to_plain(self._question(context)), self.poke_interval),
            timeout=timedelta(seconds=self.timeout),
            method_name="execute_complete",
        )
