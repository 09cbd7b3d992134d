"""What the stages ask of the world: time, storage, register, progress, a watch over hostile files."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.domain.events import Event
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Decision, Delivery, Ended, Planned, Question, Run, Surveyed
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.packages import Copy, FixityReport, PackageIndex
from pipeline.domain.records import PlannedRecord

Item = TypeVar("Item")
Result = TypeVar("Result")


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time now: aware, UTC, whole seconds."""
        ...


class Watch(Protocol):
    """Told before anything is done to a hostile file, so that whoever guards the process knows what it died of."""

    def begin(self, subject: str, seconds: float) -> None:
        """Work on `subject` begins and may take so many seconds."""
        ...


class Progress(Protocol):
    """Long work tells how far it is."""

    def phase(self, label: str, total: int, unit: str) -> AbstractContextManager[Callable[[int], None]]:
        """A phase of `total` units ("files", "bytes", "records"); the callable advances it. Thread-safe."""
        ...


class Runner(Protocol):
    """Who works the records: workers at one machine, or tasks of a flow."""

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results as they come, not in order. `work` does not raise but for our own fault."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a store really does, as probed: True, False, or None for "could not tell"."""

    versioning: bool | None
    object_lock: bool | None
    checksums: bool | None
    conditional_writes: bool | None
    notes: tuple[str, ...] = ()


class Store(Protocol):
    """A place for objects (长期保存存储). Keys are relative paths with `/`, Unicode NFC.

    Every method raises a `StorageError` and nothing else of its own; `StorageUnavailable` may be tried again.
    """

    @property
    def name(self) -> str:
        """Short name from the settings, used in reports."""
        ...

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        ...

    def put(self, key: str, source: Path) -> None:
        """Keeps the file's bytes under `key`, durable when this returns. The source is not changed or moved (a
        store on the same disk may share its bytes, so the source must not be written to afterwards).
        Raises ObjectExists where the key is taken; nothing half-written is ever seen under `key`."""
        ...

    def put_bytes(self, key: str, data: bytes) -> None:
        """As `put`, for small things."""
        ...

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, in chunks of at most a few MiB. ObjectMissing where there is none.
        Reads what the medium holds, not what was just written, as far as the system lets it."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes of the object, or None where there is none."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys below a prefix, sorted, none half-written."""
        ...

    def probe(self) -> Abilities:
        """Tries what the store can do, with objects of its own that it removes again as far as it can."""
        ...


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
    where 0.1.0 wrote it). The same code may wait in several deliveries."""

    package_id: str
    archival_code: str
    title: str
    delivery: str
    since: str
    findings: tuple[Finding, ...]
    folder: str = ""


