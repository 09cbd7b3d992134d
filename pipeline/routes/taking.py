"""A new register while it is filled: first with what the stores hold, then with what was known before and is lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.domain.copies import Disposal
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Fact, Message, message
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.errors import UsageError
from pipeline.ports import Store
from pipeline.register.known_before import KnownBefore, KnownVersion
from pipeline.register.sqlite import SqliteRegister
from pipeline.routes.holdings import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class LettingGo:
    """What a person lets go: the packages by identifier or archival code, who does it, and why."""

    packages: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""


NOTHING = LettingGo()


class Taking:
    """The new register while it is filled."""

    def __init__(
        self,
        stores: tuple[Store, ...],
        register: SqliteRegister,
        before: KnownBefore,
        now: str,
        without: LettingGo,
    ) -> None:
        self.names = [store.name for store in stores]
        self.register = register
        self.before = before
        self.now = now
        self.without = without
        self.packages = self.versions = self.missing = 0
        self.copies: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self._last_package = ""
        self._let_go: set[str] = set()
        self._disposals = {disposal.sha256: (disposal, index) for disposal, index in before.disposals()}
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
        holding = [holding for holding in found if holding.index is not None or holding.fault is not None]
        if (known := self._known_otherwise(index)) is None:
            self._register(index, holding)
        else:
            self._list_as_known(known, index, holding)

    def _known_otherwise(self, index: PackageIndex) -> KnownVersion | None:
        """How the version was known, where that is not what the stores hold now, and nobody has let it go."""
        written = self.before.written(index.package_id, index.version)
        if written is None or written == index.written:
            return None
        known = self.before.version(index.package_id, index.version)
        return None if known is None or self._is_let_go(known.index) else known

    def _list_as_known(self, known: KnownVersion, index: PackageIndex, found: list[Holding]) -> None:
        """All that the stores hold of it is faulty: file and index may have been changed together, everywhere."""
        stores = [holding.store for holding in found]
        self.findings.append(
            finding(
                "register_disagrees",
                index.archival_code,
                record=index.package_id,
                version=index.version,
                stores=", ".join(stores),
                known=known.index.packaged_at,
                found=index.packaged_at,
            )
        )
        self.missing += 1
        self._list(known.index, stores)
        reason = message("index_not_the_known_one")
        self._faults += [self._report(known.index, store, FixityResult.MISMATCH, reason) for store in stores]
        self._list_copies_known(known, but=stores)

    def list_lost(self) -> None:
        """What was known and no store holds: listed with the copies that should be there, as missing. UsageError where
        something is to be let go that is not missing."""
        for package_id, version, code in self.before.versions():
            if self.register.index(package_id, version) is not None:
                continue
            known = self.before.version(package_id, version)
            if known is None:
                self.findings.append(finding("package_forgotten", code, record=package_id, version=version))
            elif not self._is_let_go(known.index):
                self._list_lost(known)
        for disposal, index in self._disposals.values():
            if self.register.index(index.package_id, index.version) != index:  # else it was found again
                self.register.dispose(disposal, index)
        asked = set(self.without.packages)
        if left := sorted(asked - self._let_go):
            raise UsageError(message("not_to_be_let_go", packages=", ".join(left)))

    def _list_lost(self, known: KnownVersion) -> None:
        index = known.index
        stores = ", ".join(copy.store for copy in known.copies)
        self.findings.append(
            finding(
                "package_lost",
                index.archival_code,
                record=index.package_id,
                version=index.version,
                title=index.title,
                stores=stores,
            )
        )
        self.missing += 1
        self.register.add_version(index, (), (), source_state="")
        self._list_copies_known(known)

    def _list_copies_known(self, known: KnownVersion, *, but: Sequence[str] = ()) -> None:
        """The copies that should be there; those in stores that are asked now are missing."""
        copies = [copy for copy in known.copies if copy.store not in but]
        self.register.add_version(known.index, copies, (), source_state="")
        reason = message("copy_lost")
        self._faults += [
            self._report(known.index, copy.store, FixityResult.MISSING, reason)
            for copy in copies
            if copy.store in self.names
        ]

    def _is_let_go(self, index: PackageIndex) -> bool:
        """Whether a person has let this version go, now or before; now it is noted."""
        names = {index.package_id, index.archival_code} & set(self.without.packages)
        disposal = Disposal.of(index, at=self.now, by=self.without.by, reason=self.without.reason)
        if names:
            self._let_go |= names
            self._disposals.setdefault(disposal.sha256, (disposal, index))
        return disposal.sha256 in self._disposals

    def _register(self, index: PackageIndex, found: list[Holding]) -> None:
        self._list(index, [holding.store for holding in found])
        self.versions += 1
        self.packages += index.package_id != self._last_package
        self._last_package = index.package_id
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
            found, known = store.identity(), self.before.store_identity(store.name)
            if found:
                self.register.know_store(store.name, found)
            if found and known and found != known:
                self.findings.append(finding("store_replaced", store.name, url=store.url, known=known, found=found))

    def take_over(self, problems: tuple[Message, ...]) -> None:
        """After what the old register knew: its problems, and the faults seen now, which come last."""
        told = dict.fromkeys((*problems, *self.before.problems))
        self.findings += [finding("old_register_unreadable", "", reason=problem) for problem in told]
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
