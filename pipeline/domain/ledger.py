"""The ledger of work (工作台账): which deliveries came, what each run of one planned and how every record ended.

So that another process, another machine or a person months later can see what was to be done and what came of it,
nothing of a delivery is known to one process alone. Times are ISO 8601 text in UTC.
"""

import hashlib
from dataclasses import dataclass

from pipeline.domain.findings import Finding
from pipeline.domain.outcomes import Outcome
from pipeline.domain.records import PlannedRecord


def delivery_id(name: str, folder: str) -> str:
    """A delivery's identifier: 16 hexadecimal digits over its name and its folder, the same on every machine."""
    return _short(name, folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """移交批次 as it was handed to a run.

    `name` is the batch's (its folder's name in safe form), `folder` the absolute place it was read from, in readable
    form (`delivery.listing.display`: names need not be UTF-8). The same folder delivered again is the same delivery.
    `profile` is the name of the rules it was last read by, `rules` the
    digest over program, profile and policy; `first_seen` is when the first run began. `depositor` (移交单位) handed it
    in and `contact` (责任人) answers for it there, each empty where nobody said. `moved_to` is the identifier under
    which the same delivery is known since it lies elsewhere.
    """

    name: str
    folder: str
    profile: str = ""
    rules: str = ""
    first_seen: str = ""
    depositor: str = ""
    contact: str = ""
    moved_to: str = ""

    @property
    def id(self) -> str:
        """See `delivery_id`."""
        return delivery_id(self.name, self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over one delivery (一次处理). `id` is the register's number for it, growing with time.

    `ended_at` is empty and `exit_code` None while it goes on, and for ever where it was killed. `program` is the
    version of lantai that ran.
    """

    id: int
    delivery: str
    started_at: str
    program: str
    ended_at: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """清点结果 of a whole delivery: how much was planned, and what belongs to no record.

    `catalogue` is the catalogue's name, empty where there was none; `ignored` are display names of what is neither
    record nor fault; `bytes` are those of the records' files. `paged` are the records whose pages can be compared with
    the catalogue, `compared` the files of which the depositor gave a digest, `tables` the further tables that are to be
    kept, raw paths in hexadecimal: known to the run alone.
    """

    catalogue: str
    records: int
    files: int
    bytes: int
    findings: tuple[Finding, ...] = ()
    ignored: tuple[str, ...] = ()
    paged: int = 0
    compared: int = 0
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A planned record with its `position` in the delivery, from 0 on: what a worker needs to do the work."""

    position: int
    record: PlannedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the record at a position of a run's plan ended."""

    position: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """待决事项: what only a person can decide about a record. `options` are codes; their words are in the texts.

    Asked again by a later run, it is the same question: by delivery, record, code and subject of its finding.
    """

    delivery: str
    package_id: str
    finding: Finding
    options: tuple[str, ...]
    asked_at: str

    @property
    def id(self) -> str:
        """16 hexadecimal digits, the same on every machine."""
        return _short(self.delivery, self.package_id, self.finding.code, self.finding.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """决定: what was answered to a question, by whom, when. A later one of the same question takes its place; the
    earlier ones are kept."""

    question: str
    answer: str
    by: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """撤回: what waited in a delivery was taken out by a person, with a reason. `package_id`, `archival_code` and
    `title` are empty where that was what belongs to no record."""

    delivery: str
    package_id: str
    archival_code: str
    title: str
    by: str
    at: str
    reason: str


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
