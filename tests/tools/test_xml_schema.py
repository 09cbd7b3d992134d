"""What is wrong with a document is named, be it small or large; a schema takes nothing from afar."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import schemas
from pipeline.errors import HouseError
from pipeline.tools.xml_schema import SMALL, XmlSchema

SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'


def a_schema(folder: Path, content: str) -> Path:
    path = folder / "a.xsd"
    path.write_text(SCHEMA.format(content), "utf-8")
    return path


NUMBERS = """<xs:element name="a"><xs:complexType><xs:sequence>
  <xs:element name="b" type="xs:integer" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>"""

MANY = "<b>1</b>" * 10_000
"""More than the parser's buffer, so that faults come late."""

HUGE = "<b>1</b>" * (SMALL // 8)
"""More than is read whole."""


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<c/>",
        "<a/>",
        "<a><b>x</b></a>",
        "<a>",
        "<a><b>1</b></a><a/>",
        "<a><b>1</b></a>junk",
        "<a><b>1</c></a>",
        "<!DOCTYPE a><a><b>1</b></a>",
        f"<a>{MANY}",
        f"<a>{MANY}<b>1",
        f"<a>{MANY}</a",
        f"<a>{MANY}</a><",
        f"<a>{MANY}<b>x</b></a>",
        f"<a>{MANY}<c/></a>",
        f"<a>{MANY}\x01</a>",
        f"<a>{MANY}\udcff</a>",
        f"<a>{HUGE}<b>x</b></a>",
        f"<a>{HUGE}",
    ],
    ids=lambda text: text.replace(HUGE, "……").replace(MANY, "…") or "empty",
)
def test_a_schema_names_the_first_fault(document: str, tmp_path: Path) -> None:
    schema = XmlSchema(a_schema(tmp_path, NUMBERS))
    path = tmp_path / "document.xml"
    path.write_text(document, "utf-8", errors="surrogateescape")
    fault = schema.fault(path)
    assert fault is not None
    assert fault.fact("path") == "document.xml"


@pytest.mark.parametrize(
    "document", ["<a><b>1</b></a>", f"<a>{MANY}</a>\n", f"<a>{HUGE}</a>"], ids=["short", "long", "huge"]
)
def test_a_schema_finds_nothing_wrong_with_what_is_right(document: str, tmp_path: Path) -> None:
    schema = XmlSchema(a_schema(tmp_path, NUMBERS))
    path = tmp_path / "document.xml"
    path.write_text(document, "utf-8")
    assert schema.fault(path) is None


def test_a_schema_takes_nothing_from_a_network_or_another_folder(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.xsd").write_text(SCHEMA.format(""), "utf-8")
    for place in ("http://127.0.0.1:9/b.xsd", (other / "b.xsd").as_uri(), "other/b.xsd"):
        path = a_schema(tmp_path, f'<xs:include schemaLocation="{place}"/><xs:element name="a"/>')
        with pytest.raises(HouseError):
            XmlSchema(path)


def test_a_schema_takes_imports_from_its_catalogue(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.xsd").write_text(SCHEMA.format('<xs:element name="b"/>'), "utf-8")
    path = a_schema(tmp_path, '<xs:include schemaLocation="http://127.0.0.1:9/b.xsd"/><xs:element name="a"/>')
    schema = XmlSchema(path, catalogue={"http://127.0.0.1:9/b.xsd": other / "b.xsd"})
    document = tmp_path / "document.xml"
    document.write_text("<b/>", "utf-8")
    assert schema.fault(document) is None


def test_a_broken_schema_is_our_own_fault(tmp_path: Path) -> None:
    with pytest.raises(HouseError, match=r"a\.xsd"):
        XmlSchema(a_schema(tmp_path, '<xs:element name="a" type="nothing"/>'))


# Only the first compilation of a process can go wrong, so each try is a fork of a process that has made none.
FIRST_COMPILATIONS_AT_ONCE = """
import os, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.tools.xml_schema import XmlSchema

def at_once() -> None:
    together = threading.Barrier(6)
    def compiled() -> None:
        together.wait()
        XmlSchema(Path(sys.argv[1]))
    with ThreadPoolExecutor(6) as threads:
        for made in [threads.submit(compiled) for _ in range(6)]:
            made.result()

for _ in range(120):
    child = os.fork()
    if not child:
        try:
            at_once()
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(1)
"""


def test_the_first_schemas_of_a_process_may_be_compiled_at_once() -> None:
    """libxml2 sets up the built-in types of XSD at the first compilation, and not safely between threads."""
    path = schemas.SCHEMAS / schemas.RECORD / f"{schemas.RECORD}.xsd"
    done = subprocess.run([sys.executable, "-c", FIRST_COMPILATIONS_AT_ONCE, path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
