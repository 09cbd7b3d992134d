"""The sealed package as it lies in a store: one tar and, beside it, the index of its members."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.domain.messages import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in the tar, in the tar's order.

    `path` is relative to the bag's folder. The header blocks are bytes `header_offset` up to `data_offset`, and
    `header_sha256` is over them; the file's bytes are `data_offset` up to `data_offset + size`; the padding to
    the next 512 is zero. So every byte of the tar is covered by one digest or must be zero.
    `original_name_hex` are the raw bytes of the depositor's name where the member is an original.
    """

    path: str
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
class PackageIndex:
    """All that the register knows of a package version; lies beside the tar as `<package-id>-v0001.index.json`.

    `tar_size` is in bytes; what follows the last member up to it is zero. `packaged_at` is ISO 8601 in UTC.
    `fingerprint` is that of `Received`: same depositor's description, names and bytes.
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
    fingerprint: str
    bag_name: str
    tar_size: int
    payload_bytes: int
    payload_files: int
    members: tuple[Member, ...]
    written: bytes = field(default=b"", repr=False)

    @property
    def folder(self) -> str:
        """Key prefix in a store: `<全宗>/<门类>/<package-id>/v0001/` (with the slash)."""
        return f"{self.fonds}/{self.category}/{self.package_id}/v{self.version:04d}/"

    @property
    def tar_key(self) -> str:
        """Key of the tar in a store."""
        return f"{self.folder}{self.bag_name}.tar"

    @property
    def index_key(self) -> str:
        """Key of the index in a store; written last."""
        return f"{self.folder}{self.bag_name}.index.json"

    def member(self, path: str) -> Member | None:
        """The member at a path inside the bag, if there is one."""
        return next((m for m in self.members if m.path == path), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """封装: the tar is finished in the workspace, `tar_name` in the stage's folder."""

    index: PackageIndex
    tar_name: str


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
    """What is wrong with one member of a copy; `path` is empty when it is the tar as such. `reason` is a message;
    reports kept by 0.1.0 have sentences of their own."""

    result: FixityResult
    path: str
    reason: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityReport:
    """固化信息检查 of one copy: all bytes read, in one store, at one time."""

    package_id: str
    version: int
    store: str
    result: FixityResult
    bytes_read: int
    started_at: str
    ended_at: str
    faults: tuple[FixityFault, ...] = ()

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
