"""Format `lantai-package-index/2`: objects, members held by earlier versions, content and description apart.

Later programs may add keys anywhere and go on calling it format 2, as long as a program that does not know them reads
all others rightly: unknown keys are passed over here, and are not lost, because the bytes are kept. What must be
known to read the file rightly needs a new format. The last line is a digest over all bytes before it, so that a
file which was changed is told from one which a later program wrote.
"""

import re

import msgspec

from pipeline.domain.digests import sha256_of
from pipeline.domain.packages import Member, PackageIndex, StoredObject
from pipeline.tools.typed_json import from_json

FORMAT = "lantai-package-index/2"
_LAST_LINE = re.compile(rb'  "sha256_of_all_above": "([0-9a-f]{64})"\n\}\n')


class _Object(msgspec.Struct, frozen=True, kw_only=True):
    role: str
    key: str
    size: int
    sha256: str


class _Member(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    version: int
    size: int
    sha256: str
    header_offset: int
    data_offset: int
    header_sha256: str
    original_name_hex: str
    media_type: str
    puid: str


class _Index(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    package_id: str
    version: int
    prefix: str
    fonds: str
    category: str
    archival_code: str
    title: str
    retention: str
    date: str
    batch: str
    packaged_at: str
    content: str
    description: str
    fingerprint: str = ""
    bag_name: str
    payload_bytes: int
    payload_files: int
    objects: tuple[_Object, ...]
    members: tuple[_Member, ...]


_OBJECT, _MEMBER = _Object.__struct_fields__, _Member.__struct_fields__
_HEAD = tuple(name for name in _Index.__struct_fields__ if name not in {"format", "objects", "members"})


def encode(index: PackageIndex) -> bytes:
    """The file; its facts only, not what it was read from."""
    out = ["{\n", f'  "format": {_json(FORMAT)},\n']
    said = {name: getattr(index, name) for name in _HEAD if name != "fingerprint" or index.fingerprint}
    out += [f"  {_json(name)}: {_json(value)},\n" for name, value in said.items()]
    objects = (_Object(**{name: getattr(each, name) for name in _OBJECT}) for each in index.objects)
    members = (_Member(**{name: getattr(each, name) for name in _MEMBER}) for each in index.members)
    for name, rows in (("objects", objects), ("members", members)):
        out.append(f'  "{name}": [\n')
        out.append(",\n".join(f"    {_json(row)}" for row in rows))
        out.append("\n  ],\n")
    above = "".join(out).encode()
    return above + f'  "sha256_of_all_above": "{sha256_of(above)}"\n}}\n'.encode()


def decode(data: bytes) -> PackageIndex:
    """The index. Raises msgspec.DecodeError where the bytes are no such file."""
    model = from_json(data, _Index)
    return PackageIndex(
        **{name: getattr(model, name) for name in _HEAD},
        objects=tuple(StoredObject(**{name: getattr(each, name) for name in _OBJECT}) for each in model.objects),
        members=tuple(Member(**{name: getattr(each, name) for name in _MEMBER}) for each in model.members),
        written=data,
    )


def is_as_written(data: bytes) -> bool:
    """Whether the last line's digest is that of the bytes above it."""
    start = data.rfind(b"\n", 0, len(data) - len(b"\n}\n")) + 1
    last = _LAST_LINE.fullmatch(data, start)
    return last is not None and last[1].decode() == sha256_of(data[:start])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
