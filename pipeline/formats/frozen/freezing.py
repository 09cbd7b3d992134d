"""A document as it was saved: whichever family it is of, in one call."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.formats.frozen import (
    binary,
    open_document,
    package_xml,
    rich_text,
)
from pipeline.formats.frozen.seen import Seen
from pipeline.tools import zips

MAX_BYTES = 128 * 2**20
"""Most XML that is converted, in bytes: LibreOffice takes some sixteen times as much memory for it."""

Freeze = Callable[[Path, Path], tuple[bool, Seen]]
"""Source and target; whether the target was written, and what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What is to be converted: the frozen document, or the source itself where nothing in it is worked out anew."""

    path: Path
    extension: str
    seen: Seen
    is_sheet: bool = False


class _TooLarge(Exception):
    """More XML than is converted."""


def _within_limits(source: Path) -> None:
    size = zips.unfolded_bytes(source, ending=".xml")
    if size > MAX_BYTES:
        raise _TooLarge(size)


def _package(source: Path, target: Path) -> tuple[bool, Seen]:
    _within_limits(source)
    return package_xml.freeze(source, target, max_bytes=MAX_BYTES)


def _open(source: Path, target: Path) -> tuple[bool, Seen]:
    _within_limits(source)
    return open_document.freeze(source, target)


def _rich(source: Path, target: Path) -> tuple[bool, Seen]:
    return rich_text.freeze(source, target, max_bytes=MAX_BYTES)


_BY_EXTENSION: Mapping[str, Freeze] = {
    **dict.fromkeys(("docx", "xlsx", "pptx"), _package),
    **dict.fromkeys(("odt", "ods", "odp"), _open),
    **{extension: partial(binary.freeze, extension=extension) for extension in ("doc", "xls", "ppt")},
    "rtf": _rich,
}
_SHEETS = {"xlsx", "xls", "ods"}


def freeze(source: Path, extension: str, target: Path) -> Frozen | Message:
    """The document to be converted; why there is none where it cannot be read for what it stores."""
    is_sheet = extension in _SHEETS
    family = _BY_EXTENSION.get(extension)
    if family is None:
        return Frozen(path=source, extension=extension, seen=Seen(known=False), is_sheet=is_sheet)
    try:
        changed, seen = family(source, target)
    except _TooLarge as error:
        return message("too_large_to_convert", size=error, most=MAX_BYTES)
    except (ValueError, IndexError, struct.error) as error:
        # ZipUnreadable, XmlGarbled, OleGarbled and RtfGarbled are values that cannot be; so are numbers of a hostile
        # document that are none, or lead nowhere.
        target.unlink(missing_ok=True)
        return message("not_frozen", reason=told_by_program(str(error)))
    return Frozen(path=target if changed else source, extension=extension, seen=seen, is_sheet=is_sheet)
