"""The register in memory: for tests, and for trying things out. Keeps the same rules as the one in SQLite."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.domain.copies import Audit, CopyStanding, Disposal, earliest, worst
from pipeline.domain.events import Event
from pipeline.domain.identifiers import loose_code
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.domain.records import Description
from pipeline.ports import EVERY, PackageRow, Sought
from pipeline.register.blobs import from_json
from pipeline.register.memory_held import MemoryHeld
from pipeline.register.rules import (
    audit_of,
    fixity_event,
    is_of_record,
    listed,
    not_registered,
    refuse_other,
    same_fault,
    unknown_copy,
)
from pipeline.register.search import described_row, folded, is_found, words_of

Version = tuple[str, int]


class MemoryRegister(MemoryHeld):
    """See `ports.Register` and `ports.Ledger`. Threads may share it."""

    def __init__(self) -> None:
        super().__init__()
        self._indexes: dict[Version, PackageIndex] = {}
        self._source_states: dict[Version, str] = {}
        self._copies: dict[Version, dict[str, CopyStanding]] = {}
        self._events: dict[Version, dict[Event, None]] = {}
        self._audits: list[Audit] = []
        self._faults: list[FixityReport] = []
        self._stores: dict[str, str] = {}
        self._described: dict[str, dict[str, Any]] = {}
        self._disposals: dict[tuple[str, int, str], Disposal] = {}

    def add_version(
        self,
        index: PackageIndex,
        copies: Iterable[Copy],
        events: Iterable[Event],
        *,
        source_state: str,
        description: Description | None = None,
    ) -> None:
        """See `SqliteRegister.add_version`."""
        key = (index.package_id, index.version)
        standings, acts = [CopyStanding.of(index, copy) for copy in copies], list(events)
        described = described_row(index, description)
        with self._lock:
            refuse_other(self._indexes.get(key, index), index)
            self._indexes[key] = index
            self._source_states[key] = source_state or self._source_states.get(key, "")
            for standing in standings:
                self._copies.setdefault(key, {}).setdefault(standing.store, standing)
            self._events.setdefault(key, {}).update(dict.fromkeys(acts))
            self._held = {key: held for key, held in self._held.items() if not is_of_record(held, index)}
            known = self._described.get(index.package_id)
            if known is None or (description is not None and known["version"] <= index.version):
                self._described[index.package_id] = described

    def add_events(self, index: PackageIndex, events: Iterable[Event]) -> None:
        """See `ports.Register`."""
        acts = dict.fromkeys(events)
        with self._lock:
            if (index.package_id, index.version) not in self._indexes:
                raise not_registered(index)
            self._events[index.package_id, index.version].update(acts)

    def index(self, package_id: str, version: int | None = None) -> PackageIndex | None:
        """See `ports.Register`."""
        with self._lock:
            return self._indexes.get((package_id, self._newest(package_id) if version is None else version))

    def source_state(self, package_id: str) -> str:
        """See `ports.Register`."""
        with self._lock:
            return self._source_states.get((package_id, self._newest(package_id)), "")

    def packages(self, sought: Sought = EVERY) -> Iterator[PackageRow]:
        """See `ports.Register`."""
        words_of(sought)
        with self._lock:
            newest = [self._indexes[i, self._newest(i)] for i in sorted({i for i, _ in self._indexes})]
            rows = [self._row(x) for x in newest if is_found(self._described[x.package_id], x, sought)]
        yield from rows

    def description(self, package_id: str) -> Description | None:
        """See `ports.Register`."""
        with self._lock:
            written = self._described.get(package_id, {}).get("description_json")
        return from_json(written, Description) if written else None

    def codes_like(self, typed: str, *, begin: bool = False) -> tuple[str, ...]:
        """See `ports.Register`."""
        key = loose_code(folded(typed))
        with self._lock:
            codes = sorted((package_id, row["code_key"]) for package_id, row in self._described.items())
        return tuple(i for i, code in codes if (code.startswith(key) if begin else code == key))

    def versions(self, package_id: str) -> tuple[int, ...]:
        """See `ports.Register`."""
        with self._lock:
            return tuple(sorted(version for i, version in self._indexes if i == package_id))

    def volume(self, stores: Iterable[str]) -> int:
        """See `ports.Register`."""
        wanted = set(stores)
        with self._lock:
            return sum(
                x.payload_bytes * len(wanted & self._copies.get(key, {}).keys()) for key, x in self._indexes.items()
            )

    def all_versions(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """See `ports.Register`."""
        with self._lock:
            rows = [(*key, tuple(sorted(self._copies.get(key, ())))) for key in sorted(self._indexes)]
        yield from rows

    def copy_in(self, store: str) -> str:
        """See `ports.Register`."""
        with self._lock:
            return next((copies[store].tar_key for copies in self._copies.values() if store in copies), "")

    def has_copy(self, package_id: str, version: int, store: str) -> bool:
        """See `ports.Register`."""
        with self._lock:
            return store in self._copies.get((package_id, version), {})

    def store_identity(self, name: str) -> str:
        """See `ports.Register`."""
        with self._lock:
            return self._stores.get(name, "")

    def know_store(self, name: str, identity: str) -> None:
        """See `ports.Register`."""
        with self._lock:
            self._stores[name] = identity

    def dispose(self, disposal: Disposal, index: PackageIndex) -> None:
        """See `ports.Register`."""
        with self._lock:
            self._disposals.setdefault((index.package_id, index.version, disposal.sha256), disposal)

    def disposals(self, package_id: str = "") -> Iterator[Disposal]:
        """See `ports.Register`."""
        with self._lock:
            rows = [each for _, each in sorted(self._disposals.items())]
        yield from (each for each in rows if package_id in {"", each.package_id})

    def add_audit(self, report: FixityReport) -> None:
        """See `SqliteRegister.add_audit`."""
        with self._lock:
            copies = self._copies.get((report.package_id, report.version), {})
            if report.store not in copies:
                raise unknown_copy(report)
            copies[report.store] = copies[report.store].after(report)
            self._audits.append(audit_of(report))
            if report.result is not FixityResult.OK:
                self._note_fault(report)

    def events(self, package_id: str) -> Iterator[Event]:
        """See `ports.Register`."""
        with self._lock:
            acts = [act for key in sorted(self._events) if key[0] == package_id for act in self._events[key]]
        checks = [fixity_event(audit) for audit in self.audits(package_id)]
        yield from sorted(acts + checks, key=lambda act: act.at)

    def audits(self, package_id: str) -> Iterator[Audit]:
        """See `ports.Register`."""
        with self._lock:
            rows = [audit for audit in self._audits if audit.package_id == package_id]
        yield from sorted(rows, key=lambda audit: audit.ended_at)

    def copies(self, package_id: str, version: int) -> tuple[CopyStanding, ...]:
        """See `ports.Register`."""
        with self._lock:
            copies = self._copies.get((package_id, version), {})
            return tuple(copies[store] for store in sorted(copies))

    def faults(self, package_id: str) -> Iterator[FixityReport]:
        """See `ports.Register`."""
        with self._lock:
            rows = [fault for fault in self._faults if fault.package_id == package_id]
        yield from rows

    def _note_fault(self, report: FixityReport) -> None:
        copy = (report.package_id, report.version, report.store)
        kept = [f for f in self._faults if (f.package_id, f.version, f.store) == copy]
        if not kept or not same_fault(kept[-1], report):
            self._faults.append(report)

    def _newest(self, package_id: str) -> int:
        return max((version for i, version in self._indexes if i == package_id), default=0)

    def _row(self, index: PackageIndex) -> PackageRow:
        copies = self.copies(index.package_id, index.version)
        return PackageRow(
            **listed(index),
            copies=tuple(copy.store for copy in copies),
            last_audit=earliest(copy.last_audit for copy in copies),
            last_result=worst(copy.last_result for copy in copies),
        )
