"""Names of files: as they came (raw bytes) and in the safe form in which they lie in a package.

Nothing is transliterated. The safe form changes only what some system would refuse, as `=XX` (the byte in
hexadecimal); the raw bytes are kept beside it, so that every name can be given back exactly.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.messages import Invalid, message

MAX_COMPONENT_BYTES = 200
"""Longest safe component, in UTF-8 bytes; below the 255 that file systems take, to leave room for suffixes."""

_REFUSED = frozenset('\\:*?"<>|%=')
_RESERVED = re.compile(r"^(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?=$|[. ])", re.IGNORECASE)
_NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalName:
    """原文件名: a relative path exactly as the depositor's file system gave it, `/` between components.

    `raw_hex` are its bytes in hexadecimal, for they need not be UTF-8. Refuses absolute paths, empty
    components, `.` and `..`, and NUL.
    """

    raw_hex: str

    def __post_init__(self) -> None:
        parts = self.raw.split(b"/")
        if b"\0" in self.raw or any(part in {b"", b".", b".."} for part in parts):
            raise Invalid(message("no_relative_path", path=f"{self.raw!r}"))

    @classmethod
    def of(cls, raw: bytes) -> "OriginalName":
        """From raw bytes (`os.fsencode` of what the system listed)."""
        return cls(raw_hex=raw.hex())

    @property
    def raw(self) -> bytes:
        """The bytes."""
        return bytes.fromhex(self.raw_hex)

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8."""
        try:
            self.raw.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    @property
    def display(self) -> str:
        """For people: UTF-8, else GB18030 where it fits, control characters as `\\xNN`. Not reversible."""
        for encoding in ("utf-8", "gb18030"):
            try:
                text = self.raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            text = self.raw.decode("utf-8", "backslashreplace")
        return "".join(c if unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} else ascii(c)[1:-1] for c in text)

    @property
    def extension(self) -> str:
        """The last extension, lower case, without the dot, ASCII letters and digits only (at most 10); or empty."""
        stem, dot, ext = self.raw.rsplit(b"/", 1)[-1].rpartition(b".")
        text = ext.decode("ascii", "replace").lower()
        return text if dot and stem and text.isascii() and text.isalnum() and len(text) <= 10 else ""


def safe_component(raw: bytes) -> str:
    """The safe form of one component: NFC; what some system refuses as `=XX`; at most 200 bytes.

    Source: RFC 8493, 5.1 and 5.2 (names across systems). A longer name is cut and gets eight digits of its
    SHA-256, its extension kept.
    """
    text = unicodedata.normalize("NFC", raw.decode("utf-8", "surrogateescape"))
    out = []
    for position, char in enumerate(text):
        at_edge = position in {0, len(text) - 1} and (char == "." or char.isspace())
        if char in _REFUSED or at_edge or unicodedata.category(char) in _NEVER_SHOWN:
            out.append("".join(f"={b:02X}" for b in char.encode("utf-8", "surrogateescape")))
        else:
            out.append(char)
    safe = "".join(out)
    if _RESERVED.match(safe):
        safe = f"={ord(safe[0]):02X}{safe[1:]}"
    return _shortened(safe, raw) if len(safe.encode()) > MAX_COMPONENT_BYTES else safe


def _shortened(safe: str, raw: bytes) -> str:
    stem, dot, ext = safe.rpartition(".")
    if not dot or not stem or len(ext.encode()) > 16:
        stem, ext = safe, ""
    tail = f"~{hashlib.sha256(raw).hexdigest()[:8]}{'.' + ext if ext else ''}"
    head = stem.encode()[: MAX_COMPONENT_BYTES - len(tail.encode())].decode("utf-8", "ignore")
    return re.sub(r"=[0-9A-F]?$", "", head) + tail


def safe_paths(names: Iterable[OriginalName]) -> dict[OriginalName, str]:
    """A safe path for each name, no two alike even where case and Unicode form are not told apart.

    Siblings that would meet get `~2`, `~3` … before the extension, in the order of their raw bytes, so that the
    same names always get the same paths.
    """
    ordered = sorted(set(names), key=lambda n: n.raw)
    taken: dict[tuple[bytes, ...], set[str]] = {}
    chosen: dict[tuple[bytes, ...], str] = {}
    for name in ordered:
        parts = tuple(name.raw.split(b"/"))
        for depth in range(len(parts)):
            if parts[: depth + 1] not in chosen:
                siblings = taken.setdefault(parts[:depth], set())
                chosen[parts[: depth + 1]] = _untaken(safe_component(parts[depth]), siblings)
    return {
        name: "/".join(chosen[parts[: depth + 1]] for depth in range(len(parts)))
        for name in ordered
        for parts in (tuple(name.raw.split(b"/")),)
    }


def _untaken(safe: str, siblings: set[str]) -> str:
    stem, dot, ext = safe.rpartition(".")
    if not dot or not stem:
        stem, ext = safe, ""
    candidate, number = safe, 1
    while (key := unicodedata.normalize("NFC", candidate).casefold()) in siblings:
        number += 1
        candidate = f"{stem}~{number}{'.' + ext if ext else ''}"
    siblings.add(key)
    return candidate
