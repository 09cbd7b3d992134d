"""A record's way through the line: planned, received, identified, derived, described, packaged, deposited.

`Record` is what all stages share. Each stage adds one fact, which holds no fact of a stage before it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.events import Event
from pipeline.domain.findings import Finding
from pipeline.domain.formats import FileFormat, Soundness
from pipeline.domain.names import OriginalName
from pipeline.domain.verdicts import Verdict

T = TypeVar("T")


class Role(StrEnum):
    """Where a file lies under `data/`: the bytes as they came, a normalised master, a reading copy, text."""

    ORIGINAL = "original"
    PRESERVATION = "preservation"
    ACCESS = "access"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """著录项: one value of a description. `element` is its name in the table of elements; `typed` the cell where that
    says it otherwise (`6页` for `6`); `taken_from` where it was read if not in a column of its own name: another
    header, or 档号 where the archival code says it."""

    element: str
    value: str
    typed: str = ""
    taken_from: str = ""


def elements(**values: str) -> tuple[Element, ...]:
    """Short form: values by element, as typed, in the order given; empty ones are left out."""
    return tuple(Element(element=name, value=value) for name, value in values.items() if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """著录 of one record: the catalogue's row (DA/T 18-2022), as typed but for the normalised archival code.

    What identifies the record stands as fields of its own; all else are `elements`, in the order of their table.
    `row` is the row in the catalogue as its reader sees it; `as_typed_code` the code as it stands there;
    `extra` the columns that the profile does not map, in the catalogue's order.
    `cells` is the row itself: header as it stands in the catalogue → cell as typed, in the catalogue's order, blank
    cells and the archival code left out (`#5` for the fifth column where that has no header). The other fields are
    what this program makes of it.
    """

    archival_code: str
    package_id: str
    fonds: str
    category: str
    elements: tuple[Element, ...] = ()
    as_typed_code: str = ""
    row: int = 0
    extra: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[str, str], ...] = ()

    def value(self, element: str) -> str:
        """The value of an element; an empty string where the catalogue has none."""
        found = self.found(element)
        return found.value if found else ""

    def found(self, element: str) -> Element | None:
        """An element as it was read; None where the catalogue has none."""
        return next((each for each in self.elements if each.element == element), None)

    @property
    def title(self) -> str:
        """题名."""
        return self.value("title")

    @property
    def date(self) -> str:
        """日期."""
        return self.value("date")

    @property
    def retention(self) -> str:
        """保管期限."""
        return self.value("retention")

    @property
    def page_count(self) -> int | None:
        """页数, None where the catalogue gives none that can be read."""
        number = self.value("page_count")
        return int(number) if number else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the delivery that belongs to a record, not yet read.

    `where` is its path below the delivery's folder, in raw bytes as hexadecimal (names need not be UTF-8);
    `original` its name as the depositor wrote it, relative to the record's own folder; the stamp
    (`size`, `mtime_ns`, `ctime_ns`, `inode`) tells whether it has been touched since.
    `expected` are the depositor's digests.
    """

    where: str
    original: OriginalName
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    expected: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRecord:
    """计划接收的一件: a row with its files in page order, and what is wrong with it by name and number."""

    description: Description
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """件 / 卷 / 一户一档 under work: what every stage may know of it.

    `batch` names the delivery it came with; `version` is the number of the package version made of it, from 1.
    """

    description: Description
    batch: str
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPlan:
    """移交批次 surveyed: records in the catalogue's order, and findings that belong to no record.

    `batch` names the delivery (its folder's name in safe form); `ignored` counts what is neither record nor fault
    (the catalogue itself, checksum lists, `.DS_Store`, `Thumbs.db`), by display name; `digests_given` says whether the
    depositor gave digests, `is_bag` whether the delivery is a BagIt bag; `tables` are the delivery's further tables,
    raw paths in hexadecimal.
    """

    batch: str
    catalogue: str
    records: tuple[PlannedRecord, ...]
    findings: tuple[Finding, ...] = ()
    ignored: tuple[str, ...] = ()
    digests_given: bool = False
    is_bag: bool = False
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[T]):
    """What every stage returns: the value, what was done, what was found."""

    value: T
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """调出: what a stored package says of its record. `originals` are the paths in the package, in page order."""

    description: Description
    originals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """An original in the workspace. `work_name` is its plain ASCII name in the stage's folder (`0001.tif`);
    `path` its place in the package (`data/original/…`, safe form); `digests` always hold SHA-256."""

    work_name: str
    path: str
    original: OriginalName
    size: int
    digests: tuple[Digest, ...]
    modified_ns: int

    @property
    def sha256(self) -> str:
        """The SHA-256 in lower-case hexadecimal."""
        return next(d.value for d in self.digests if d.algorithm is Algorithm.SHA256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """接收: the originals are here, byte for byte. `content` is one digest over their raw names, sizes and bytes."""

    files: tuple[ReceivedFile, ...]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedFile:
    """An original with its format, soundness and technical facts.

    `facts` is what the tools read out of it, in full: rows of (tool, key, value).
    """

    path: str
    format: FileFormat
    soundness: Soundness
    facts: tuple[tuple[str, str, str], ...] = ()
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """格式识别: one entry per received file, in the same order."""

    files: tuple[IdentifiedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """检测: the verdict of every row of the plan, by the row's code; what was found besides is in the step."""

    verdicts: tuple[tuple[str, Verdict], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFile:
    """A file we made. `sources` are the package paths it was made of; `digests` always hold SHA-256."""

    work_name: str
    path: str
    role: Role
    size: int
    digests: tuple[Digest, ...]
    format: FileFormat
    sources: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 in lower-case hexadecimal."""
        return next(d.value for d in self.digests if d.algorithm is Algorithm.SHA256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """格式转换: the files made of the originals, metadata embedded."""

    files: tuple[DerivedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFile:
    """A metadata file of the package (`metadata/premis.xml`), small, in the stage's folder under `work_name`."""

    work_name: str
    path: str
    media_type: str
    size: int
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """著录: `metadata/` is written."""

    tag_files: tuple[TagFile, ...]
