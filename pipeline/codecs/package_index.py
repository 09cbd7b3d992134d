"""The index beside a package's tar: one JSON file, one line per member, readable without us.

`decode_index` believes nothing: an index comes out of a store, and its paths and offsets decide what is read
and written.
"""

import re
from collections.abc import Iterator

import msgspec

from pipeline.domain.identifiers import PackageId, VersionNumber
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import Member, PackageIndex
from pipeline.errors import StorageError
from pipeline.tools.typed_json import from_json

MAX_INDEX_BYTES = 1 << 28
"""Some 700,000 members. A larger file is no index of ours, and reading it whole would take the memory of others."""
_MOST_BYTES = 1 << 60
_MOST_PATH = 4096
_MOST_LEVELS = 256
_BLOCK = 512
_HEX64 = re.compile(r"[0-9a-f]{64}")


def encode_index(index: PackageIndex) -> bytes:
    """The file: the same bytes for the same index, UTF-8, ended by a line feed."""
    head = msgspec.to_builtins(index)
    del head["members"]
    out = ["{\n"]
    out += [f"  {_json(name)}: {_json(value)},\n" for name, value in head.items()]
    out.append('  "members": [\n')
    out.append(",\n".join(f"    {_json(member)}" for member in index.members))
    out.append("\n  ]\n}\n")
    return "".join(out).encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def decode_index(data: bytes, *, store: str = "", key: str = "") -> PackageIndex:
    """The index in the bytes. Raises StorageError (with `store` and `key`) saying what is wrong with them."""
    if len(data) > MAX_INDEX_BYTES:
        raise StorageError(f"the index {key} is larger than {MAX_INDEX_BYTES} bytes", store=store, key=key)
    try:
        index = from_json(data, PackageIndex)
        refuse_unsound(index)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise StorageError(
            f"索引不能使用：{key}（{error}）；请核对该包，改用其他存储中的副本 · "
            f"the index {key} cannot be used ({error}): audit the package and take the copy of another store",
            store=store,
            key=key,
        ) from error
    return index


def refuse_unsound(index: PackageIndex) -> None:
    """ValueError saying what contradicts what: identifiers, keys, paths, digests or offsets."""
    for problem in _problems(index):
        raise ValueError(problem)


def _problems(index: PackageIndex) -> Iterator[str]:
    PackageId(value=index.package_id)
    if index.bag_name != f"{index.package_id}-{VersionNumber(number=index.version)}":
        yield f"the bag's name {index.bag_name!r} is not that of the package and its version"
    for part in (index.fonds, index.category):
        if not _is_component(part):
            yield f"not a folder's name: {part!r}"
    if not 0 < index.tar_size < _MOST_BYTES or index.tar_size % _BLOCK:
        yield f"no tar has a size of {index.tar_size} bytes"
    if not index.members:
        yield "it lists no members"
    seen: set[str] = set()
    end = 0
    for member in index.members:
        yield from _member_problems(member)
        if member.path in seen:
            yield f"{member.path!r} is listed twice"
        if member.header_offset != end:
            yield f"{member.path!r} begins at {member.header_offset} and the member before it ends at {end}"
        seen.add(member.path)
        end = member.end
    if end + 2 * _BLOCK > index.tar_size:
        yield f"the members end at {end} and the tar at {index.tar_size}"
    payload = [m.size for m in index.members if m.path.startswith("data/")]
    if (len(payload), sum(payload)) != (index.payload_files, index.payload_bytes):
        yield f"it says {index.payload_files} payload files and lists {len(payload)}, or their sizes differ"


def _member_problems(member: Member) -> Iterator[str]:
    parts = member.path.split("/")
    too_long = len(member.path.encode()) > _MOST_PATH or len(parts) > _MOST_LEVELS
    if too_long or not all(map(_is_component, parts)):
        yield f"not a safe path: {member.path[:200]!r}"
    if not 0 <= member.size < _MOST_BYTES:
        yield f"{member.path!r} has a size of {member.size} bytes"
    if member.data_offset % _BLOCK or member.data_offset - member.header_offset < _BLOCK:
        yield f"{member.path!r} has its bytes at {member.data_offset}, its header at {member.header_offset}"
    if not (_HEX64.fullmatch(member.sha256) and _HEX64.fullmatch(member.header_sha256)):
        yield f"{member.path!r} has a digest that is not SHA-256 in hexadecimal"
    if member.original_name_hex:
        OriginalName(raw_hex=member.original_name_hex)


def _is_component(text: str) -> bool:
    """Whether it is one name of the safe form: no separator of any system, no control character, no dots alone."""
    return text not in {"", ".", ".."} and not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|]', text)
