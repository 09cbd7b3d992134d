"""XML parts of a zip, element by element."""

import io

import pytest

from pipeline.errors import SourceError
from pipeline.tools.xml_parts import MOST_WAITING, attribute, elements, local

SHEET = b'<s:sheet xmlns:s="urn:a" xmlns:r="urn:r"><s:row r:id="1"><s:c>x</s:c></s:row><s:other/><s:row/></s:sheet>'


def read(data: bytes, *ends: str, starts: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(event, local(each)) for event, each in elements(io.BytesIO(data), "p.xml", ends=ends, starts=starts)]


def test_elements_are_asked_for_by_their_local_names() -> None:
    assert read(SHEET, "row") == [("end", "row"), ("end", "row")]
    assert read(SHEET, "row", starts=("sheet",))[0] == ("start", "sheet")


def test_attributes_by_their_local_names() -> None:
    ((_, row), *_) = ((event, attribute(each, "id")) for event, each in elements(io.BytesIO(SHEET), "p", ends=("row",)))
    assert row == "1"


@pytest.mark.parametrize(
    "data",
    [
        SHEET[:-5],
        b'<!DOCTYPE a [<!ENTITY e "x">]><a><row>&e;</row></a>',
        b"<a><row>" + b"<c/>" * (MOST_WAITING // 2) + b"</row></a>",
        b"<a>" * 300 + b"<row/>" + b"</a>" * 300,
        b"",
    ],
)
def test_what_is_hostile_or_broken_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"p\.xml"):
        read(data, "row")


def test_an_element_is_forgotten_when_the_next_is_asked_for() -> None:
    part = io.BytesIO(b"<a>" + b"<row>x</row>" * 9 + b"</a>")
    seen = [each for _, each in elements(part, "p", ends=("row",))]
    assert {each.text for each in seen} == {None}
    assert seen[0].getparent() is None
