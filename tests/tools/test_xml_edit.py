"""Cutting XML: what is cut is gone, all else stays byte for byte."""

from collections.abc import Callable

import pytest

from pipeline.tools.xml_edit import Cuts, Element, XmlGarbled, as_utf8, walked

TEXT = (
    '<?xml version="1.0"?><a xmlns="u" xmlns:p="v">\n'
    '  <p:b  q="x>y" p:r=\'1"\'>中文<c f="1" p:g="2"/></p:b>&amp;z</a>\n'
).encode()


class Cutting:
    """Does one thing to the elements of one name; keeps the text it is shown."""

    def __init__(self, name: str, cut: Callable[[Cuts, Element], None]) -> None:
        self.name, self.cut = name, cut
        self.said: list[str] = []

    def opens(self, element: Element) -> None:
        return

    def text(self, element: Element, text: str) -> None:
        self.said.append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        if element.local == self.name:
            self.cut(cuts, element)


@pytest.mark.parametrize(
    ("name", "cut", "old", "new"),
    [
        ("b", Cuts.tags, ['<p:b  q="x>y" p:r=\'1"\'>', "</p:b>"], ["", ""]),
        ("b", Cuts.whole, ['<p:b  q="x>y" p:r=\'1"\'>中文<c f="1" p:g="2"/></p:b>'], [""]),
        ("c", Cuts.whole, ['<c f="1" p:g="2"/>'], [""]),
        ("c", lambda cuts, c: cuts.attribute(c, "g", None), [' p:g="2"'], [""]),
        ("c", lambda cuts, c: cuts.attribute(c, "f", 'a"&b'), ['f="1"'], ['f="a&quot;&amp;b"']),
        ("b", lambda cuts, b: cuts.rename(b, "r"), ['<p:b  q="x>y" p:r=\'1"\'>', "</p:b>"], ["<p:r>", "</p:r>"]),
        ("b", lambda cuts, b: cuts.inner(b, b"-"), ['中文<c f="1" p:g="2"/>'], ["-"]),
    ],
)
def test_what_is_cut(name: str, cut: Callable[[Cuts, Element], None], old: list[str], new: list[str]) -> None:
    wanted = TEXT.decode()
    for before, after in zip(old, new, strict=True):
        wanted = wanted.replace(before, after, 1)
    assert walked(TEXT, Cutting(name, cut)).applied().decode() == wanted


def test_of_cuts_that_overlap_the_outer_counts() -> None:
    cuts = walked(TEXT, Cutting("c", Cuts.whole))
    cuts.pieces += walked(TEXT, Cutting("b", Cuts.whole)).pieces
    assert b"p:b" not in cuts.applied() and cuts.applied().endswith(b"&amp;z</a>\n")


def test_text_is_shown_as_it_is_meant() -> None:
    judge = Cutting("a", lambda cuts, a: None)
    walked(TEXT, judge)
    assert "".join(judge.said).split() == ["中文&z"]


@pytest.mark.parametrize(
    "raw",
    [
        '<?xml version="1.0" encoding="utf-16"?><a>中</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="GB18030"?><a>中</a>'.encode("gb18030"),
        "\ufeff<a>中</a>".encode(),
    ],
)
def test_other_encodings_become_utf_8(raw: bytes) -> None:
    assert as_utf8(raw).decode() == "<a>中</a>"


@pytest.mark.parametrize("raw", [b"<a><b></a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', b"<a>" * 5000])
def test_what_is_hostile_is_refused(raw: bytes) -> None:
    with pytest.raises(XmlGarbled):
        walked(raw, Cutting("a", Cuts.tags))


def test_a_document_type_without_entities_is_passed_over() -> None:
    raw = b'<!DOCTYPE a PUBLIC "-//OpenOffice.org//DTD 1.0//EN" "office.dtd"><a><b>c</b></a>'
    assert walked(raw, Cutting("b", Cuts.tags)).applied() == raw.replace(b"<b>c</b>", b"c")
