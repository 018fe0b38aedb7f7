from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from airflow_mlmonitor.checks.metric import Metric
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.diagnosis import Diagnosis
from airflow_mlmonitor.judging.verdict import Status, Verdict
from airflow_mlmonitor.report.report import Report
from airflow_mlmonitor.report.table import cells
from airflow_mlmonitor.report.text import headline, render


def missing(column: str, share: float = 0.318, *, severity: float = 9.0, slice_: str = "") -> Verdict:
    metric = Metric(name="null_share", value=share, column=column, scale="share", n=981, slice=slice_)
    why = f"missing in {share:.1%} of 981 rows; expected 0–1.2% (90 earlier runs; highest 0.9% on 2013-01-12)"
    return Verdict(metric=metric, status=Status.FAIL, lower=0.0, upper=0.012, severity=severity, why=why)


def moved(column: str, name: str = "ks") -> Verdict:
    metric = Metric(name=name, value=0.557, column=column, scale="distance", n=981, effect=1.5)
    why = "values moved by about 1.5 sd (KS 0.557); too few earlier runs to know how usual that is"
    return Verdict(metric=metric, status=Status.WARN, severity=1.5, why=why)


FEW_ROWS = Verdict(
    metric=Metric(name="rows", value=12.0, scale="count", family="rows", n=12),
    status=Status.WARN,
    lower=800.0,
    upper=1100.0,
    severity=3.0,
    why="12 rows; expected 800–1,100 (90 earlier runs; lowest 830 on 2013-01-05)",
)
JOIN = Diagnosis(
    cause="join_failed",
    likely="the join that brings temp, dewp and humid found no partner for one key (origin = EWR)",
    evidence=("temp, dewp and humid are missing in 312 of 981 rows", "no earlier run lacks any"),
    next="check that what is joined for temp has rows for origin = EWR in this window, then rerun",
    confidence=0.98,
    columns=("temp", "dewp", "humid"),
    slice="origin = EWR",
    rows=312,
)
BROKEN = Verdict(
    metric=Metric(name="spend_per_visit", value=None, family="check"),
    status=Status.BROKEN,
    severity=1.0,
    why="There is no column 'spend'; did you mean 'spent'?",
)
FINE = Verdict(metric=Metric(name="mean", value=5.0, column="visib"), status=Status.OK)


def report(*verdicts: Verdict, **fields: object) -> Report:
    told = {
        "monitor": "flight_delay/skew",
        "model": "flight_delay",
        "window": Window.parse("2013-02-08"),
        "rows": 981,
        "started": datetime(2013, 2, 9, tzinfo=UTC),
    }
    return Report(verdicts=verdicts, **(told | fields))  # type: ignore[arg-type]


def test_a_report_reads_like_this() -> None:
    columns = ("temp", "dewp", "humid")
    text = render(
        report(
            FINE,
            *(missing(column) for column in columns),
            moved("temp"),
            moved("temp", "drift.ks"),
            moved("wind_gust"),
            BROKEN,
            model_version="v3",
            seconds=0.41,
            baselines={
                "skew": "training data of v3 (51,955 rows)",
                "shape": "1 run (2013-02-07, 925 rows)",
                "values": "7 runs (2013-02-01 to 2013-02-08, 6,400 rows)",
                "drift": "7 runs (2013-02-01 to 2013-02-08, 6,400 rows)",
            },
            notes={"route": "list<item: double> is not evaluated", "": "the file has two headers"},
            causes=(JOIN,),
            rarity=0.3,
        ),
        width=98,
    )
    assert text == (
        """\
temp and 2 more columns: missing in 31.8% of 981 rows, and 2 more findings (flight_delay/skew on
2013-02-08).
Failed. 981 rows; 8 metrics of 5 columns in 0.4 s; model flight_delay, version v3.
A run this unusual comes about 0.3 times a month; finding 1 ranks 1 of 5 groups of metrics.

#  Status           Column                 What happened                          Metric
1  Failed           temp                   missing in 31.8% of 981 rows;          null_share 31.8%
                                           expected 0–1.2% (90 earlier runs;
                                           highest 0.9% on 2013-01-12)
                                           with it: values moved by about 1.5 sd
                                           (KS 0.557), drift: values moved by
                                           about 1.5 sd (KS 0.557)
                                           the same in dewp, humid on the same
                                           rows (origin = EWR)
2  Could not check  check spend_per_visit  There is no column 'spend'; did you
                                           mean 'spent'?
3  Warning          wind_gust              values moved by about 1.5 sd (KS       ks 0.557
                                           0.557); too few earlier runs to know
                                           how usual that is

1. Likely: the join that brings temp, dewp and humid found no partner for one key (origin = EWR).
   Evidence: temp, dewp and humid are missing in 312 of 981 rows; no earlier run lacks any.
   Next: Check that what is joined for temp has rows for origin = EWR in this window, then rerun.

Compared with:
  skew: training data of v3 (51,955 rows)
  shape: 1 run (2013-02-07, 925 rows)
  values, drift: 7 runs (2013-02-01 to 2013-02-08, 6,400 rows)

Not evaluated, or only in part:
  route: list<item: double> is not evaluated
  the file has two headers

To look further:
  mlmonitor history flight_delay null_share --column temp --monitor flight_delay/skew
  mlmonitor runs --monitor flight_delay/skew

To accept it as the new normal:
  mlmonitor accept --monitor flight_delay/skew --window 2013-02-08"""
    )


