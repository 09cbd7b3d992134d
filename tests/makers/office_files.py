"""Small office documents with stored values of 2019: fields, formulas, dates, as their programs write them."""

import lzma
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.makers.received import FILES

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
        ("fo", "xsl-fo-compatible"),
        ("presentation", "presentation"),
    )
)


def zipped(path: Path, members: Mapping[str, str]) -> Path:
    """A package of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def relations(*targets: tuple[str, str, str]) -> str:
    """A part of relationships: identifier, kind, target; a target with a scheme lies outside."""
    items = "".join(
        f'<Relationship Id="{identifier}" Type="{R}/{kind}" Target="{target}"'
        + (' TargetMode="External"' if "://" in target else "")
        + "/>"
        for identifier, kind, target in targets
    )
    return f'<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'


def types(**overrides: str) -> str:
    """The part of content types: `/word/document.xml` as `word__document`."""
    items = "".join(
        f'<Override PartName="/{name.replace("__", "/")}.xml" ContentType="{_OFFICE}.{kind}+xml"/>'
        for name, kind in overrides.items()
    )
    return (
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{items}</Types>'
    )


def run(text: str) -> str:
    """A run of Word."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, stored: str) -> str:
    """A complex field of Word, with what it showed when saved."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return (
        f"{marks[0]}<w:r><w:instrText> {instruction} </w:instrText></w:r>{marks[1]}{stored and run(stored)}{marks[2]}"
    )


def docx(path: Path, body: str, *, header: str = "", outside: str = "") -> Path:
    """A Word document of this body; `outside` the target of a picture that it links to."""
    told = [("h", "header", "header1.xml")] if header else []
    told += [("p", "image", outside)] if outside else []
    section = '<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>' if header else ""
    members = {
        "[Content_Types].xml": types(
            word__document="wordprocessingml.document.main", word__header1="wordprocessingml.header"
        ),
        "_rels/.rels": relations(("d", "officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{section}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(*told),
    }
    if header:
        members["word/header1.xml"] = f'<w:hdr xmlns:w="{W}"><w:p>{header}</w:p></w:hdr>'
    return zipped(path, members)


def xlsx(path: Path, sheet: str, *, strings: tuple[str, ...] = (), workbook: str = "", after: str = "") -> Path:
    """A workbook of one sheet 表: rows, then what stands behind them; `workbook` is what stands behind its sheets."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return zipped(
        path,
        {
            "[Content_Types].xml": types(
                xl__workbook="spreadsheetml.sheet.main",
                xl__sheet1="spreadsheetml.worksheet",
                xl__sharedStrings="spreadsheetml.sharedStrings",
            ),
            "_rels/.rels": relations(("b", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets>'
            f'<sheet name="表" sheetId="1" r:id="s"/></sheets>{workbook}</workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                ("s", "worksheet", "sheet1.xml"), ("t", "sharedStrings", "/xl/sharedStrings.xml")
            ),
            "xl/sharedStrings.xml": f'<sst xmlns="{S}">{shared}</sst>',
            "xl/sheet1.xml": f'<worksheet xmlns="{S}"><sheetData>{sheet}</sheetData>{after}</worksheet>',
        },
    )


def with_slide_text(path: Path, paragraph: str, *, show: str = "1") -> Path:
    """A presentation whose first slide also says this (a:p), or is hidden."""
    box = (
        f'<p:sp xmlns:p="{P}" xmlns:a="{A}"><p:nvSpPr><p:cNvPr id="99" name="d"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="100000" y="100000"/><a:ext cx="4000000" cy="400000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f"<p:txBody><a:bodyPr/>{paragraph}</p:txBody></p:sp>"
    )
    with zipfile.ZipFile(FILES / "sound.pptx") as source:
        members = {name: source.read(name) for name in source.namelist()}
    slide = members["ppt/slides/slide1.xml"].decode()
    slide = slide.replace("</p:spTree>", f"{box}</p:spTree>").replace("<p:sld ", f'<p:sld show="{show}" ', 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(zipfile.ZipInfo(name), slide if name == "ppt/slides/slide1.xml" else raw)
    return path


def open_document(path: Path, kind: str, body: str, *, styles: str = "", masters: str = "") -> Path:
    """An OpenDocument of a kind (`text`, `spreadsheet`, `presentation`)."""
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        path,
        {
            "mimetype": media_type,
            "META-INF/manifest.xml": manifest,
            "content.xml": f'<office:document-content {_ODF} office:version="1.2"><office:automatic-styles>{styles}'
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "styles.xml": f'<office:document-styles {_ODF} office:version="1.2"><office:master-styles>{masters}'
            "</office:master-styles></office:document-styles>",
        },
    )


def today_ppt(path: Path) -> Path:
    """The presentation whose date follows the day, unpacked."""
    path.write_bytes(lzma.decompress((FILES / "today.ppt.xz").read_bytes()))
    return path
