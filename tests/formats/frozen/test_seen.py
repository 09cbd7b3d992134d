"""What a copy does not hold is said once for each kind, and never where there is none."""

from collections import Counter

from pipeline.formats.frozen.seen import Seen


def test_nothing_left_out() -> None:
    assert list(Seen().left_out()) == list(Seen().not_frozen()) == []


def test_each_kind_once() -> None:
    seen = Seen(
        unsaved=Counter({"DATE": 2, "TIME": 1}),
        linked={"a.jpg": None},
        hidden_sheets=["甲", "乙"],
        hidden_rows=3,
        hidden_slides=["2"],
        hidden_text=1,
        outside=Counter({"表": 4}),
        comments=1,
        changes=1,
        notes=1,
        media=1,
        drawings=1,
    )
    told = list(seen.left_out())
    assert len({each.code for each in told}) == len(told) == 11
    (unsaved,) = seen.not_frozen()
    assert (unsaved.fact("number"), unsaved.fact("names")) == ("3", "DATE、TIME")


def test_many_names_are_cut() -> None:
    (told,) = Seen(hidden_sheets=[str(n) for n in range(9)]).left_out()
    assert told.fact("names") == "0、1、2、3、4 …" and told.fact("number") == "9"
