"""The record's description inside its derived files: XMP (ISO 16684-1) with Dublin Core, and a PDF's own information.

So that a copy that has left the archives still says what it is and whose.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline import __version__
from pipeline.codecs import xmp
from pipeline.domain.events import Agent
from pipeline.domain.records import Description
from pipeline.tools import jpeg, pdf
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import Toolbox

_DATE = re.compile(r"^\s*(\d{4})(?:\D{0,2}(\d{2})(?:\D{0,2}(\d{2}))?)?\D{0,2}$")
_MONTHS, _DAYS = 12, 31


def embed_in_pdf(toolbox: Toolbox, description: Description, path: Path, subject: str) -> Agent:
    """Writes the description into a PDF in place, and proves that it still opens; who did it. Raises ToolError."""
    toolbox.announce(subject, path.stat().st_size)
    described = path.with_suffix(".described")
    pdf.embed(path, described, _for_pdf(description), subject=subject)
    described.replace(path)
    pdf.page_count(path, subject=subject)
    return Agent(name="pikepdf", version=pdf.version())


def embed_in_jpeg(toolbox: Toolbox, description: Description, paths: Sequence[Path], subject: str) -> Agent:
    """Writes the description into JPEGs that we made, in place, their Exif kept; who did it."""
    toolbox.announce(subject, sum(path.stat().st_size for path in paths), files=len(paths))
    packet = xmp.packet(_for_jpeg(description))
    for path in paths:
        path.write_bytes(jpeg.with_metadata(path.read_bytes(), xmp=packet, keep_exif=True))
    return Agent(name="lantai", version=__version__)


def embed_as_xmp(toolbox: Toolbox, description: Description, paths: Sequence[Path], subject: str) -> Agent:
    """Writes the description into files of other formats in place, all in one command; who did it. Raises ToolError."""
    seconds = toolbox.announce(subject, sum(path.stat().st_size for path in paths), files=len(paths))
    exiftool = toolbox.helper(ExifTool)
    exiftool.write(dict.fromkeys(paths, _for_xmp(description)), seconds=seconds)
    return Agent(name="ExifTool", version=exiftool.version)


def iso_date(text: str) -> str:
    """A catalogue's date as ISO 8601, as exact as it is given (`00` is an unknown month or day); an empty string where
    it is none."""
    found = _DATE.match(text)
    if found is None:
        return ""
    year, month, day = (None if part == "00" else part for part in found.groups())
    if day and not month:
        return ""
    if month and not 1 <= int(month) <= _MONTHS:
        return ""
    if day and not 1 <= int(day) <= _DAYS:
        return ""
    return "-".join(part for part in (year, month, day) if part)


def _rights(description: Description) -> str:
    return "；".join(part for part in (description.value("access"), description.value("security")) if part)


def _for_pdf(description: Description) -> pdf.PdfDescription:
    return pdf.PdfDescription(
        title=one_line(description.title),
        creator=one_line(description.value("creator")),
        identifier=description.archival_code,
        source=description.fonds,
        date=iso_date(description.date),
        rights=_rights(description),
    )


def _for_xmp(description: Description) -> dict[str, str]:
    """Tags by ExifTool's names; a title twice, as default and in Chinese."""
    title = one_line(description.title)
    tags = {
        "XMP-dc:Title": title,
        "XMP-dc:Title-zh": title,
        "XMP-dc:Identifier": description.archival_code,
        "XMP-dc:Source": description.fonds,
        "XMP-dc:Creator": one_line(description.value("creator")),
        "XMP-dc:Date": iso_date(description.date).replace("-", ":"),
        "XMP-dc:Rights": _rights(description),
        "XMP-xmpRights:UsageTerms": _rights(description),
    }
    return {name: value for name, value in tags.items() if value}


def _for_jpeg(description: Description) -> dict[str, str]:
    return {
        "dc:title": one_line(description.title),
        "dc:creator": one_line(description.value("creator")),
        "dc:identifier": description.archival_code,
        "dc:source": description.fonds,
        "dc:date": iso_date(description.date),
        "dc:rights": _rights(description),
        "xmpRights:UsageTerms": _rights(description),
    }


def one_line(text: str) -> str:
    """Line breaks from a cell of a spreadsheet become blanks; characters that XML refuses are left out."""
    joined = " ".join(text.split())
    return "".join(c for c in joined if c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
