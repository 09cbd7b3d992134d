"""Format `lantai-package-index/1`, as lantai 0.1.0 wrote it. Frozen: packages of this format lie in stores for ever.

Strict: 0.1.0 wrote these keys, in this order, one line per member, and nothing else.
"""

import msgspec

from pipeline.domain.packages import Member, PackageIndex
from pipeline.tools.typed_json import from_json

FORMAT = "lantai-package-index/1"


class _Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    size: int
    sha256: str
    header_offset: int
    data_offset: int
    header_sha256: str
    original_name_hex: str
    media_type: str
    puid: str


class _Index(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    package_id: str
    version: int
    fonds: str
    category: str
    archival_code: str
    title: str
    retention: str
    date: str
    batch: str
    packaged_at: str
    fingerprint: str
    bag_name: str
    tar_size: int
    payload_bytes: int
    payload_files: int
    members: tuple[_Member, ...]


_MEMBER = tuple(name for name in _Member.__struct_fields__)
_HEAD = tuple(name for name in _Index.__struct_fields__ if name not in {"format", "members"})


def encode(index: PackageIndex) -> bytes:
    """The file; its facts only, not what it was read from."""
    head = {name: getattr(index, name) for name in _HEAD}
    members = tuple(_Member(**{name: getattr(member, name) for name in _MEMBER}) for member in index.members)
    return _written(_Index(format=FORMAT, members=members, **head))


def decode(data: bytes) -> PackageIndex:
    """The index. Raises msgspec.DecodeError where the bytes are no such file."""
    model = from_json(data, _Index)
    members = tuple(Member(**{name: getattr(member, name) for name in _MEMBER}) for member in model.members)
    return PackageIndex(**{name: getattr(model, name) for name in _HEAD}, members=members, written=data)


def is_as_written(data: bytes) -> bool:
    """Whether 0.1.0 would have written these very bytes for what they mean."""
    return _written(from_json(data, _Index)) == data


def _written(model: _Index) -> bytes:
    out = ["{\n", f'  "format": {_json(model.format)},\n']
    out += [f"  {_json(name)}: {_json(getattr(model, name))},\n" for name in _HEAD]
    out.append('  "members": [\n')
    out.append(",\n".join(f"    {_json(member)}" for member in model.members))
    out.append("\n  ]\n}\n")
    return "".join(out).encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
