"""Archival codes and package identifiers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.identifiers import ArchivalCode, PackageId, VersionNumber, loose_code, normalise_code

# DA/T 13-2022, the examples seen: code, fonds, category
VECTORS = [
    ("J019-ZY·JC·CC·2019·D30-001-001", "J019", "ZY"),
    ("J019-KU·01·2017-001-001", "J019", "KU"),
    ("A002-RS-001-002", "A002", "RS"),
    ("X032-KJ·KY·01-003", "X032", "KJ"),
    ("X032-KJ·JJ·02-005-054", "X032", "KJ"),
    ("K021-ZP·2019·D30-025-005", "K021", "ZP"),
    ("C038-001-002-003", "C038", ""),
    ("A439-WS·2015·D30·003-005", "A439", "WS"),
    ("Z109-WS·2011·Y·办公室-0001", "Z109", "WS"),
    ("Z008-WS·2019·Y-037", "Z008", "WS"),
    ("J019-LY·2019·Y-001", "J019", "LY"),
    ("C015-WY·TZGG·2019·D10-00001", "C015", "WY"),
    ("B168-SW·2015·Y-001", "B168", "SW"),
    ("Z109-WS·2011-Y-BGS-0001", "Z109", "WS"),  # DA/T 22-2015
]


@pytest.mark.parametrize(("text", "fonds", "category"), VECTORS)
def test_the_codes_of_the_standard(text: str, fonds: str, category: str) -> None:
    code = ArchivalCode.parse(text)
    assert (code.value, code.fonds, code.category) == (text, fonds, category)


@pytest.mark.parametrize(
    "typed",
    [
        "Ｋ０２１－ＷＳ・２０２０・Ｙ－０００１",
        "K021 -WS·2020·Y-0001 ",
        "K021–WS•2020•Y—0001",
        "K021-WS\u200b·2020·Y-0001",
    ],
)
def test_what_a_typist_meant(typed: str) -> None:
    assert ArchivalCode.parse(typed).value == "K021-WS·2020·Y-0001"


@pytest.mark.parametrize("typed", ["", "　 ", "K021/1", "K021\\1", ".K021", "K\x00021", "K" * 181])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="code_"):
        ArchivalCode.parse(typed)


@given(st.text(max_size=60))
def test_a_parsed_code_is_in_normal_form(typed: str) -> None:
    try:
        code = ArchivalCode.parse(typed)
    except ValueError:
        return
    assert normalise_code(code.value) == code.value
    assert ArchivalCode.parse(code.value) == code


@given(st.lists(st.text(max_size=30), min_size=2, max_size=6, unique=True))
def test_different_codes_never_share_a_package(typed: list[str]) -> None:
    by_id: dict[str, str] = {}
    for text in typed:
        try:
            code = ArchivalCode.parse(text)
            package_id = PackageId.of(code)
        except ValueError:
            continue
        assert by_id.setdefault(package_id.value, code.value) == code.value
        assert not re.search(r'[\x00-\x1f/\\:*?"<>|]', package_id.value)


def test_a_code_with_signs_that_systems_refuse_can_be_read_back() -> None:
    package_id = PackageId.of(ArchivalCode.parse("K021-A:1%=?.")).value
    assert package_id == "K021-A=3A1=25=3D=3F=2E"
    assert re.sub(r"=([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), package_id) == "K021-A:1%=?."


def test_versions_run_from_one() -> None:
    assert str(VersionNumber(number=1)) == "v0001"
    for number in (0, -1, 10000):
        with pytest.raises(ValueError, match="version"):
            VersionNumber(number=number)


def test_codes_that_a_person_would_call_the_same() -> None:
    kept = "K021-WS·2020·Y-0001"
    for typed in ("k021-ws.2020.y-0001", "Ｋ021－WS・2020・Y－0001", "K021_WS·2020.Y_0001", " K021-WS·2020·Y-0001 "):
        assert loose_code(typed) == loose_code(kept)
    assert loose_code("K021-WS·2020·Y-0002") != loose_code(kept)
