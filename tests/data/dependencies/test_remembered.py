"""What a run remembers of a dependency, and how a difference is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from airflow_mlmonitor.data.dependencies import Fingerprint
from airflow_mlmonitor.data.dependencies.remembered import Remembered

PARTS = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=8)


def kept(parts: dict[str, str]) -> Remembered:
    found = Remembered.read(Remembered.of(Fingerprint(parts=parts), "2013-02-08", None).text)
    assert found is not None
    return found


def words(was: dict[str, str], now: dict[str, str]) -> list[str]:
    return [one.words for one in kept(was).differences(Fingerprint(parts=now))]


@given(PARTS, PARTS)
def test_every_part_that_differs_is_named_and_no_other(was: dict[str, str], now: dict[str, str]) -> None:
    found = kept(was).differences(Fingerprint(parts=now))
    differing = {name for name in {*was, *now} if was.get(name) != now.get(name)}
    assert {one.part for one in found} == differing
    assert all((one.was, one.now) == (was.get(one.part), now.get(one.part)) for one in found)


def test_a_large_dependency_is_remembered_in_bounded_space_and_names_what_changed() -> None:
    many = {f"package-{number}": "1.0" for number in range(700)}
    assert len(Remembered.of(Fingerprint(parts=many), "2013-02-08", None).text) < 16_384
    assert words(many, many) == []
    (said,) = words(many, many | {"package-7": "2.0"})
    assert "package-7" in said
    without = {name: version for name, version in many.items() if name != "package-9"}
    assert words(many, without) == ["a part is gone"]
    assert words(without, many) == ["package-9 is new (1.0)"]
    before, some = kept(many), list(many)[::20]
    told = [before.differences(Fingerprint(parts=many | {name: "2.0"})) for name in some]
    assert all(name in one.words for name, (one,) in zip(some, told, strict=True))
    exact = [
        one.words == f"{name} is not what it was, is 2.0" for name, (one,) in zip(some, told, strict=True)
    ]
    assert sum(exact) > len(some) / 3


def test_any_number_of_parts_takes_no_more_space() -> None:
    sizes = [
        len(Remembered.of(Fingerprint(parts={str(n): "x" * 99 for n in range(count)}), "d", None).text)
        for count in (401, 20_000)
    ]
    assert sizes[0] == sizes[1] < 16_384


def test_of_long_values_the_stretch_that_differs_is_shown() -> None:
    query = "SELECT " + ", ".join(f"column_{number}" for number in range(40))
    (said,) = words({"definition": query}, {"definition": query.replace("column_30", "column_thirty")})
    assert "column_30" in said
    assert "column_thirty" in said
    assert len(said) < 200


def test_a_state_is_recognised_when_it_comes_back() -> None:
    states = [{"sha256": digest, "version": version} for digest, version in ("a1", "b2", "c3")]
    memory = None
    for day, state in enumerate(states, 1):
        memory = Remembered.of(Fingerprint(parts=state), f"2013-02-0{day}", memory)
    assert memory is not None
    memory = Remembered.of(Fingerprint(parts=states[2]), "2013-02-04", memory)
    assert memory.spell[2:] == ("2013-02-03", "2013-02-04")
    again = Remembered.read(memory.text)
    assert again == memory
    same = again.same_as(Fingerprint(parts={"sha256": "a", "version": "4"}))
    assert same is not None
    assert same.words == "version 1, here on 2013-02-01"


def test_what_cannot_be_read_was_not_remembered() -> None:
    for text in (None, "", "{}", "[]", '{"spells": []}', "no JSON"):
        assert Remembered.read(text) is None
