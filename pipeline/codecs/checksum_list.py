"""Lists of checksums from a depositor: what md5sum and its kin write, BSD's form, and BagIt payload manifests.

Sources: GNU coreutils manual, "md5sum invocation"; RFC 8493, 2.1.3. Windows is met: backslashes, GB18030 names,
UTF-16 from PowerShell, CRLF.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.findings import Finding, finding

_BY_LENGTH = {
    32: (Algorithm.MD5,),
    40: (Algorithm.SHA1,),
    64: (Algorithm.SHA256, Algorithm.SM3),
    128: (Algorithm.SHA512,),
}
"""What a digest may be in a list that does not name its algorithm."""
_GNU = re.compile(rb"^(\\?)([0-9A-Fa-f]{32,128})(?: [ *]|[ \t]+\*?)(.+)$", re.DOTALL)
"""Exactly a blank and a blank or star first: a name may itself begin with either."""

_BSD = re.compile(rb"^(\\?)([A-Za-z0-9-]+) ?\((.+)\) ?= ?([0-9A-Fa-f]{32,128})$", re.DOTALL)
_ALGORITHM_IN_NAME = re.compile(r"(md5|sha1|sha256|sha512|sm3)", re.IGNORECASE)
_LIST_NAME = re.compile(
    r"^(?:manifest-\w+\.txt|(?:check|md5|sha1|sha256|sha512|sm3)sums?(?:\.txt)?"
    r"|(?:md5|sha1|sha256|sha512|sm3)\.txt"
    r"|.+\.(?:md5|sha1|sha256|sha512|sm3))$",
    re.IGNORECASE,
)
_UTF16_MARKS = {b"\xff\xfe", b"\xfe\xff"}
_DRIVE = re.compile(rb"^[A-Za-z]:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksumLine:
    """One line: the path as bytes, `/` between components, without a leading `./`; lines count from 1."""

    path: bytes
    digest: Digest
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksumList:
    """A list as read, and what is wrong in it."""

    lines: tuple[ChecksumLine, ...]
    findings: tuple[Finding, ...] = ()


def is_checksum_list(name: str) -> bool:
    """Whether a file of this name is a list: `manifest-sha256.txt`, `SHA256SUMS`, `checksums.txt`, `batch.md5`."""
    return _LIST_NAME.match(name) is not None


def parse_checksum_list(data: bytes, *, name: str, percent_encoded: bool = False) -> ChecksumList:
    """Reads a list called `name`. `percent_encoded` is for BagIt, where `%0A`, `%0D` and `%25` stand for themselves.

    A line that is none makes a finding `checksum_list_garbled`, a path that leaves the delivery `unsafe_path`;
    the other lines are kept. Upper-case digests are made lower case.
    """
    named = _ALGORITHM_IN_NAME.search(name)
    algorithm = Algorithm(named[1].lower()) if named else None
    lines: dict[tuple[bytes, Algorithm], ChecksumLine] = {}
    findings: list[Finding] = []
    for number, raw in _numbered(data):
        found = _line(raw, number, algorithm, percent_encoded)
        if not found:
            findings.append(finding("checksum_list_garbled", name, line=number))
        elif not _is_safe(found[0].path):
            findings.append(finding("unsafe_path", name, path=_shown(found[0].path), line=number))
        elif any(lines.setdefault((line.path, line.digest.algorithm), line).digest != line.digest for line in found):
            findings.append(finding("checksum_list_garbled", name, line=number))
    return ChecksumList(lines=tuple(lines.values()), findings=tuple(findings))


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that say something. Names need not be text in any encoding, so the lines stay bytes."""
    if data[:2] in _UTF16_MARKS:
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    for number, line in enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), 1):
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if line.strip() and not line.startswith((b"#", b";")):
            yield number, line


def _line(raw: bytes, number: int, algorithm: Algorithm | None, percent_encoded: bool) -> tuple[ChecksumLine, ...]:
    """What a line says: twice where its digest may be of either of two algorithms, not at all where it is garbled."""
    if match := _GNU.match(raw):
        escaped, value, path = match.groups()
    elif match := _BSD.match(raw):
        escaped, label, path, value = match.groups()
        algorithm = _labelled(label)
        if algorithm is None:
            return ()
    else:
        return ()
    at, given = _path(path, bool(escaped), percent_encoded), value.decode("ascii").lower()
    return tuple(
        ChecksumLine(path=at, digest=Digest(algorithm=each, value=given), line=number)
        for each in ((algorithm,) if algorithm else _BY_LENGTH.get(len(given), ()))
        if len(given) == each.hex_length
    )


def _labelled(label: bytes) -> Algorithm | None:
    """OpenSSL 3 writes SHA2-256 for SHA-256."""
    text = label.decode("ascii").lower().replace("sha2-", "sha").replace("-", "")
    return Algorithm(text) if text in set(Algorithm) else None


def _path(raw: bytes, escaped: bool, percent_encoded: bool) -> bytes:
    if escaped:
        raw = re.sub(rb"\\([\\nr])", lambda m: {b"\\": b"\\", b"n": b"\n", b"r": b"\r"}[m[1]], raw)
    if percent_encoded:
        raw = re.sub(rb"%(0A|0D|25)", lambda m: bytes.fromhex(m[1].decode()), raw, flags=re.IGNORECASE)
    elif not escaped:
        raw = _from_windows(raw)
    while raw.startswith(b"./"):
        raw = raw[2:]
    return raw


def _from_windows(raw: bytes) -> bytes:
    r"""`a\b` made `a/b`. Decoded first: in GB18030 the second byte of a character may be that of `\`."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        windows = "\\" in text and "/" not in text
        return text.replace("\\", "/").encode() if windows else raw
    return raw


def _is_safe(path: bytes) -> bool:
    parts = path.split(b"/")
    return b"\0" not in path and not _DRIVE.match(path) and not {b"", b".", b".."} & set(parts)


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
