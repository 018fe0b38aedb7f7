from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from airflow_mlmonitor.data.rules.joined import Joined, learn
from airflow_mlmonitor.data.rules.memory import Memory
from airflow_mlmonitor.data.rules.rule import Measure
from airflow_mlmonitor.data.rules.view import BatchView

RULE = Joined(key_column="origin", values=("EWR", "JFK"), filled=("temp",))


def measured(origins: list[str | None], temps: list[float | None]) -> Measure:
    batch = pa.record_batch({"origin": pa.array(origins, pa.string()), "temp": pa.array(temps, pa.float64())})
    (measure,) = RULE.tally(BatchView(batch)).measures(Memory())
    return measure


@pytest.mark.parametrize(
    ("origins", "temps", "share", "why"),
    [
        (["EWR"] * 6 + ["JFK"] * 6, [None] * 6 + [8.0] * 6, 0.5, "missing in all 6 rows with origin = EWR"),
        (["EWR"] * 6 + ["JFK"] * 6, [None] * 5 + [8.0] * 7, 0.0, None),
        (["EWR"] * 6 + ["JFK"] * 4, [8.0] * 6 + [None] * 4, 0.0, None),
        (["EWR"] * 6 + ["JFK"] * 6, [None] * 12, 1.0, "missing in all 12 rows with origin = EWR and JFK"),
        (["LGA"] * 9, [None] * 9, None, "there are no rows"),
        ([], [], None, "there are no rows"),
    ],
)
def test_a_key_counts_as_unjoined_when_all_of_its_rows_lack_the_column(
    origins: list[str | None], temps: list[float | None], share: float | None, why: str | None
) -> None:
    found = measured(origins, temps)
    assert (found.name, found.column, found.family) == ("unjoined_by_origin", "temp", "unjoined")
    assert (found.value, found.why) == (share, why)


def test_the_coarser_column_of_a_key_is_followed() -> None:
    draw = np.random.default_rng(0)
    days = np.repeat(np.arange(20), 300)
    town, hour = draw.integers(0, 3, days.size), draw.integers(6, 22, days.size)
    weather = draw.normal(size=(20, 3, 24)).round(3)
    weather[draw.random(weather.shape) < 0.01] = np.nan
    batch = pa.record_batch(
        {
            "town": pa.array([("Ulm", "Bonn", "Jena")[place] for place in town]),
            "hour": pa.array(hour),
            "temp": pa.array(weather[days, town, hour], from_pandas=True),
            "fare": pa.array(draw.normal(size=days.size)),
        }
    )
    (rule,) = learn(BatchView(batch), days)
    assert (rule.key_column, rule.filled) == ("town", ("temp",))  # type: ignore[attr-defined]
    assert set(rule.values) == {"Ulm", "Bonn", "Jena"}  # type: ignore[attr-defined]
    assert rule.words() == "the key town fills temp"
