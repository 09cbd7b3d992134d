"""Rebuild: the register made anew from the indexes in the stores, and put in the old one's place.

Nothing in a store is changed. A copy that is lacking, or not what its index says, is listed all the same and marked
as faulty, so that audits go on seeing it; what is wrong is a finding, and the exit code is not 0.
"""

import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Fact, Message, message
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.errors import ExitCode, UsageError
from pipeline.ports import Clock, Progress, Store
from pipeline.register.renewal import renewed
from pipeline.register.sqlite import SqliteRegister
from pipeline.routes.holdings import Holding, count_indexes, holdings
from pipeline.stores.wrappers import Retrying, Sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """What the new register lists: `packages` and their `versions`, `copies` that lie in the stores (faulty ones among
    them), `held` records taken over. `backup` is the old register's file, empty where there was none."""

    packages: int
    versions: int
    copies: int
    held: int
    findings: tuple[Finding, ...]
    backup: str

    @property
    def exit_code(self) -> ExitCode:
        """STORAGE where anything was found."""
        return ExitCode.STORAGE if self.findings else ExitCode.DONE


def rebuild(
    stores: tuple[Store, ...], register_path: Path, *, clock: Clock, progress: Progress, sleep: Sleep = time.sleep
) -> RebuildReport:
    """A new register at `register_path` from the `*.index.json` of all stores; the old one is kept beside it.

    Times of deposit are those of packaging, unless the old register can still be read: then they, what waits,
    stamps, audits and the events after packaging are taken over from it. Raises RegisterBusy where another process
    has the register open, StorageUnavailable where a store does not answer; the old register is then left in place.
    """
    if not stores:
        raise UsageError(message("no_store_to_rebuild_from"))
    now = clock.now()
    stores = tuple(Retrying(store, sleep=sleep) for store in stores)
    with renewed(register_path, at=now.strftime("%Y%m%dT%H%M%SZ")) as renewal:
        taking = _Taking(stores, renewal.register, now.isoformat())
        with progress.phase("重建登记 · rebuild", count_indexes(stores[0]), "packages") as advance:
            for folder, found in holdings(stores):
                taking.take(folder, found)
                advance(1)
        taking.list_lacking()
        taking.take_over(renewal.take_over())
        taking.know_stores(stores)
        packages = sum(1 for _ in renewal.register.packages())
        held = sum(1 for _ in renewal.register.held())
    return RebuildReport(
        packages=packages,
        versions=taking.versions,
        copies=sum(taking.copies.values()),
        held=held,
        findings=tuple(taking.findings),
        backup=str(renewal.backup or ""),
    )


class _Taking:
    """The new register while it is filled."""

    def __init__(self, stores: tuple[Store, ...], register: SqliteRegister, now: str) -> None:
        self.names = [store.name for store in stores]
        self.register = register
        self.now = now
        self.versions = 0
        self.copies: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self._lacking: list[tuple[str, int, str]] = []
        self._faults: list[FixityReport] = []

    def take(self, folder: str, found: tuple[Holding, ...]) -> None:
        """Registers what lies in a folder of the stores, as far as one index of it can be used."""
        self.findings += [each for holding in found for each in holding.findings]
        index = _chosen(found)
        if index is None:
            return
        listed = self.register.index(index.package_id, index.version)
        if listed is not None:
            package_id, left_out = index.package_id, f"{folder}/"
            self.findings.append(
                finding("package_doubled", package_id, record=package_id, listed=listed.folder, left_out=left_out)
            )
            return
        self._register(index, [holding for holding in found if holding.index is not None or holding.fault is not None])

    def _register(self, index: PackageIndex, found: list[Holding]) -> None:
        self._list(index, [holding.store for holding in found])
        self.versions += 1
        self.copies.update(holding.store for holding in found)
        others = [h for h in found if h.index is not None and not _alike(h.index, index)]
        if others:
            self._disagree(index, found, others)
        for holding in found:
            fault = FixityResult.MISMATCH if holding in others else holding.fault
            reason = "its index is not that of the other copies" if holding in others else holding.reason
            if fault is not None:
                self._faults.append(self._report(index, holding.store, fault, reason))
        there = {holding.store for holding in found}
        self._lacking += [(index.package_id, index.version, name) for name in self.names if name not in there]

    def _disagree(self, index: PackageIndex, found: list[Holding], others: list[Holding]) -> None:
        agreeing = ", ".join(h.store for h in found if h.index is not None and _alike(h.index, index))
        differing = ", ".join(h.store for h in others)
        self.findings.append(
            finding(
                "indexes_disagree",
                index.archival_code,
                record=index.package_id,
                version=index.version,
                listed=agreeing,
                others=differing,
            )
        )

    def _report(self, index: PackageIndex, store: str, result: FixityResult, reason: Fact) -> FixityReport:
        return FixityReport.unread(index.package_id, index.version, store, result=result, reason=reason, at=self.now)

    def list_lacking(self) -> None:
        """Lists the copies that other stores have and one lacks, as missing. A store that holds none at all is new, or
        not what it should be: one finding for all."""
        empty = [name for name in self.names if not self.copies[name] and self.versions]
        self.findings += [finding("store_empty", name, packages=self.versions) for name in empty]
        for package_id, version, store in self._lacking:
            index = self.register.index(package_id, version)
            if store not in empty and index is not None:
                self._list(index, [store])
                self.findings.append(finding("copy_missing", index.archival_code, record=package_id, store=store))
                self._faults.append(self._report(index, store, FixityResult.MISSING, "no index is there"))

    def _list(self, index: PackageIndex, stores: list[str]) -> None:
        """In the register, with copies that nobody has read."""
        copies = [
            Copy(store=store, tar_key=index.tar_key, bytes_read_back=0, deposited_at=index.packaged_at)
            for store in stores
        ]
        self.register.add_version(index, copies, (), source_state="")

    def know_stores(self, stores: tuple[Store, ...]) -> None:
        """From now on the names of the settings stand for the stores that are there; nothing is written to them."""
        for store in stores:
            if identity := store.identity():
                self.register.know_store(store.name, identity)

    def take_over(self, problems: tuple[Message, ...]) -> None:
        """After what the old register knew: its problems, and the faults seen now, which come last."""
        self.findings += [finding("old_register_unreadable", "", reason=problem) for problem in problems]
        for report in self._faults:
            self.register.add_audit(report)


def _chosen(found: tuple[Holding, ...]) -> PackageIndex | None:
    """The index that most stores agree on; of equals the one with more whole tars, then one in the bytes that were
    written, then the first store's."""

    def weight(holding: Holding) -> tuple[int, int, bool]:
        alike = [
            h for h in found if h.index is not None and holding.index is not None and _alike(h.index, holding.index)
        ]
        return len(alike), sum(h.fault is None for h in alike), holding.as_written

    return max((holding for holding in found if holding.index is not None), key=weight, default=Holding(store="")).index


def _alike(one: PackageIndex, other: PackageIndex) -> bool:
    """Whether two indexes say the same, be it in other bytes: those are a fault of their own."""
    return one.written == other.written or replace(one, written=b"") == replace(other, written=b"")
