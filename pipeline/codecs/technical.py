"""`metadata/technical.json`: all that the tools read out of every file, in full, one file to a line.

Read by `metadata_schemas/technical-1.0`. Streamed: a record of 20,000 photographs has millions of facts.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from pipeline.domain.formats import FileFormat, Soundness
from pipeline.domain.messages import Invalid, message, why
from pipeline.errors import SourceError
from pipeline.tools.typed_json import from_json

FORMAT = "lantai-technical/1"
MAX_LINE = 2**28
"""Longest line read, in bytes: the facts of one file."""


class TechnicalFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of one file. `facts` are (tool, key, value); `soundness` is None and `sources` are given for a
    file that we made."""

    path: str
    sha256: str
    size: int
    format: FileFormat
    soundness: Soundness | None = None
    pages: int | None = None
    sources: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    package_id: str
    files: tuple[()]


def write_technical(package_id: str, files: Iterable[TechnicalFile], write: Callable[[bytes], object]) -> None:
    """Writes the document; the same values give the same bytes."""
    encoder = msgspec.json.Encoder()
    write(b'{"format":%s,\n"package_id":%s,\n"files":[' % (encoder.encode(FORMAT), encoder.encode(package_id)))
    for number, file in enumerate(files):
        write((b",\n" if number else b"\n") + encoder.encode(file))
    write(b"\n]}\n")


def package_named(path: Path) -> str:
    """Identifier of the package whose files the document is about. SourceError where it is not what `write_technical`
    writes."""
    with _as_source_error(path), path.open("rb") as lines:
        return _head(lines)


def technical_files(path: Path) -> Iterator[TechnicalFile]:
    """The files one by one, in flat memory. Raises as `package_named`, while it goes on."""
    with _as_source_error(path), path.open("rb") as lines:
        _head(lines)
        yield from _files(lines)


@contextmanager
def _as_source_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (msgspec.DecodeError, ValueError, OSError) as error:
        raise SourceError(message("document_not_read", path=path.name, reason=why(error))) from error


def _head(lines: BinaryIO) -> str:
    """What stands before the files, on three lines; the package identifier."""
    head = from_json(b"".join(_line(lines) for _ in range(3)) + b"]}", _Head)
    if head.format != FORMAT:
        raise Invalid(message("index_format_unknown", format=head.format))
    return head.package_id


def _files(lines: BinaryIO) -> Iterator[TechnicalFile]:
    while (line := _line(lines)) != b"]}\n":
        yield from_json(line.removesuffix(b"\n").removesuffix(b","), TechnicalFile)
    if lines.read(1):
        raise Invalid(message("document_goes_on"))


def _line(lines: BinaryIO) -> bytes:
    line = lines.readline(MAX_LINE)
    if not line.endswith(b"\n"):
        raise Invalid(message("document_cut_off") if len(line) < MAX_LINE else message("line_too_long", most=MAX_LINE))
    return line
