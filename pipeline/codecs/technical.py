"""`metadata/technical.json`: all that the tools read out of every file, in full, one file to a line.

Read by `metadata_schemas/technical-1.0`. Streamed: a record of 20,000 photographs has millions of facts.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from pipeline.domain.formats import FileFormat, Soundness
from pipeline.errors import SourceError
from pipeline.tools.typed_json import from_json

FORMAT = "lantai-technical/1"


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


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    package_id: str
    files: tuple[TechnicalFile, ...]


def write_technical(package_id: str, files: Iterable[TechnicalFile], write: Callable[[bytes], object]) -> None:
    """Writes the document; the same values give the same bytes."""
    encoder = msgspec.json.Encoder()
    write(b'{"format":%s,\n"package_id":%s,\n"files":[' % (encoder.encode(FORMAT), encoder.encode(package_id)))
    for number, file in enumerate(files):
        write((b",\n" if number else b"\n") + encoder.encode(file))
    write(b"\n]}\n")


def read_technical(path: Path) -> tuple[str, tuple[TechnicalFile, ...]]:
    """(package identifier, files). Raises SourceError where the document is not what `write_technical` writes."""
    try:
        document = from_json(path.read_bytes(), _Document)
    except (msgspec.DecodeError, ValueError, OSError) as error:
        raise SourceError(f"{path.name}: {error}") from error
    if document.format != FORMAT:
        raise SourceError(f"{path.name}: a format that this program does not read: {document.format!r}")
    return document.package_id, document.files
