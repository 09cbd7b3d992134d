"""Lines of `manifest-*.txt`, `tagmanifest-*.txt` and `fetch.txt`, and the rules for paths in them.

Source: RFC 8493, 2.1.3, 2.2.1 and 2.2.3. Bad lines are findings, never exceptions. Paths are strings in which
bytes that are not UTF-8 stand as surrogate escapes (`os.fsencode` gives them back).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.codecs.bag_text import decode_text, lines, shown
from pipeline.domain.findings import Finding, finding

_ESCAPE = re.compile(r"%(0[Aa]|0[Dd]|25)")
_ESCAPE_BEFORE_1_0 = re.compile(r"%(0[Aa]|0[Dd])")
_BARE_PERCENT = re.compile(r"%(?!0[AaDd]|25)")
_MANIFEST_LINE = re.compile(r"(\\?[0-9A-Za-z]+)[ \t]+([^ \t].*)", re.DOTALL)
_FETCH_LINE = re.compile(r"([^ \t]+)[ \t]+([^ \t]+)[ \t]+([^ \t].*)", re.DOTALL)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:")
_MD5SUM_ESCAPE = re.compile(r"\\([\\nr])")
_PLAIN = {"\\": "\\", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLine:
    """One entry. `digest` is lower case; `path` is decoded, without `.` components; `written` is the path as it
    stands in the file, for bags before 1.0, which do not say how it is meant."""

    digest: str
    path: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLine:
    """One file to be fetched; `length` in bytes is a hint, None where the line says `-`."""

    url: str
    length: int | None
    path: str


def is_manifest(path: str) -> bool:
    """Whether it is the path of a manifest or tag manifest of any algorithm."""
    return path.startswith(("manifest-", "tagmanifest-")) and path.endswith(".txt")


def encode_path(path: str) -> str:
    """A path as a manifest holds it: `%`, CR and LF percent-encoded and nothing else."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decode_path(text: str, *, strict: bool = True) -> str:
    """The path meant; escapes in either case, unknown ones literal. Before 1.0 (`strict` false) `%25` was none."""
    return (_ESCAPE if strict else _ESCAPE_BEFORE_1_0).sub(lambda m: chr(int(m[1], 16)), text)


def unsafe_reason(path: str) -> str:
    """Why no system should be asked to open the path relative to a bag; empty where it is safe (RFC 8493, 5.1)."""
    if "\0" in path:
        return "NUL"
    if path.startswith(("/", "\\\\")):
        return "absolute"
    if path.startswith("~"):
        return "home"
    if _DRIVE.match(path):
        return "drive"
    if ".." in re.split(r"[/\\]", path):
        return "parent"
    return ""


def encode_manifest(entries: Iterable[tuple[str, str]]) -> bytes:
    """The file from (path, digest) pairs: sorted by code point, lower case, two spaces, LF. Paths must be unique."""
    ordered = sorted(entries)
    text = "".join(f"{digest.lower()}  {encode_path(path)}\n" for path, digest in ordered)
    if len({path for path, _ in ordered}) != len(ordered):
        raise ValueError("a manifest would list a path twice")
    return text.encode("utf-8", "surrogateescape")


def decode_manifest(
    data: bytes, *, name: str, strict: bool = True, encoding: str = "UTF-8", hex_length: int | None = None
) -> tuple[tuple[ManifestLine, ...], tuple[Finding, ...]]:
    """The entries in the file's order, doubled ones too, and what is wrong with its lines.

    `strict` holds it to BagIt 1.0. `hex_length` is what a digest must have, None where the algorithm is unknown.
    """
    text, found = decode_text(data, name=name, encoding=encoding, strict=strict)
    entries: list[ManifestLine] = []
    findings = list(found)
    for number, line in enumerate(lines(text or ""), 1):
        entry, notes = _manifest_line(line, strict, hex_length)
        findings += [_placed(note, name, number, line) for note in notes]
        if entry is not None:
            entries.append(entry)
    return tuple(entries), tuple(findings)


def _manifest_line(line: str, strict: bool, hex_length: int | None) -> tuple[ManifestLine | None, list[str]]:
    if not line.strip(" \t"):
        return None, ["bag_blank_line"]
    match = _MANIFEST_LINE.fullmatch(line)
    if match is None:
        return None, ["bag_line_malformed"]
    digest, written, notes = match[1], match[2], []
    if digest.startswith("\\") or written.startswith("*"):
        notes.append("bag_md5sum_style")
        written = written.removeprefix("*")
        if digest.startswith("\\"):
            digest, written = digest[1:], _MD5SUM_ESCAPE.sub(lambda m: _PLAIN[m[1]], written)
    if set(digest.lower()) - set("0123456789abcdef") or hex_length not in {None, len(digest)}:
        return None, [*notes, "bag_digest_malformed"]
    path, more = _path(written, strict)
    return (ManifestLine(digest=digest.lower(), path=path, written=written) if path else None), notes + more


def _path(written: str, strict: bool) -> tuple[str, list[str]]:
    """The path meant, empty where it is none, and notes on how it is written."""
    notes = ["bag_percent_not_encoded"] if strict and _BARE_PERCENT.search(written) else []
    decoded = decode_path(written, strict=strict)
    if "\0" in decoded or decoded.endswith("/"):
        return "", ["bag_line_malformed"]
    path = _without_dots(decoded)
    return path, notes if path == decoded else [*notes, "bag_dot_path"]


def _without_dots(path: str) -> str:
    root = "/" if path.startswith("/") else ""
    return root + "/".join(part for part in path.split("/") if part not in {"", "."})


def _placed(code: str, name: str, number: int, line: str) -> Finding:
    return finding(code, name, line=number, text=shown(line[:300]))


def decode_fetch(
    data: bytes, *, strict: bool = True, encoding: str = "UTF-8"
) -> tuple[tuple[FetchLine, ...], tuple[Finding, ...]]:
    """The entries of `fetch.txt`, and what is wrong with its lines. Nothing is fetched."""
    text, found = decode_text(data, name="fetch.txt", encoding=encoding, strict=strict)
    entries: list[FetchLine] = []
    findings = list(found)
    for number, line in enumerate(lines(text or ""), 1):
        if not line.strip(" \t"):
            findings.append(_placed("bag_blank_line", "fetch.txt", number, line))
            continue
        entry, notes = _fetch_line(line, strict)
        findings += [_placed(code, "fetch.txt", number, line) for code in notes]
        if entry is not None:
            entries.append(entry)
    return tuple(entries), tuple(findings)


def _fetch_line(line: str, strict: bool) -> tuple[FetchLine | None, list[str]]:
    match = _FETCH_LINE.fullmatch(line)
    if match is None or not _URI.fullmatch(match[1]) or not re.fullmatch(r"-|[0-9]{1,19}", match[2], re.ASCII):
        return None, ["bag_line_malformed"]
    path, notes = _path(match[3], strict)
    length = None if match[2] == "-" else int(match[2])
    return (FetchLine(url=match[1], length=length, path=path) if path else None), notes
