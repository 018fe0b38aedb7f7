"""What has to be found out of values that differ, and what must not be claimed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from airflow_mlmonitor.data.parity.explaining import explained
from airflow_mlmonitor.data.parity.matching import Kind, Matching, Twin
from airflow_mlmonitor.data.parity.mismatch import Counted, Mismatch

RANDOM = np.random.default_rng(7)
NUMBERS = RANDOM.normal(40, 12, 200)
HOURS = RANDOM.integers(0, 24, 200)
MOMENTS = [datetime(2013, 2, 8) + timedelta(minutes=int(minute)) for minute in RANDOM.integers(0, 1440, 200)]
NAMES = ["Zürich Kloten", "New York", "São Paulo", "Ulm"] * 50


def said(
    kind: Kind,
    training: Sequence[Any],
    serving: Sequence[Any],
    *,
    types: tuple[str, str] = ("any", "any"),
    private: tuple[str, ...] = (),
) -> str:
    """What is said of a feature whose values on both sides are these, where they differ."""
    feature = Twin(training="x", serving="x", kind=kind, types=types)
    key = Twin(training="id", serving="id", kind=Kind.WHOLE, types=("int64", "int64"))
    rows = [
        Mismatch(key=(number,), training=trained, serving=served, before=None, others={})
        for number, (trained, served) in enumerate(zip(training, serving, strict=True))
        if trained != served
    ]
    matching = Matching(keys=(key,), features=(feature,), one_sided={})
    return explained(matching, counts(len(rows)), {0: rows}, private)[0]


def counts(*mismatches: int) -> Counted:
    return Counted(
        joined=200,
        training=200,
        serving=200,
        only_training=0,
        only_serving=0,
        repeated_training=0,
        repeated_serving=0,
        keyless_training=0,
        keyless_serving=0,
        mismatches=mismatches,
    )


@pytest.mark.parametrize(
    ("serving", "expected"),
    [
        (NUMBERS + 5, "serving = training + 5 on 100%"),
        (NUMBERS - 0.25, "serving = training - 0.25 on 100%"),
        (NUMBERS * 1000, "serving = training x 1,000 (as between a unit and a thousand of it) on 100%"),
        (NUMBERS / 1000, "serving = training / 1,000 (as between a unit and a thousand of it) on 100%"),
        (NUMBERS * 1.609344, "serving = training x 1.60934 (as between miles and kilometres) on 100%"),
        (NUMBERS / 1.609344, "(as between miles and kilometres) on 100%"),
        (-NUMBERS, "serving = - training on 100%"),
        (NUMBERS * 1.8 + 32, "serving = training x 1.8 + 32 (as from Celsius to Fahrenheit) on 100%"),
        (np.round(NUMBERS, 2), "serving = training rounded to 2 decimals on 100%"),
        (np.round(NUMBERS), "serving = training rounded to whole numbers on 100%"),
        (np.trunc(NUMBERS), "serving = training cut to whole numbers on 100%"),
        (np.round(NUMBERS, -1), "serving = training rounded to tens on 100%"),
        (np.full(200, -1.0), "serving holds always -1.0 on 100%"),
        (np.where(np.arange(200) % 5, NUMBERS + 5, NUMBERS * 3), "serving = training + 5 on 80%"),
    ],
)
def test_numbers(serving: Any, expected: str) -> None:
    assert expected in said(Kind.NUMBER, NUMBERS.tolist(), serving.tolist())


def test_hours_of_the_day_turn_around() -> None:
    turned = said(Kind.WHOLE, HOURS.tolist(), ((HOURS + 5) % 24).tolist())
    assert turned == "serving = training + 5, modulo 24 on 100% of the 200 mismatching rows"


def test_other_numbers_have_no_pattern() -> None:
    assert said(Kind.NUMBER, NUMBERS.tolist(), RANDOM.normal(40, 12, 200).tolist()) == (
        "no pattern was found in the 200 mismatching rows"
    )
    counted = RANDOM.integers(0, 50, 200).tolist()
    assert "no pattern" in said(Kind.WHOLE, counted, RANDOM.permutation(counted).tolist())


def test_too_few_rows_have_no_pattern() -> None:
    assert "no pattern" in said(Kind.NUMBER, [1.0, 2.0, 3.0, 4.0], [6.0, 7.0, 8.0, 9.0])


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(hours=5), "serving = training + 5 h (as another time zone would) on 100%"),
        (timedelta(hours=-1), "serving = training - 1 h (as another time zone would) on 100%"),
        (
            timedelta(hours=5, minutes=30),
            "serving = training + 5 h 30 min (as another time zone would) on 100%",
        ),
        (timedelta(days=-1), "serving = training - 1 day on 100%"),
        (timedelta(seconds=1.5), "serving = training + 1.5 s on 100%"),
    ],
)
def test_moments(offset: timedelta, expected: str) -> None:
    assert expected in said(Kind.MOMENT, MOMENTS, [moment + offset for moment in MOMENTS])
    texts = [str(moment) for moment in MOMENTS], [str(moment + offset) for moment in MOMENTS]
    assert expected in said(Kind.TEXT, *texts)


def test_a_zone_with_summer_time_and_moments_cut_to_days() -> None:
    served = [moment + timedelta(hours=4 + (number % 3 > 0)) for number, moment in enumerate(MOMENTS)]
    assert "+ 4 h or + 5 h (as another time zone with summer time would) on 100%" in said(
        Kind.MOMENT, MOMENTS, served
    )
    days = [datetime(2013, 2, number % 28 + 1, 9) for number in range(60)]
    assert "cut to the day on 100%" in said(Kind.MOMENT, days, [day.replace(hour=0) for day in days])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (str.upper, "upper and lower case on 100%"),
        (lambda text: f"{text} ", "other blanks at the ends than training on 100%"),
        (lambda text: f" {text.lower()}", "case and blanks on 100%"),
        (lambda text: repr(text.encode()), "written out as bytes, b'...' on 100%"),
        (lambda text: f'"{text}"', "training's texts in quotes on 100%"),
        (lambda text: text[:2], "serving holds only the first 2 characters of training on 100%"),
        (lambda text: str(NAMES.index(text) + 100), "another code for each value of training on 100%"),
        (lambda text: None, "serving is null where training is not on 100%"),
    ],
)
def test_texts(change: Any, expected: str) -> None:
    assert expected in said(Kind.TEXT, NAMES, [change(name) for name in NAMES])


def test_accents_and_misread_texts() -> None:
    names = ["Zürich", "São", "Århus", "Málaga", "Łódź", "Genève"] * 5
    assert "UTF-8 read as Latin-1 on 100%" in said(
        Kind.TEXT, names, [name.encode().decode("latin-1") for name in names]
    )
    bare = ["Zurich", "Sao", "Arhus", "Malaga", "Łodz", "Geneve"] * 5
    assert "lost the accents of training on 100%" in said(Kind.TEXT, names, bare)


def test_types_that_have_only_their_texts_in_common() -> None:
    truths = said(Kind.TEXT, ["true", "false"] * 10, ["1", "0"] * 10, types=("bool", "int64"))
    assert truths == (
        "bool in training and int64 in serving, serving has the same truth values as training, written otherwise on "
        "100% of the 20 mismatching rows"
    )
    padded = said(Kind.TEXT, ["7", "8", "9"] * 10, ["007", "008", "009"] * 10)
    assert padded.startswith("serving has the same numbers as training, written otherwise on 100%")


def test_of_a_private_column_no_value_is_told() -> None:
    told = said(Kind.NUMBER, NUMBERS.tolist(), [-1.0] * 200, private=("x",))
    assert told == "serving holds always the same value on 100% of the 200 mismatching rows"


def test_swapped_columns_are_named_both() -> None:
    features = tuple(
        Twin(training=name, serving=name, kind=Kind.TEXT, types=("string", "string"))
        for name in ("origin", "dest")
    )
    key = Twin(training="id", serving="id", kind=Kind.WHOLE, types=("int64", "int64"))
    ends = [(f"a{RANDOM.integers(99)}", f"b{RANDOM.integers(99)}") for _ in range(30)]
    looked_at = {
        place: [
            Mismatch(
                key=(number,),
                training=pair[place],
                serving=pair[1 - place],
                before=None,
                others={1 - place: pair[1 - place]},
            )
            for number, pair in enumerate(ends)
        ]
        for place in (0, 1)
    }
    matching = Matching(keys=(key,), features=features, one_sided={})
    told = explained(matching, counts(30, 30), looked_at, ())
    assert (
        told[0] == "serving holds training's dest, and the other way round on 100% of the 30 mismatching rows"
    )
    assert told[1].startswith("serving holds training's origin, and the other way round on 100%")


def test_only_what_was_looked_at_is_claimed() -> None:
    feature = Twin(training="x", serving="x", kind=Kind.NUMBER, types=("double", "double"))
    rows = [
        Mismatch(key=(number,), training=number * 1.0, serving=number + 5.0, before=None, others={})
        for number in range(50)
    ]
    told = explained(Matching(keys=(), features=(feature,), one_sided={}), counts(1_234), {0: rows}, ())
    assert told[0] == "serving = training + 5 on 100% of the 50 mismatching rows looked at, of 1,234"
