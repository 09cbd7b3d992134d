"""A tar of which nothing is known, unpacked into an empty folder: for a package that comes without its index.

Hostile as every file: only regular files and folders below one folder at the top, no name twice, none that leads
elsewhere, no more members than a package has; no member is longer than the tar itself.
"""

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pipeline.domain.messages import Message, message, told_by_program, told_by_system
from pipeline.errors import SourceError

MOST_MEMBERS = 200_000
_CHUNK = 1 << 20


class TarNotWhole(SourceError):
    """The tar ends too early, holds what no package holds, or has something behind its end."""


def unpack(tar_path: Path, folder: Path, *, advance: Callable[[int], None]) -> Path:
    """Unpacks into `folder`, which is empty; the one folder at the top. `advance` is told bytes.

    Raises TarNotWhole saying what is wrong; StorageError is the caller's where the disk is full (OSError).
    """
    top = ""
    try:
        with tar_path.open("rb") as file, tarfile.open(fileobj=file, mode="r:", encoding="utf-8") as tar:
            for number, member in enumerate(tar):
                parts = _parts(member, number)
                if top not in {"", parts[0]}:
                    raise TarNotWhole(message("tar_unlike_a_package", path=member.name, why=message("tar_two_tops")))
                top = parts[0]
                if member.isreg():
                    _write(tar, member, folder.joinpath(*parts), advance)
            _refuse_more(file, tar.offset)
    except (tarfile.TarError, EOFError, UnicodeError, ValueError) as error:
        raise TarNotWhole(message("tar_not_whole", reason=told_by_program(error))) from error
    if not top:
        raise TarNotWhole(message("tar_not_whole", reason=message("tar_empty")))
    return folder / top


def _parts(member: tarfile.TarInfo, number: int) -> tuple[str, ...]:
    """The parts of its path, if it is one that a package may hold."""
    parts = tuple(member.name.rstrip("/").split("/"))
    wrong: Message | None = None
    if number >= MOST_MEMBERS:
        wrong = message("tar_too_many", most=MOST_MEMBERS)
    elif not (member.isreg() or member.isdir()) or member.issparse():
        wrong = message("tar_no_file")
    elif any(part in {"", ".", ".."} or "\0" in part for part in parts):
        wrong = message("tar_path_leads_elsewhere")
    if wrong is not None:
        raise TarNotWhole(message("tar_unlike_a_package", path=member.name, why=wrong))
    return parts


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path, advance: Callable[[int], None]) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise TarNotWhole(message("tar_unlike_a_package", path=member.name, why=message("tar_no_file")))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for chunk in _chunks(source):
                out.write(chunk)
                advance(len(chunk))
    except (FileExistsError, NotADirectoryError) as error:
        said = told_by_system(error)
        raise TarNotWhole(message("tar_unlike_a_package", path=member.name, why=said)) from error


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _refuse_more(file: IO[bytes], end: int) -> None:
    """Behind the last member there are zeros, at least two blocks of them."""
    if os.fstat(file.fileno()).st_size < end + tarfile.BLOCKSIZE:
        raise TarNotWhole(message("tar_not_whole", reason=message("tar_without_end")))
    file.seek(end)
    if any(any(chunk) for chunk in _chunks(file)):
        raise TarNotWhole(message("tar_not_whole", reason=message("tar_goes_on")))
