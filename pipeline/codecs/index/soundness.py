"""What must be true of every index, whatever its format: identifiers, keys, paths, digests and offsets agree."""

import re
from collections.abc import Iterator

from pipeline.domain import layout
from pipeline.domain.identifiers import PackageId
from pipeline.domain.messages import Message, message
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import TAR, Member, PackageIndex

_MOST_BYTES = 1 << 60
_MOST_PATH = 4096
_MOST_LEVELS = 256
_BLOCK = 512
_HEX64 = re.compile(r"[0-9a-f]{64}")


def problem_of(index: PackageIndex) -> Message | None:
    """What contradicts what: identifiers, keys, paths, digests or offsets. None where all agree."""
    return next(_problems(index), None)


def _problems(index: PackageIndex) -> Iterator[Message]:
    named = list(_name_problems(index))
    yield from named
    if named:
        return
    yield from _object_problems(index)
    if not index.members:
        yield message("index_without_members")
    seen: set[str] = set()
    end = 0
    for member in index.members:
        yield from _member_problems(member)
        if member.path in seen:
            yield message("index_member_doubled", path=member.path)
        seen.add(member.path)
        if member.version != index.version:
            if not 1 <= member.version < index.version:
                yield message("index_member_version", path=member.path, version=member.version)
            continue
        if member.header_offset != end:
            yield message("index_member_misplaced", path=member.path, offset=member.header_offset, end=end)
        end = member.end
    if end + 2 * _BLOCK > index.tar_size:
        yield message("index_tar_too_short", end=end, size=index.tar_size)
    payload = [m.size for m in index.members if layout.is_payload(m.path)]
    if (len(payload), sum(payload)) != (index.payload_files, index.payload_bytes):
        yield message("index_payload_differs", files=index.payload_files, found=len(payload))


def _name_problems(index: PackageIndex) -> Iterator[Message]:
    try:
        named = layout.bag_name(PackageId(value=index.package_id).value, index.version)
    except ValueError:
        yield message("index_identifier", value=repr(index.package_id), version=index.version)
        return
    if index.bag_name != named:
        yield message("index_bag_name", name=repr(index.bag_name))
    first, *rest = index.prefix.split("/")
    if len(rest) != 3 or rest[1:] != [index.package_id, ""]:
        yield message("index_folder", name=repr(index.prefix))
    for part in (first, *rest[:1], index.fonds, index.category):
        if not _is_component(part):
            yield message("index_folder", name=repr(part))
    for digest in (index.content, index.description or index.content):
        if not _HEX64.fullmatch(digest):
            yield message("index_digest", value=repr(digest[:200]))


def _object_problems(index: PackageIndex) -> Iterator[Message]:
    tars = [each for each in index.objects if each.role == TAR]
    if [each.key for each in tars] != [index.tar_name]:
        yield message("index_tars", name=index.tar_name)
    if not 0 < index.tar_size < _MOST_BYTES or index.tar_size % _BLOCK:
        yield message("index_tar_size", size=index.tar_size)
    seen = {index.index_name}
    for each in index.objects:
        digest = each.sha256 or (each.role == TAR and "0" * 64)
        if not (digest and _HEX64.fullmatch(digest)) or not 0 <= each.size < _MOST_BYTES:
            yield message("index_object", key=repr(each.key[:200]), size=each.size)
        if each.key in seen or not _is_path(each.key):
            yield message("index_path", path=repr(each.key[:200]))
        seen.add(each.key)


def _member_problems(member: Member) -> Iterator[Message]:
    shown = repr(member.path[:200])
    if not _is_path(member.path):
        yield message("index_path", path=shown)
    if not 0 <= member.size < _MOST_BYTES:
        yield message("index_member_size", path=shown, size=member.size)
    if member.data_offset % _BLOCK or member.data_offset - member.header_offset < _BLOCK:
        yield message("index_member_offsets", path=shown, data=member.data_offset, header=member.header_offset)
    if not (_HEX64.fullmatch(member.sha256) and _HEX64.fullmatch(member.header_sha256)):
        yield message("index_member_digest", path=shown)
    if member.original_name_hex:
        yield from _original_problems(member, shown)


def _original_problems(member: Member, shown: str) -> Iterator[Message]:
    try:
        OriginalName(raw_hex=member.original_name_hex)
    except ValueError:
        yield message("index_original_name", path=shown, name=repr(member.original_name_hex[:200]))


def _is_path(text: str) -> bool:
    """Whether it stays where it is put, and is of a length that systems take."""
    parts = text.split("/")
    return len(text.encode()) <= _MOST_PATH and len(parts) <= _MOST_LEVELS and all(map(_is_component, parts))


def _is_component(text: str) -> bool:
    """Whether it is one name of the safe form: no separator of any system, no control character, no dots alone."""
    return text not in {"", ".", ".."} and not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', text)
