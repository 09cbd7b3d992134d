"""The text of a bag's tag files: encoding, byte order mark, lines; shared by the codecs of manifests and bag-info.

Source: RFC 8493, 2.2 and 2.3. What bags before 1.0 were allowed, or did anyway, is told as `bag_tolerated` with
the rule that 1.0 would see broken, so that one code has one weight.
"""

import codecs
import re
import unicodedata

from pipeline.domain.findings import Finding, finding

_LINE_END = re.compile(r"\r\n|\r|\n")
_UTF8_BOM = b"\xef\xbb\xbf"
_HIDDEN = {"Cc", "Cs", "Zl", "Zp"}


def breach(code: str, subject: str, *, strict: bool, **facts: object) -> Finding:
    """The finding where the rule is binding (1.0), else the note that an old bag was let through."""
    if strict:
        return finding(code, subject, record="", row=None, **facts)
    return finding("bag_tolerated", subject, record="", row=None, rule=code, **facts)


def shown(path: str) -> str:
    """A path for people and reports: bytes that are not UTF-8 and control characters as escapes. Not reversible."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _HIDDEN else c for c in text)


def lines(text: str) -> list[str]:
    """Lines ended by LF, CR or CRLF and by nothing else (`str.splitlines` also ends them at U+2028 and VT)."""
    found = _LINE_END.split(text)
    if found and not found[-1]:
        found.pop()
    return found


def decode_text(
    data: bytes, *, name: str, encoding: str = "UTF-8", strict: bool = True
) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of the tag file `name`, or None where it cannot be had.

    In UTF-8, bytes that are not UTF-8 are kept as surrogate escapes, so that names in a manifest still meet those
    on disk.
    """
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return None, (finding("bag_encoding_unknown", name, encoding=shown(encoding)),)
    if codec != "utf-8":
        return _decode_other(data, name, codec)
    found = []
    if data.startswith(_UTF8_BOM):
        found.append(breach("bag_bom", name, strict=strict))
        data = data[len(_UTF8_BOM) :]
    try:
        return data.decode("utf-8"), tuple(found)
    except UnicodeDecodeError:
        found.append(finding("bag_not_utf8", name))
        return data.decode("utf-8", "surrogateescape"), tuple(found)


def _decode_other(data: bytes, name: str, codec: str) -> tuple[str | None, tuple[Finding, ...]]:
    try:
        return data.decode(codec), ()
    except LookupError:  # a codec such as `zip` that does not make text
        return None, (finding("bag_encoding_unknown", name, encoding=codec),)
    except ValueError:
        return None, (finding("bag_undecodable", name, encoding=codec),)
