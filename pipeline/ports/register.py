"""What is asked of the register: an index over the stores, and what waits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.copies import Audit, CopyStanding, Disposal
from pipeline.domain.events import Event
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery, Withdrawal, delivery_id
from pipeline.domain.outcomes import State
from pipeline.domain.packages import Copy, FixityReport, PackageIndex
from pipeline.domain.records import Description


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow:
    """A package version as the register lists it. `copies` are the stores that should hold one; `last_audit` is the
    earliest of the copies' last audits, `last_result` the worst of their results."""

    package_id: str
    version: int
    fonds: str
    category: str
    archival_code: str
    title: str
    retention: str
    date: str
    batch: str
    payload_files: int
    payload_bytes: int
    packaged_at: str
    copies: tuple[str, ...]
    last_audit: str
    last_result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """A record that waits, with its reasons. `delivery` is the batch's name, `folder` where that was read from (empty
    where 0.1.0 wrote it), `row` the catalogue's (0 where it is not known). The same code may wait in several deliveries
    and, where it is doubled, in several rows of one. What belongs to no record and keeps a delivery from being done
    (no catalogue, files without a row) has no package identifier, code and title."""

    package_id: str
    archival_code: str
    title: str
    delivery: str
    since: str
    findings: tuple[Finding, ...]
    folder: str = ""
    row: int = 0
    state: State = State.HELD

    @property
    def delivery_id(self) -> str:
        """The identifier of its delivery in the ledger."""
        return delivery_id(self.delivery, self.folder)

    @property
    def place(self) -> int:
        """What tells it from others of its code in its delivery: the row where the code is doubled, else 0."""
        return self.row if any(found.code == "doubled_archival_code" for found in self.findings) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for among packages; all that is given must fit. `words`, with blanks between them, occur in code,
    title, responsible body, remarks or any other value of the description; `category` (门类), `year` (年度) and
    `period` (保管期限, however it is written) are compared whole; `creator` (责任者) occurs in that."""

    words: str = ""
    category: str = ""
    year: str = ""
    period: str = ""
    creator: str = ""


EVERY = Sought()
"""All packages."""


class Register(Protocol):
    """登记: an index of what the stores hold, and what waits. It can be rebuilt from the stores."""

    def add_version(
        self,
        index: PackageIndex,
        copies: Iterable[Copy],
        events: Iterable[Event],
        *,
        source_state: str,
        description: Description | None = None,
    ) -> None:
        """Notes a deposited version, its copies and the events after packaging, in one transaction, and takes records
        of its code and title out of what is held, in whatever delivery: one that only has its code is another's, and
        waits on. Again with the same values: no change. `source_state` is one digest over the source files' names,
        sizes and times, so that an untouched delivery need not be read again. `description` is what the package says of
        its record, where the caller knows it: it can then be searched and shown."""
        ...

    def add_events(self, index: PackageIndex, events: Iterable[Event]) -> None:
        """Notes events after packaging of a version that is registered, and nothing else: the record goes on waiting
        where it waits. RegisterError where the version is not registered."""
        ...

    def index(self, package_id: str, version: int | None = None) -> PackageIndex | None:
        """The index of a version, the newest by default."""
        ...

    def source_state(self, package_id: str) -> str:
        """The stamp of the newest version; an empty string where there is none."""
        ...

    def packages(self, sought: Sought = EVERY) -> Iterator[PackageRow]:
        """All newest versions that are meant, in order of package identifier."""
        ...

    def description(self, package_id: str) -> Description | None:
        """What the package says of its record; None where nobody told the register."""
        ...

    def codes_like(self, typed: str, *, begin: bool = False) -> tuple[str, ...]:
        """Package identifiers whose code a person would call the same (`loose_code`), or whose code begins so; in
        order, at most some hundreds."""
        ...

    def versions(self, package_id: str) -> tuple[int, ...]:
        """The numbers of the package's versions, rising; none where it is not registered."""
        ...

    def copies(self, package_id: str, version: int) -> tuple[CopyStanding, ...]:
        """The copies of a version that should be there, by name of store, with what their audits said."""
        ...

    def all_versions(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """Every (package identifier, version, names of stores that should hold it)."""
        ...

    def volume(self, stores: Iterable[str]) -> int:
        """Bytes of the payloads of all copies that should lie in these stores: what an audit of them is to read."""
        ...

    def copy_in(self, store: str) -> str:
        """Key of the tar of some copy that should lie in the store; an empty string where none should."""
        ...

    def has_copy(self, package_id: str, version: int, store: str) -> bool:
        """Whether a copy of this version should lie in the store."""
        ...

    def store_identity(self, name: str) -> str:
        """The identity of the store that was last written to by this name; empty where none is known."""
        ...

    def know_store(self, name: str, identity: str) -> None:
        """From now on this name stands for the store of that identity."""
        ...

    def dispose(self, disposal: Disposal, index: PackageIndex) -> None:
        """Notes that a version was let go, with its index. Once noted it stays as it is."""
        ...

    def disposals(self, package_id: str = "") -> Iterator[Disposal]:
        """What was let go, of a package or of all, in order of package identifier and version."""
        ...

    def hold(self, held: HeldRecord) -> None:
        """Notes a record that waits, in place of what was noted of it in this delivery before."""
        ...

    def release(self, package_id: str, *, delivery: str, folder: str = "") -> None:
        """The record no longer waits in this delivery, in none of its rows; elsewhere it goes on waiting."""
        ...

    def release_gone(self, run: int) -> None:
        """What the run's plan has no row for any more does not wait in its delivery; what belongs to no record does."""
        ...

    def held(self, *, delivery: str = "", package_id: str = "") -> Iterator[HeldRecord]:
        """What waits, everywhere or in the delivery of an identifier, of all records or of one, in order of package
        identifier, then of deliveries' names."""
        ...

    def withdraw(self, held: Iterable[HeldRecord], *, by: str, at: str, reason: str) -> None:
        """These do not wait any more, because a person said so; that is noted with the reason, in one transaction."""
        ...

    def withdrawals(self, delivery: str = "") -> Iterator[Withdrawal]:
        """What was withdrawn, from everywhere or from one delivery, oldest first."""
        ...

    def moved(self, earlier: str, now: Delivery) -> None:
        """The delivery known by the identifier `earlier` lies elsewhere now: what waited there waits here, with what
        was withdrawn there, and the ledger says so."""
        ...

    def add_audit(self, report: FixityReport) -> None:
        """Notes the fixity check of one copy: that it was made, and in full what was wrong."""
        ...

    def audits(self, package_id: str) -> Iterator[Audit]:
        """Every fixity check of every copy of the package, oldest first."""
        ...

    def faults(self, package_id: str) -> Iterator[FixityReport]:
        """Every audit that was not OK, oldest first; of the same one again and again, the first."""
        ...

    def events(self, package_id: str) -> Iterator[Event]:
        """Events after packaging, oldest first, fixity checks among them. Events are added and never changed."""
        ...