def test_the_headline_of_the_table_says_what_was_expected() -> None:
    assert headline(report(FEW_ROWS)) == "12 rows, expected 800–1,100 (flight_delay/skew on 2013-02-08)."


def test_the_headline_names_the_slice_and_counts_the_rest() -> None:
    said = headline(report(missing("temp", slice_="origin=EWR"), moved("temp"), moved("fare")))
    assert said == (
        "temp (origin=EWR): missing in 31.8% of 981 rows, and 1 more finding (flight_delay/skew on 2013-02-08)."
    )


def test_the_headline_of_hours_says_in_which() -> None:
    hours = Window.parse("2013-02-08T06:00/2013-02-08T12:00")
    assert headline(report(FINE, window=hours)).endswith(
        "(flight_delay/skew in 2013-02-08T06:00/2013-02-08T12:00)."
    )


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([FINE], "Nothing unusual in 981 rows"),
        ([replace(FINE, status=Status.LEARNING)], "Still learning: 981 rows measured, too few earlier runs"),
        ([], "Nothing was measured in 981 rows"),
    ],
)
def test_a_quiet_report_says_which_kind_of_quiet_it_is(verdicts: list[Verdict], said: str) -> None:
    quiet = report(*verdicts)
    assert headline(quiet).startswith(said)
    assert "What happened" not in render(quiet)
    assert "mlmonitor runs --monitor flight_delay/skew" in render(quiet)


def test_a_broken_check_alone_offers_no_history_that_does_not_exist() -> None:
    assert "mlmonitor history" not in render(report(BROKEN))


def test_commands_can_be_pasted_whatever_the_names() -> None:
    text = render(report(missing("it's a name", slice_="origin=E W R"), monitor="a b", model="m;x"))
    assert (
        "mlmonitor history 'm;x' null_share --column 'it'\"'\"'s a name' --slice 'origin=E W R' --monitor 'a b'"
        in text
    )


def test_no_more_than_thirty_columns_are_listed() -> None:
    shares = [0.1 + place / 50 for place in range(40)]
    text = render(report(*(missing(f"c{place}", share) for place, share in enumerate(shares))))
    assert "\nand 10 more\n" in text
    assert "\n30  Failed" in text
    assert "\n31  Failed" not in text


def test_a_column_with_many_findings_names_a_few() -> None:
    others = [replace(moved("temp", f"check{place}.ks"), severity=1.0) for place in range(8)]
    assert "and 3 more" in render(report(missing("temp"), *others))


def test_a_twin_with_troubles_of_its_own_says_so() -> None:
    weather = [missing("temp"), missing("dewp", severity=8.0), moved("dewp")]
    assert "the same in dewp (1 more finding)" in render(report(*weather))
    assert "the same in dewp\n" in render(report(*weather, moved("temp"))), "nothing that temp does not have"


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_but_a_command_is_longer_than_the_width(width: int) -> None:
    long = replace(BROKEN, why="the database said: " + "no such table " * 200)
    text = render(report(missing("temp"), long, moved("a" * 90), notes={"b": "lists " * 60}), width=width)
    said = text.partition("To look further")[0]
    assert max(map(cells, said.splitlines())) <= width


def test_colour_touches_status_words_only() -> None:
    found = report(missing("temp"), moved("dewp"))
    coloured = render(found, colour=True)
    assert "\x1b[31mFailed\x1b[0m   temp" in coloured
    assert "\x1b[33mWarning\x1b[0m" in coloured
    assert "\x1b" not in render(found)


def test_names_cannot_forge_lines_of_a_log() -> None:
    text = render(report(missing("temp\nERROR all is lost\x1b[31m"), monitor="m\nERROR", notes={"x\ny": "z"}))
    assert not [line for line in text.splitlines() if line.startswith("ERROR")]
    assert "\x1b" not in text


def test_a_private_column_shows_no_label_of_its_own() -> None:
    from airflow_mlmonitor.checks.values import Values
    from airflow_mlmonitor.data import Frame, read
    from airflow_mlmonitor.judging.significance import Significance
    from airflow_mlmonitor.store.history import History

    before = read(Frame({"town": ["Ulm"] * 400}, private=("town",)))
    now = read(Frame({"town": ["Ulm"] * 200 + ["Bonn"] * 200}, private=("town",)))
    verdicts = Significance().judge(list(Values().measure(now, before)), History()).verdicts
    text = render(report(*verdicts))
    assert "town" in text
    assert "a value never seen before in 50.0% of 400 rows" in text
    assert "Bonn" not in text
    assert "Ulm" not in text
