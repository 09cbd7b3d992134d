"""Binary documents (.doc, .xls, .ppt) before anything is made of them: locked, or not built as they should be."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.formats.frozen import sheet_binary, slide_binary, word_binary
from pipeline.formats.frozen.seen import Seen
from pipeline.tools.ole_streams import SIGNATURE, CompoundFile

_PACKAGE = "EncryptedPackage"
"""What an encrypted document of the newer kind is packed into (MS-OFFCRYPTO 2.3.4.4)."""


@dataclass(frozen=True, slots=True)
class _Family:
    is_locked: Callable[[CompoundFile], bool]
    freeze: Callable[[CompoundFile], Seen]


_FAMILIES: Mapping[str, _Family] = {
    "doc": _Family(word_binary.is_locked, word_binary.frozen),
    "xls": _Family(sheet_binary.is_locked, sheet_binary.frozen),
    "ppt": _Family(slide_binary.is_locked, slide_binary.frozen),
}


def looked_at(path: Path, extension: str) -> tuple[bool, Message | None]:
    """Whether it needs a password, and why its content may not be all there. Nothing is said of what is no compound
    file: text that was given such a name, or a format older than those."""
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            return False, None
    try:
        file_ = CompoundFile.read_from(path)
        family = _FAMILIES[extension]
        if _PACKAGE in file_.streams or family.is_locked(file_):
            return True, None
        family.freeze(file_)
    except (ValueError, IndexError, struct.error) as error:
        return False, message("document_garbled", reason=told_by_program(error))
    return False, None


def freeze(source: Path, target: Path, extension: str) -> tuple[bool, Seen]:
    """Writes the frozen document where anything had to be changed; whether it did, and what was seen.
    Raises OleGarbled."""
    file = CompoundFile.read_from(source)
    seen = _FAMILIES[extension].freeze(file)
    if file.changed:
        file.write_to(target)
    return file.changed, seen
