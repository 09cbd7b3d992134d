"""Format `lantai-package-index/1`, as lantai 0.1.0 wrote it. Frozen: packages of this format lie in stores for ever.

Strict: 0.1.0 wrote these keys, in this order, one line per member, and nothing else. It knew one object, the tar, and
kept no digest of content or description by itself; the former follows from the members.
"""

import msgspec

from pipeline.domain import layout
from pipeline.domain.identity import content_digest
from pipeline.domain.packages import TAR, Member, PackageIndex, StoredObject
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


_MEMBER = _Member.__struct_fields__
_HEAD = tuple(name for name in _Index.__struct_fields__ if name not in {"format", "members"})
_KEPT = tuple(name for name in _HEAD if name != "tar_size")


def decode(data: bytes) -> PackageIndex:
    """The index. Raises msgspec.DecodeError where the bytes are no such file."""
    model = from_json(data, _Index)
    originals = ((m.original_name_hex, m.size, m.sha256) for m in model.members if m.original_name_hex)
    return PackageIndex(
        **{name: getattr(model, name) for name in _KEPT},
        content=content_digest(originals),
        prefix=layout.package_prefix(model.fonds, model.category, model.package_id),
        objects=(StoredObject(role=TAR, key=layout.tar_name(model.bag_name), size=model.tar_size),),
        members=tuple(
            Member(version=model.version, **{name: getattr(each, name) for name in _MEMBER}) for each in model.members
        ),
        written=data,
    )


def is_as_written(data: bytes) -> bool:
    """Whether 0.1.0 would have written these very bytes for what they mean."""
    return _encoded(from_json(data, _Index)) == data


def _encoded(model: _Index) -> bytes:
    """What 0.1.0 would write."""
    out = ["{\n", f'  "format": {_json(model.format)},\n']
    out += [f"  {_json(name)}: {_json(getattr(model, name))},\n" for name in _HEAD]
    out.append('  "members": [\n')
    out.append(",\n".join(f"    {_json(member)}" for member in model.members))
    out.append("\n  ]\n}\n")
    return "".join(out).encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
