"""mets.xml: what is written comes back and is METS 1.12; links can be read back to the very path."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codecs.mets import (
    Mets,
    MetsDivision,
    MetsFile,
    MetsReference,
    href_of,
    path_of,
    read_mets,
    write_mets,
)
from pipeline.domain.names import safe_component
from pipeline.errors import SourceError
from pipeline.schemas import METS, schema
from pipeline.tools.xml_schema import XmlSchema
from tests.makers import official_schemas
from tests.makers.texts import any_text, filled_text
from tests.makers.values import LANTAI, NOW

USES = ("original", "preservation", "access", "text")
SHA = "0123456789abcdef" * 4

names = st.binary(min_size=1, max_size=12).filter(lambda raw: b"\0" not in raw and b"/" not in raw).map(safe_component)
"""Names as packages have them: the safe form of anything."""


@st.composite
def documents(draw: st.DrawFn) -> Mets:
    """Any document of ours: pointers lead to what is there, files stand by their use."""
    found = draw(st.lists(st.tuples(st.sampled_from(USES), names), min_size=1, max_size=4, unique=True))
    files = tuple(
        MetsFile(
            path=f"data/{use}/{name}", use=use, media_type="image/tiff", size=draw(st.integers(0, 2**60)), sha256=SHA
        )
        for use, name in sorted(found, key=lambda pair: USES.index(pair[0]))
    )
    paths = st.lists(st.sampled_from([file.path for file in files]), min_size=1, max_size=3, unique=True).map(tuple)
    divisions = st.lists(st.builds(MetsDivision, label=filled_text, files=paths), min_size=1, max_size=3)
    return Mets(
        package_id=draw(filled_text),
        title=draw(any_text),
        kind=draw(filled_text),
        created=NOW,
        software=replace(LANTAI, version=draw(filled_text)),
        holder=draw(filled_text),
        references=tuple(
            MetsReference(
                path=f"metadata/{section}.xml",
                section=section,
                kind=draw(st.just("PREMIS") | filled_text.filter(lambda kind: kind != "OTHER")),
                media_type="application/xml",
                size=draw(st.integers(0, 2**60)),
                sha256=SHA,
            )
            for section in ("dmdSec", *draw(st.sampled_from([(), ("techMD", "sourceMD", "digiprovMD")])))
        ),
        files=files,
        divisions=tuple(draw(divisions)),
        whole=draw(st.just(()) | paths),
    )


def written(mets: Mets, folder: Path) -> Path:
    path = folder / "mets.xml"
    with path.open("wb") as out:
        write_mets(mets, out.write)
    return path


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> XmlSchema:
    return official_schemas.official_schema(official_schemas.METS, tmp_path_factory.mktemp("schemas"))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_comes_back_and_is_valid(tmp_path_factory: pytest.TempPathFactory, mets: Mets) -> None:
    path = written(mets, tmp_path_factory.mktemp("mets"))
    assert schema(METS).fault(path) is None
    assert read_mets(path) == mets


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_is_mets(official: XmlSchema, tmp_path_factory: pytest.TempPathFactory, mets: Mets) -> None:
    assert official.fault(written(mets, tmp_path_factory.mktemp("mets"))) is None


@given(names)
def test_every_link_is_a_uri_that_leads_back(name: str) -> None:
    path = f"data/original/{name}"
    href = href_of(path)
    assert href.isascii()
    assert path_of(href) == path
    split = urlsplit(href)
    assert (split.scheme, split.netloc, split.query, split.fragment) == ("", "", "", "")
    base = "https://archive.example/package/metadata/mets.xml"
    assert urljoin(base, href) == f"https://archive.example/package/{href.removeprefix('../')}"


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("data/original/001.tif", "../data/original/001.tif"),
        ("data/original/第1页 (扫描).tif", "../data/original/%E7%AC%AC1%E9%A1%B5%20%28%E6%89%AB%E6%8F%8F%29.tif"),
        ("data/original/a#b&c;d=25.tif", "../data/original/a%23b%26c%3Bd%3D25.tif"),
        ("data/original/𠮷.tif", "../data/original/%F0%A0%AE%B7.tif"),
        ("data/original/2021·档.tif", "../data/original/2021%C2%B7%E6%A1%A3.tif"),
        ("metadata/premis.xml", "premis.xml"),
    ],
)
def test_links_are_percent_encoded_utf8(path: str, href: str) -> None:
    assert (href_of(path), path_of(href)) == (href, path)


@pytest.mark.parametrize(
    "href",
    [
        "../../etc/passwd",
        "../data/../../etc/passwd",
        "../data/%2E%2E/secret",
        "/etc/passwd",
        "http://example.org/a",
        "../data//a",
        "",
        "..",
        "../data/%E7",
        "../data/a%2fb",
        "../data/第1页.tif",
    ],
)
def test_links_out_of_the_package_are_refused(href: str) -> None:
    with pytest.raises(SourceError):
        path_of(href)


def plain() -> Mets:
    page = MetsFile(path="data/original/1.tif", use="original", media_type="image/tiff", size=1, sha256=SHA)
    pdf = replace(page, path="data/access/1.pdf", use="access", media_type="application/pdf")
    record = MetsReference(
        path="metadata/record.xml",
        section="dmdSec",
        kind="DA/T 46-2009",
        media_type="application/xml",
        size=5,
        sha256=SHA,
    )
    return Mets(
        package_id="K021-1",
        title="题名",
        kind="WS",
        created=NOW,
        software=LANTAI,
        holder="某县档案馆",
        references=(record, replace(record, path="metadata/premis.xml", section="digiprovMD", kind="PREMIS")),
        files=(page, pdf),
        divisions=(MetsDivision(label="1.tif", files=(page.path,)),),
        whole=(pdf.path,),
    )


def test_the_plain_document_is_valid(tmp_path: Path, official: XmlSchema) -> None:
    path = written(plain(), tmp_path)
    assert (schema(METS).fault(path), official.fault(path)) == (None, None)


def test_a_reference_needs_a_section_of_mets() -> None:
    with pytest.raises(ValueError, match="rightsXX"):
        replace(plain().references[0], section="rightsXX")


BROKEN = {
    "a pointer to no file": ('FILEID="file-00002"', 'FILEID="file-00009"'),
    "the same file twice": ('xlink:href="../data/access/1.pdf"', 'xlink:href="../data/original/1.tif"'),
    "SM3": ('CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="SM3"'),
    "no checksum": (f' CHECKSUM="{SHA}"', ""),
    "no size": (' SIZE="1"', ""),
    "a link that is not encoded": ("../data/access/1.pdf", "../data/access/一.pdf"),
    "an absolute link": ("../data/access/1.pdf", "file:///data/access/1.pdf"),
    "an unknown use": ('USE="access"', 'USE="thumbnail"'),
    "a description that is not there": ('DMDID="dmd-1"', 'DMDID="dmd-2"'),
    "no date": (' CREATEDATE="2026-11-22T03:04:05+00:00"', ""),
}


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN)
def test_broken_documents_are_not_valid(old: str, new: str, tmp_path: Path) -> None:
    path = written(plain(), tmp_path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert schema(METS).fault(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('FILEID="file-00002"', 'FILEID="file-00009"'),
        ("../data/access/1.pdf", "../../1.pdf"),
        ("../data/access/1.pdf", "../data/%FF.pdf"),
        ('SIZE="1"', 'SIZE="one"'),
        ('CREATEDATE="2026-', 'CREATEDATE="'),
        ("metsHdr", "metsHeader"),
        ("<fileSec ", "<!-- "),
    ],
)
def test_broken_documents_are_not_read(old: str, new: str, tmp_path: Path) -> None:
    path = written(plain(), tmp_path)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SourceError):
        read_mets(path)
