"""The trigger that asks a question until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_mlmonitor.operators.task import FINAL
from airflow_mlmonitor.triggers.open_question import Question, asked


class QuestionTrigger(BaseTrigger):
    """Asks a question until it is answered, in a thread of its own and never in the event loop.

    While the metrics store, or what else is asked, is away, it is asked again.

    :param question: the question as plain values.
    :param poke_interval: seconds between two looks.
    """

    def __init__(self, question: Any, poke_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.question = question
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another process needs to make the same trigger."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"question": self.question, "poke_interval": self.poke_interval}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask until there is an answer; what no further look can mend ends it too."""
        while True:
            try:
                answer = await asyncio.to_thread(self._ask)
            except FINAL as mistake:
                yield TriggerEvent({"error": str(mistake)})
                return
            if answer is not None:
                yield TriggerEvent({"answer": answer})
                return
            await asyncio.sleep(self.poke_interval)

    def _ask(self) -> dict[str, Any] | None:
        from airflow_mlmonitor.data.dependencies.plain_recipe import from_plain

        question: Question = from_plain(self.question)
        return asked(question, self.log.warning)
