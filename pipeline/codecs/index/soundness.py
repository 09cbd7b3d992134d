"""What must be true of every index, whatever its format: identifiers, keys, paths, digests and offsets agree."""

import re
from collections.abc import Iterator

from pipeline.domain.identifiers import PackageId, VersionNumber
from pipeline.domain.messages import Message, message
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import Member, PackageIndex

_MOST_BYTES = 1 << 60
_MOST_PATH = 4096
_MOST_LEVELS = 256
_BLOCK = 512
_HEX64 = re.compile(r"[0-9a-f]{64}")


def problem_of(index: PackageIndex) -> Message | None:
    """What contradicts what: identifiers, keys, paths, digests or offsets. None where all agree."""
    return next(_problems(index), None)


def _problems(index: PackageIndex) -> Iterator[Message]:
    yield from _name_problems(index)
    if not 0 < index.tar_size < _MOST_BYTES or index.tar_size % _BLOCK:
        yield message("index_tar_size", size=index.tar_size)
    if not index.members:
        yield message("index_without_members")
    seen: set[str] = set()
    end = 0
    for member in index.members:
        yield from _member_problems(member)
        if member.path in seen:
            yield message("index_member_doubled", path=member.path)
        if member.header_offset != end:
            yield message("index_member_misplaced", path=member.path, offset=member.header_offset, end=end)
        seen.add(member.path)
        end = member.end
    if end + 2 * _BLOCK > index.tar_size:
        yield message("index_tar_too_short", end=end, size=index.tar_size)
    payload = [m.size for m in index.members if m.path.startswith("data/")]
    if (len(payload), sum(payload)) != (index.payload_files, index.payload_bytes):
        yield message("index_payload_differs", files=index.payload_files, found=len(payload))


def _name_problems(index: PackageIndex) -> Iterator[Message]:
    try:
        named = f"{PackageId(value=index.package_id).value}-{VersionNumber(number=index.version)}"
    except ValueError:
        yield message("index_identifier", value=repr(index.package_id), version=index.version)
        return
    if index.bag_name != named:
        yield message("index_bag_name", name=repr(index.bag_name))
    for part in (index.fonds, index.category):
        if not _is_component(part):
            yield message("index_folder", name=repr(part))


def _member_problems(member: Member) -> Iterator[Message]:
    shown = repr(member.path[:200])
    parts = member.path.split("/")
    too_long = len(member.path.encode()) > _MOST_PATH or len(parts) > _MOST_LEVELS
    if too_long or not all(map(_is_component, parts)):
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


def _is_component(text: str) -> bool:
    """Whether it is one name of the safe form: no separator of any system, no control character, no dots alone."""
    return text not in {"", ".", ".."} and not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', text)
