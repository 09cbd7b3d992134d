"""OpenDocument spreadsheets as text: a sheet is its rows as XML."""

import zipfile
from pathlib import Path

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def text_cells(*texts: str) -> str:
    """Cells with text in them."""
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )


def row(*texts: str, more: str = "") -> str:
    """A row of texts; `more` are further cells as XML."""
    return f"<table:table-row>{text_cells(*texts)}{more}</table:table-row>"


def ods(path: Path, *rows: str, styles: str = "", tables: str = "", manifest: str = "<manifest/>") -> Path:
    """A spreadsheet with one sheet of these rows; `tables` are further sheets as XML."""
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
    sheet = f'<table:table table:name="目录">{"".join(rows)}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>{body}"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content + "</office:document-content>", zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path
