"""A package version as it lies in a store: its objects, one of them a tar, and beside them the index of its members."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.domain import layout
from pipeline.domain.messages import Fact

TAR = "tar"
"""Role of the object that holds the bag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of the package version, in its tar's order.

    `path` is relative to the bag's folder. `version` is that of the tar which holds the bytes: this one's, or an
    earlier one's, and then offsets are those in that tar. The header blocks are bytes `header_offset` up to
    `data_offset`, and `header_sha256` is over them; the file's bytes are `data_offset` up to `data_offset + size`; the
    padding to the next 512 is zero. So every byte of the tar is covered by one digest or must be zero.
    `original_name_hex` are the raw bytes of the depositor's name where the member is an original.
    """

    path: str
    version: int
    size: int
    sha256: str
    header_offset: int
    data_offset: int
    header_sha256: str
    original_name_hex: str = ""
    media_type: str = ""
    puid: str = ""

    @property
    def end(self) -> int:
        """Offset behind the member's padding."""
        return self.data_offset + -(-self.size // 512) * 512


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """One object of a package version: its `role`, its `key` below the version's folder, its bytes' number and SHA-256.

    The tar has no digest of its own: every byte of it is covered by one of a member, or must be zero.
    """

    role: str
    key: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageIndex:
    """All that the register knows of a package version, whatever format the file has that it was read from.

    `prefix` is the key prefix of all versions, as version 1 has it. `objects` are what lies in the version's folder, in
    order of writing, without the index itself, which is written last. `packaged_at` is ISO 8601 in UTC.
    `content` and `description` are digests by `domain.identity`: of the originals, and of what the depositor says of
    them. An index of format 1 does not have the latter; it has a `fingerprint` over both (`delivery.identity_0_1_0`).
    `written` are the bytes of the file as they were written, whatever version of its format that is; empty only
    while a package is being made. They are the truth: nothing is ever compared with what would be written today.
    """

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
    content: str
    bag_name: str
    prefix: str
    objects: tuple[StoredObject, ...]
    payload_bytes: int
    payload_files: int
    members: tuple[Member, ...]
    description: str = ""
    fingerprint: str = ""
    written: bytes = field(default=b"", repr=False)

    @property
    def folder(self) -> str:
        """Key prefix in a store of this version (with the slash)."""
        return layout.version_folder(self.prefix, self.version)

    @property
    def tar_name(self) -> str:
        """The tar's name in the version's folder."""
        return layout.tar_name(self.bag_name)

    @property
    def tar_key(self) -> str:
        """Key of the tar in a store."""
        return f"{self.folder}{self.tar_name}"

    @property
    def tar_size(self) -> int:
        """Bytes of the tar; 0 where it is not among the objects, which no index that is read may say."""
        return next((each.size for each in self.objects if each.role == TAR), 0)

    @property
    def index_name(self) -> str:
        """The index's name in the version's folder."""
        return layout.index_name(self.bag_name)

    @property
    def index_key(self) -> str:
        """Key of the index in a store; written last."""
        return f"{self.folder}{self.index_name}"

    @property
    def stored_bytes(self) -> int:
        """Bytes of all objects, the index not counted."""
        return sum(each.size for each in self.objects)

    @property
    def own_members(self) -> tuple[Member, ...]:
        """Members whose bytes are in this version's tar."""
        return tuple(member for member in self.members if member.version == self.version)

    @property
    def earlier_versions(self) -> tuple[int, ...]:
        """Versions whose tars hold bytes of this one."""
        return tuple(sorted({member.version for member in self.members} - {self.version}))

    def tar_key_of(self, member: Member) -> str:
        """Key of the tar that holds the member's bytes."""
        folder = layout.version_folder(self.prefix, member.version)
        return f"{folder}{layout.tar_name(layout.bag_name(self.package_id, member.version))}"

    def member(self, path: str) -> Member | None:
        """The member at a path inside the bag, if there is one."""
        return next((m for m in self.members if m.path == path), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """封装: all objects and the index are finished in the stage's folder, under their keys."""

    index: PackageIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of a package version, written, read back and indexed."""

    store: str
    tar_key: str
    bytes_read_back: int
    deposited_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """入库: every store holds a copy that was read back whole."""

    index: PackageIndex
    copies: tuple[Copy, ...]


class FixityResult(StrEnum):
    """Result for one member or one whole copy; never merge the last three with OK."""

    OK = "ok"
    MISMATCH = "mismatch"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    COULD_NOT_TELL = "could not tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityFault:
    """What is wrong with one member of a copy, or with the object of this name beside its tar; `path` is empty for the
    tar or the index as such. `reason` is a message; reports kept by 0.1.0 have sentences of their own."""

    result: FixityResult
    path: str
    reason: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityReport:
    """固化信息检查 of one copy: all bytes read, in one store, at one time. `earlier_versions` hold members of this one,
    which are read with their own copies."""

    package_id: str
    version: int
    store: str
    result: FixityResult
    bytes_read: int
    started_at: str
    ended_at: str
    faults: tuple[FixityFault, ...] = ()
    earlier_versions: tuple[int, ...] = ()

    @classmethod
    def unread(
        cls, package_id: str, version: int, store: str, *, result: FixityResult, reason: Fact, at: str
    ) -> "FixityReport":
        """What is told of a copy none of whose bytes were read, at the time `at`."""
        fault = FixityFault(result=result, path="", reason=reason)
        return cls(
            package_id=package_id,
            version=version,
            store=store,
            result=result,
            bytes_read=0,
            started_at=at,
            ended_at=at,
            faults=(fault,),
        )
