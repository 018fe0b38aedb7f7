from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.report.table import cells, printable, shortened, table

ROWS = [["temp", "missing in 31.8% of 981 rows, as on no day before", "0.318"], ["dewp", "fine", "0"]]


def test_fields_line_up_whatever_they_hold() -> None:
    lines = table(["Column", "What", "Value"], ROWS, width=80, right=[2])
    assert lines == [
        "Column  What                                               Value",
        "temp    missing in 31.8% of 981 rows, as on no day before  0.318",
        "dewp    fine                                                   0",
    ]


def test_only_the_chosen_field_gives_way_when_the_line_is_short() -> None:
    lines = table(["Column", "What", "Value"], ROWS, width=40, right=[2], wrap=1)
    assert lines == [
        "Column  What                       Value",
        "temp    missing in 31.8% of 981    0.318",
        "        rows, as on no day before",
        "dewp    fine                           0",
    ]


def test_a_line_break_starts_a_line_in_the_field_to_wrap_only() -> None:
    rows = [["one\ntwo", "three\nfour"]]
    assert table(["A", "B"], rows, width=40, wrap=1) == ["A         B", "one\\ntwo  three", "          four"]


def test_wide_letters_take_two_cells() -> None:
    assert table(["City", "Rows"], [["東京", "1"], ["Ulm", "22"]], width=20, right=[1]) == [
        "City  Rows",
        "東京     1",
        "Ulm     22",
    ]


def test_colour_does_not_move_anything() -> None:
    plain = table(["Status", "Rows"], [["Failed", "1"], ["OK", "2"]], width=20)
    red = table(["Status", "Rows"], [["Failed", "1"], ["OK", "2"]], width=20, paint={0: "<{}>".format})
    assert [line.replace("<", "").replace(">", "") for line in red] == plain
    assert red[0] == plain[0], "the header stays as it is"


def test_a_name_cannot_break_the_line_or_command_the_terminal() -> None:
    (_, line) = table(["Column"], [["a\nb\x1b[2Jc\u202e"]], width=20)
    assert line == "a\\nb\\x1b[2Jc\\u202e"


@given(st.text(), st.integers(3, 40))
def test_a_shortened_text_fits_and_keeps_both_ends(text: str, most: int) -> None:
    whole, short = printable(text), shortened(text, most)
    assert cells(short) <= most
    if cells(whole) <= most:
        assert short == whole
    else:
        assert any(
            whole.startswith(short[:place]) and whole.endswith(short[place + 1 :])
            for place, sign in enumerate(short)
            if sign == "…"
        )


@given(
    st.lists(st.tuples(st.text(max_size=60), st.text("ab ", max_size=200)), max_size=5), st.integers(30, 120)
)
def test_a_wrapped_table_of_plain_words_stays_within_its_width(
    rows: list[tuple[str, str]], width: int
) -> None:
    named = [[shortened(printable(name), 5), text] for name, text in rows]
    assert all(cells(line) <= width for line in table(["N", "Text"], named, width=width, wrap=1))
