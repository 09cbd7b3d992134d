"""Paths of derived files."""

import os
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.names import OriginalName
from pipeline.domain.records import Role
from pipeline.formats.derived_names import derived_paths


def paths(*wanted: tuple[str, str]) -> tuple[str, ...]:
    return derived_paths(Role.ACCESS, [(OriginalName.of(os.fsencode(name)), extension) for name, extension in wanted])


def test_the_extension_is_replaced() -> None:
    assert paths(("卷/一.TIF", "pdf"), (".hidden", "jpg"), ("a.b.c", "jpg")) == (
        "data/access/卷/一.pdf",
        "data/access/=2Ehidden.jpg",
        "data/access/a.b.jpg",
    )


def test_names_that_would_meet_do_not() -> None:
    assert paths(("a.jpg", "jpg"), ("a.png", "jpg"), ("a.png", "jpg")) == (
        "data/access/a.jpg",
        "data/access/a.png.jpg",
        "data/access/a.png~2.jpg",
    )


name = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8).filter(
        lambda t: t not in {".", ".."}
    ),
    min_size=1,
    max_size=3,
).map("/".join)


@given(st.lists(st.tuples(name, st.sampled_from(["pdf", "jpg", "mp4"])), max_size=12))
def test_no_two_are_alike_and_all_are_safe(wanted: list[tuple[str, str]]) -> None:
    found = paths(*wanted)
    assert len(found) == len(wanted)
    assert len({unicodedata.normalize("NFC", path).casefold() for path in found}) == len(found)
    for path, (_, extension) in zip(found, wanted, strict=True):
        assert path.startswith("data/access/") and ".." not in path.split("/")
        assert path.endswith(f".{extension}")
