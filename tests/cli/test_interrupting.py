from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from airflow_mlmonitor.cli import Verb, run
from airflow_mlmonitor.cli.rows import profiled
from airflow_mlmonitor.cli.verb import Exit
from airflow_mlmonitor.data.source import Connections, Rows, Source
from airflow_mlmonitor.data.window import Window

BATCHES = 4000
"""In each of two parts: some seconds of work."""


@dataclass(frozen=True, kw_only=True)
class Long(Source):
    """Many batches; while the fourth is read, somebody presses Ctrl-C."""

    seen: list[int] = field(default_factory=list)

    @property
    def label(self) -> str:
        return "long"

    def open(self, window: Window | None, connections: Connections) -> Rows:
        return Rows(schema=pa.schema({"fare": pa.float64()}), parts=[self.part, self.part])

    def part(self) -> Iterator[pa.RecordBatch]:
        batch = pa.record_batch({"fare": pa.array([float(row) for row in range(500)])})
        for number in range(BATCHES):
            self.seen.append(number)
            if len(self.seen) == 4:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            yield batch


def test_ctrl_c_stops_a_long_read_at_once() -> None:
    source = Long()

    def work(arguments: Namespace) -> Exit:
        profiled(source)
        return Exit.QUIET

    verb = Verb(name="work", help="work", examples="", declare=lambda parser: None, run=work)
    assert run(verb, Namespace(debug=False)) == Exit.INTERRUPTED
    assert len(source.seen) < 2 * BATCHES
