"""`bagit.txt` and `bag-info.txt`: declaration and description of a bag.

Source: RFC 8493, 2.1.1 and 2.2.2. Bags before 1.0 are read more leniently; bad lines are findings.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.codecs.bag_text import breach, decode_text, lines, shown
from pipeline.domain.findings import Finding, finding

BAG_INFO = "bag-info.txt"
OLD_BAG_INFO = "package-info.txt"
"""Its name in versions 0.93 to 0.95."""

READ_VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
"""Versions of BagIt that we read; we write the last."""

SINGLE_TAGS = frozenset({"bagging-date", "bag-size", "bag-group-identifier", "bag-count"})
"""Labels that should not be repeated (2.2.2), in lower case; `Payload-Oxum` must not be."""

_BLANK = " \t"
_DECLARATION = re.compile(r"BagIt-Version: (\d+\.\d+)\nTag-File-Character-Encoding: (\S+)")
_OLD_DECLARATION = re.compile(r"BagIt-Version\s*:\s*(\d+\.\d+)\s*\nTag-File-Character-Encoding\s*:\s*(\S+)\s*")
_OXUM = re.compile(r"(\d{1,19})\.(\d{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What `bagit.txt` says."""

    version: str
    encoding: str

    @property
    def strict(self) -> bool:
        """Whether the rules of 1.0 bind."""
        return not self.version.startswith("0.")


def encode_bagit_txt() -> bytes:
    """The declaration we write."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def decode_bagit_txt(data: bytes) -> tuple[Declaration | None, tuple[Finding, ...]]:
    """The declaration, or None with the reason; a byte order mark is an error in every version."""
    text, found = decode_text(data, name="bagit.txt")
    if found or text is None:
        return None, found
    plain = "\n".join(lines(text))
    match = _DECLARATION.fullmatch(plain)
    if match is None:
        match = _OLD_DECLARATION.fullmatch(plain)
        if match is None or not match[1].startswith("0."):
            return None, (finding("bag_declaration_malformed", "bagit.txt", text=shown(plain[:200])),)
    if match[1] not in READ_VERSIONS:
        return None, (finding("bag_version_unknown", "bagit.txt", version=match[1]),)
    return Declaration(version=match[1], encoding=match[2]), ()


def encode_bag_info(tags: Iterable[tuple[str, str]]) -> bytes:
    """The file from (label, value) pairs in their order. Line breaks in a value become continuation lines, which
    read back as one blank. ValueError for a label that no reader would give back."""
    out = []
    for label, value in tags:
        if not label or label != label.strip(_BLANK) or re.search(r"[:\r\n]", label):
            raise ValueError(f"not a label for bag-info.txt: {label!r}")
        folded = "\n  ".join(part.strip(_BLANK) for part in re.split(r"[\r\n]+", value.strip(_BLANK + "\r\n")))
        out.append(f"{label}: {folded}\n")
    return "".join(out).encode()


def decode_bag_info(
    data: bytes, *, name: str = BAG_INFO, strict: bool = True, encoding: str = "UTF-8"
) -> tuple[tuple[tuple[str, str], ...], tuple[Finding, ...]]:
    """(label, value) pairs in the file's order, continuation lines joined by one blank, and what is wrong."""
    text, found = decode_text(data, name=name, encoding=encoding, strict=strict)
    tags: list[tuple[str, str]] = []
    findings = list(found)
    for number, line in enumerate(lines(text or ""), 1):
        if not line.strip(_BLANK):
            findings.append(finding("bag_blank_line", name, line=number, text=""))
        elif line[0] in " \t" and tags:
            label, value = tags[-1]
            tags[-1] = (label, f"{value} {line.strip(_BLANK)}".strip(_BLANK))
        else:
            label, colon, value = line.partition(":")
            if not colon or not label.strip(_BLANK):
                findings.append(finding("bag_info_line_malformed", name, line=number, text=shown(line[:300])))
                continue
            if label != label.strip(_BLANK) or value[:1] not in {" ", "\t"}:
                findings.append(
                    breach("bag_info_line_malformed", name, strict=strict, line=number, text=shown(line[:300]))
                )
            tags.append((label.strip(_BLANK), value.strip(_BLANK)))
    return tuple(tags), tuple(findings)


def values(tags: Iterable[tuple[str, str]], label: str) -> tuple[str, ...]:
    """All values of a label; labels are compared without case."""
    return tuple(value for each, value in tags if each.casefold() == label.casefold())


def parse_oxum(value: str) -> tuple[int, int] | None:
    """Octets and files of a `Payload-Oxum`, None where it is malformed."""
    match = _OXUM.fullmatch(value)
    return (int(match[1]), int(match[2])) if match else None
