"""tools/xml.py: what is written comes back, whatever is in it; what is hostile does not get in."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.errors import SourceError
from pipeline.tools.xml import MAX_DEPTH, XmlReader, XmlWriter, as_meant, shown
from tests.makers.texts import any_text

BILLION = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
OWN_SUBSET = b'<!DOCTYPE a [<!ENTITY e0 "boom">' + BILLION + b"]>"

HOSTILE = {
    "entity bomb in text": OWN_SUBSET + b"<a><b>&e9;</b></a>",
    "entity bomb in an attribute": OWN_SUBSET + b'<a c="&e9;"/>',
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    "DTD on a network": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "harmless DOCTYPE": b"<!DOCTYPE a><a/>",
    "DOCTYPE in UTF-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a/>'.encode("utf-16"),
    "undeclared entity": b"<a><b>&nothing;</b></a>",
    "too deep": b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    "absurdly deep": b"<a>" * 100_000,
    "cut off": b"<a><b>text",
    "empty": b"",
    "not XML": b"PK\x03\x04",
    "control character": b"<a><b>\x01</b></a>",
    "reference to a control character": b"<a><b>&#1;</b></a>",
    "not UTF-8": b"<a><b>\xff\xfe\xfd</b></a>",
    "another root": b"<z/>",
    "two roots": b"<a/><a/>",
    "unknown encoding": b'<?xml version="1.0" encoding="x-nothing"?><a/>',
}


def texts(path: Path) -> list[tuple[str, str]]:
    with XmlReader(path, "a") as reader:
        return [(node.name, node.text) for node in reader]


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_refused(document: bytes, tmp_path: Path) -> None:
    path = tmp_path / "hostile.xml"
    path.write_bytes(document)
    with pytest.raises(SourceError, match=r"hostile\.xml"):
        texts(path)


def test_a_sound_document_is_read_without_comments_and_instructions(tmp_path: Path) -> None:
    path = tmp_path / "sound.xml"
    path.write_bytes("<a><!-- x --><b>龘<!-- y -->𠮷</b><?php exit ?><c/></a>".encode())
    assert texts(path) == [("b", "龘𠮷"), ("c", "")]


@pytest.mark.parametrize("opening", ['<!ENTITY x SYSTEM "{}">', '<!ENTITY % x SYSTEM "{}"> %x;'])
def test_no_other_file_is_opened(opening: str, tmp_path: Path) -> None:
    """A named pipe without a writer: opening it would hang."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    path = tmp_path / "hostile.xml"
    path.write_text(f"<!DOCTYPE a [{opening.format(pipe.as_uri())}]><a><b>&x;</b></a>", "utf-8")
    with pytest.raises(SourceError):
        texts(path)


def test_xinclude_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    path = tmp_path / "include.xml"
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    path.write_text(f"<a>{include}</a>", "utf-8")
    assert texts(path) == [("include", "")]


def test_a_long_document_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.xml"
    path.write_bytes(b"<a>" + b" " * 200 + b"</a>")
    with pytest.raises(SourceError, match="size=207"), XmlReader(path, "a", max_bytes=206):
        pass


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.xml"), XmlReader(tmp_path / "nothing.xml", "a"):
        pass


@given(any_text)
def test_every_text_can_be_shown_and_comes_back(text: str) -> None:
    assert as_meant(shown(text)) == text


def test_what_xml_cannot_hold_is_seen() -> None:
    assert shown("a\x00b\x1b\ud800\ufffe\\u{41}\\n\t") == "a\\u{0}b\\u{1B}\\u{D800}\\u{FFFE}\\u{5C}u{41}\\n\t"


def test_an_escape_that_names_no_character_is_refused() -> None:
    with pytest.raises(SourceError):
        as_meant("\\u{110000}")


@settings(deadline=None)
@given(any_text, any_text)
def test_texts_and_attributes_come_back(tmp_path_factory: pytest.TempPathFactory, text: str, value: str) -> None:
    path = tmp_path_factory.mktemp("xml") / "a.xml"
    with path.open("wb") as out:
        xml = XmlWriter(out.write)
        with xml.element("a", {"c": value}):
            xml.leaf("b", text, {"d": value})
    with XmlReader(path, "a") as reader:
        assert reader.root.attribute("c") == value
        assert [(leaf.text, leaf.attribute("d")) for leaf in reader] == [(text, value)]


def test_the_writer_has_one_output() -> None:
    parts: list[bytes] = []
    xml = XmlWriter(parts.append)
    with xml.element("a", {"z": "1", "b": '<"&>\n'}):
        xml.leaf("c")
        xml.leaf("d", "x]]>y\r")
    assert b"".join(parts).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<a b="&lt;&quot;&amp;&gt;&#10;" z="1">\n'
        "  <c/>\n  <d>x]]&gt;y&#13;</d>\n</a>\n"
    )


def test_children_are_forgotten_once_read(tmp_path: Path) -> None:
    """The parser runs ahead by one buffer of 32 KiB, and no further."""
    path = tmp_path / "many.xml"
    with path.open("wb") as out:
        xml = XmlWriter(out.write)
        with xml.element("a"):
            for number in range(20_000):
                xml.leaf("b", str(number))
    with XmlReader(path, "a") as reader:
        read = 0
        for node in reader:
            assert node.text == str(read)
            read += 1
            if read % 1000 == 0:
                assert len(list(reader.root.children())) < 5000
    assert read == 20_000
