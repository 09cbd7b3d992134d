"""Views of packages: of a bag unpacked in a folder, and of a copy in a store while it is read for its fixity."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.checks.bag import BagReport, manifest_of, normal_name, open_regular, validate_bag
from pipeline.checks.views import PackageFile, PackageView
from pipeline.codecs.bag_info import BAG_INFO, decode_bag_info, decode_bagit_txt
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain import layout
from pipeline.domain.digests import Algorithm
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.packages import FixityReport, PackageIndex
from pipeline.errors import SourceError

_DECLARATION = "bagit.txt"
DOCUMENTS = (
    _DECLARATION,
    BAG_INFO,
    layout.METS,
    layout.ORIGINAL_NAMES,
    layout.PREMIS,
    layout.RECORD,
    layout.TECHNICAL,
)
"""What checks read of a copy besides its bytes as such."""

MOST_KEPT = 2**28
"""Longest document that is kept of a copy, in bytes; the facts of 20,000 files are about 60 MB."""

_TAR = "application/x-tar"


def view_of_folder(folder: Path, *, advance: Callable[[int], None]) -> PackageView:
    """The bag in a folder, validated. `advance` is told bytes as they are hashed. Raises UsageError where there is no
    folder, SourceError where a tag file cannot be read a second time."""
    report = validate_bag(folder, advance=advance)
    return PackageView(
        name=folder.name,
        contents=report.contents,
        files=tuple(sorted(_files(folder, report), key=lambda file: file.path)),
        tag_folder=folder,
        bag=report,
    )


def _files(folder: Path, report: BagReport) -> Iterator[PackageFile]:
    for file in report.payload:
        sha256 = next((digest.value for digest in file.digests if digest.algorithm is Algorithm.SHA256), "")
        if sha256:
            yield PackageFile(path=file.path, size=file.size, sha256=sha256)
    for path in report.contents.tag_files:
        if path in DOCUMENTS:
            yield _tag_file(folder, path)


def _tag_file(folder: Path, path: str) -> PackageFile:
    try:
        with os.fdopen(open_regular(folder, path), "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return PackageFile(path=path, size=os.fstat(file.fileno()).st_size, sha256=sha256)
    except OSError as error:
        raise SourceError(message("file_unreadable", path=path, reason=told_by_system(error))) from error


def view_of_copy(index: PackageIndex, fixity: FixityReport, *, tag_folder: Path, kept: frozenset[str]) -> PackageView:
    """The copy of a package, its bytes compared with `index`. Of the documents, those in `kept` lie in `tag_folder`
    with exactly the bytes that the index gives."""
    tag_files = tuple(sorted(member.path for member in index.members if not member.path.startswith(layout.PAYLOAD)))
    manifests = tuple(filter(None, map(manifest_of, tag_files)))
    version, info = _declared(tag_folder, kept)
    contents = BagContents(
        version=version,
        info=info,
        manifests=tuple(normal_name(algorithm) for tag, algorithm in manifests if not tag),
        tag_manifests=tuple(normal_name(algorithm) for tag, algorithm in manifests if tag),
        tag_files=tag_files,
        payload=tuple((member.path, member.size) for member in index.members if member.path.startswith(layout.PAYLOAD)),
        fetch="fetch.txt" in tag_files,
        serialization=_TAR,
    )
    files = (PackageFile(path=each.path, size=each.size, sha256=each.sha256) for each in index.members)
    return PackageView(
        name=index.bag_name,
        contents=contents,
        files=tuple(sorted(files, key=lambda file: file.path)),
        tag_folder=tag_folder,
        fixity=fixity,
        left_out=frozenset(tag_files) & frozenset(DOCUMENTS) - kept,
    )


def _declared(folder: Path, kept: frozenset[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Version and tags, as far as the two files were kept."""
    declaration, _ = decode_bagit_txt(_bytes(folder, _DECLARATION, kept))
    tags, _ = decode_bag_info(_bytes(folder, BAG_INFO, kept))
    return declaration.version if declaration else "", tags


def _bytes(folder: Path, path: str, kept: frozenset[str]) -> bytes:
    return (folder / path).read_bytes() if path in kept else b""
