"""Package versions: indexes alone, and real tars with the index that belongs to them."""

import hashlib
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from pipeline.codecs.index import encode_index
from pipeline.domain.packages import TAR, Copy, Member, Packaged, PackageIndex, StoredObject


def some_members(count: int) -> tuple[Member, ...]:
    """Members with digests that do not compress, as real ones."""
    return tuple(
        Member(
            path=f"data/original/{number:04d}.tif",
            version=1,
            size=1000,
            sha256=hashlib.sha256(f"{number}".encode()).hexdigest(),
            header_offset=number * 1536,
            data_offset=number * 1536 + 512,
            header_sha256=hashlib.sha256(f"h{number}".encode()).hexdigest(),
        )
        for number in range(count)
    )


def an_index(
    package_id: str = "K021-ZY·FP·2019·Y-001",
    *,
    version: int = 1,
    title: str = "某县贫困户精准识别材料",
    content: str = "f" * 64,
    members: tuple[Member, ...] = some_members(1),
    tar_size: int = 0,
    packaged_at: str = "2026-01-01T08:00:00+00:00",
) -> PackageIndex:
    """An index whose archival code is its package identifier; as large as its members want where no size is given."""
    bag = f"{package_id}-v{version:04d}"
    members = tuple(replace(member, version=version) for member in members)
    return as_written(
        PackageIndex(
            package_id=package_id,
            version=version,
            fonds="K021",
            category="ZY",
            archival_code=package_id,
            title=title,
            retention="永久",
            date="20190612",
            batch="demo",
            packaged_at=packaged_at,
            content=content,
            description="d" * 64,
            bag_name=bag,
            prefix=f"K021/ZY/{package_id}/",
            objects=tar_alone(bag, tar_size or -(-(members[-1].end + 1024) // 10240) * 10240),
            payload_bytes=sum(m.size for m in members if m.path.startswith("data/")),
            payload_files=sum(m.path.startswith("data/") for m in members),
            members=members,
        )
    )


def tar_alone(bag: str, size: int) -> tuple[StoredObject, ...]:
    """The objects of a version that has no other than its tar."""
    return (StoredObject(role=TAR, key=f"{bag}.tar", size=size),)


def as_written(index: PackageIndex) -> PackageIndex:
    """The index with the bytes that belong to its facts."""
    return replace(index, written=encode_index(index))


def copies_of(index: PackageIndex, *stores: str, at: str = "2026-01-01T09:00:00+00:00") -> tuple[Copy, ...]:
    """A copy in each store, read back whole."""
    return tuple(
        Copy(store=store, tar_key=index.tar_key, bytes_read_back=index.tar_size, deposited_at=at) for store in stores
    )


def real_package(
    folder: Path,
    package_id: str = "K021-ZY·FP·2019·Y-001",
    *,
    files: Mapping[str, bytes] | None = None,
    beside: Mapping[str, bytes] | None = None,
    packaged_at: str = "2026-01-01T08:00:00+00:00",
) -> Packaged:
    """A tar and its index in `folder`, as `stages.package` leaves them: files, and a manifest of those in `data/`.
    `beside` are objects beside the tar, by name."""
    contents = dict(files or {"data/original/第1页.txt": b"page one", "data/original/2.bin": bytes(range(256)) * 40})
    payload = {path: data for path, data in contents.items() if path.startswith("data/")}
    manifest = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in payload.items())
    contents["manifest-sha256.txt"] = manifest.encode()
    bag_name = f"{package_id}-v0001"
    tar = folder / f"{bag_name}.tar"
    with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as out:
        for path, data in contents.items():
            info = tarfile.TarInfo(f"{bag_name}/{path}")
            info.size = len(data)
            out.addfile(info, BytesIO(data))
    raw = tar.read_bytes()
    index = an_index(
        package_id,
        members=tuple(_members(raw, bag_name)),
        tar_size=len(raw),
        content=hashlib.sha256(repr(sorted(contents.items())).encode()).hexdigest(),
        packaged_at=packaged_at,
    )
    for name, data in (beside or {}).items():
        (folder / name).write_bytes(data)
        seal = StoredObject(role="seal", key=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        index = as_written(replace(index, objects=(*index.objects, seal)))
    (folder / f"{bag_name}.index.json").write_bytes(index.written)
    return Packaged(index=index)


def _members(raw: bytes, bag_name: str) -> list[Member]:
    with tarfile.open(fileobj=BytesIO(raw)) as tar:
        return [
            Member(
                path=info.name.removeprefix(f"{bag_name}/"),
                version=1,
                size=info.size,
                sha256=hashlib.sha256(raw[info.offset_data : info.offset_data + info.size]).hexdigest(),
                header_offset=info.offset,
                data_offset=info.offset_data,
                header_sha256=hashlib.sha256(raw[info.offset : info.offset_data]).hexdigest(),
            )
            for info in tar
        ]