class Register(Protocol):
    """登记: an index of what the stores hold, and what waits. It can be rebuilt from the stores."""

    def record(
        self, index: PackageIndex, copies: Iterable[Copy], events: Iterable[Event], *, source_state: str
    ) -> None:
        """Notes a deposited version, its copies and the events after packaging, in one transaction, and takes the
        record out of what is held in any delivery. Again with the same values: no change. `source_state` is one digest
        over the source files' names, sizes and times, so that an untouched delivery need not be read again."""
        ...

    def acted(self, index: PackageIndex, events: Iterable[Event]) -> None:
        """Notes events after packaging of a version that is registered, and nothing else: the record goes on waiting
        where it waits. RegisterError where the version is not registered."""
        ...

    def index(self, package_id: str, version: int | None = None) -> PackageIndex | None:
        """The index of a version, the newest by default."""
        ...

    def source_state(self, package_id: str) -> str:
        """The stamp of the newest version; an empty string where there is none."""
        ...

    def packages(self, *, text: str = "") -> Iterator[PackageRow]:
        """All newest versions in order of package identifier; `text` must occur in code or title."""
        ...

    def all_versions(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """Every (package identifier, version, names of stores that should hold it)."""
        ...

    def copy_in(self, store: str) -> str:
        """Key of the tar of some copy that should lie in the store; an empty string where none should."""
        ...

    def has_copy(self, package_id: str, version: int, store: str) -> bool:
        """Whether a copy of this version should lie in the store."""
        ...

    def hold(self, held: HeldRecord) -> None:
        """Notes a record that waits, in place of what was noted of it in this delivery before."""
        ...

    def release(self, package_id: str, *, delivery: str, folder: str = "") -> None:
        """The record no longer waits in this delivery; elsewhere it goes on waiting."""
        ...

    def held(self) -> Iterator[HeldRecord]:
        """What waits, in order of package identifier, then of deliveries' names."""
        ...

    def audited(self, report: FixityReport) -> None:
        """Notes the fixity check of one copy."""
        ...

    def events(self, package_id: str) -> Iterator[Event]:
        """Events after packaging, oldest first."""
        ...


class Ledger(Protocol):
    """工作台账: deliveries, runs, plans, outcomes, questions and decisions; kept with the register, by the same object.

    No store can give it back. Of a run or question that is not there, whoever adds gets a RegisterError, and whoever
    reads gets nothing.
    """

    def begin_run(self, delivery: Delivery, *, at: str, program: str) -> Run:
        """Notes the delivery, now or again (`first_seen` stays the first), and a new run of it."""
        ...

    def end_run(self, run: int, *, at: str, exit_code: int) -> None:
        """The run has ended by itself."""
        ...

    def deliveries(self) -> Iterator[Delivery]:
        """All deliveries ever handed in, in order of first seen."""
        ...

    def runs(self, delivery: str = "") -> Iterator[Run]:
        """Runs of a delivery, by its identifier, or of all; oldest first."""
        ...

    def add_planned(self, run: int, records: Iterable[PlannedRecord]) -> None:
        """Adds to the run's plan as they come, in transactions of some hundred, so that a delivery need never be in
        memory whole and nobody waits for the survey. Positions go on where the last call stopped."""
        ...

    def end_survey(
        self, run: int, *, catalogue: str, findings: tuple[Finding, ...], ignored: tuple[str, ...]
    ) -> Surveyed:
        """The plan is whole. The plans of the delivery's earlier runs are let go; their outcomes stay."""
        ...

    def surveyed(self, run: int) -> Surveyed | None:
        """What the survey found; None while the plan is not whole."""
        ...

    def planned(self, run: int, *, after: int = -1, package_id: str = "") -> Iterator[Planned]:
        """The run's plan in the catalogue's order, from behind a position, or of one record only; read page by page,
        so that records may be worked on and noted meanwhile."""
        ...

    def add_outcomes(self, run: int, ended: Iterable[Ended]) -> None:
        """How records ended, in one transaction. Of the same position again: takes its place."""
        ...

    def outcomes(self, run: int, *, state: State | None = None) -> Iterator[Ended]:
        """Ends in the catalogue's order, of all records or of those that ended so."""
        ...

    def counts(self, run: int) -> dict[State, int]:
        """How many records ended so, for every state."""
        ...

    def outcomes_of(self, package_id: str) -> Iterator[tuple[Run, Outcome]]:
        """Every end that the record ever came to, with its findings, oldest run first."""
        ...

    def ask(self, questions: Iterable[Question]) -> None:
        """Puts questions; those asked before stay as they are, and so do their answers."""
        ...

    def questions(self, *, delivery: str = "", open_only: bool = False) -> Iterator[Question]:
        """Questions of a delivery or of all, in the order asked; `open_only` leaves out the decided ones."""
        ...

    def decide(self, decision: Decision) -> None:
        """Notes a decision. RegisterError where there is no such question, UsageError where its answer is none of the
        question's options."""
        ...

    def decisions(self, question: str) -> Iterator[Decision]:
        """What was decided of a question; the last one counts."""
        ...
