"""Rebuild: the register made anew from the indexes in the stores, and put in the old one's place.

Nothing in a store is changed. A copy that is lacking, or not what its index says, is listed all the same and marked
as faulty, so that audits go on seeing it; what is wrong is a finding, and the exit code is not 0.

Nothing is forgotten: a version that the old register, or a copy kept of it, knew and that no store holds stays listed
as missing, and one that the stores hold otherwise stays listed as it was known, until a person lets it go by name.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.errors import ExitCode, UsageError
from pipeline.ports import Clock, Progress, Store
from pipeline.register.known_before import known_before, prune
from pipeline.register.renewal import renewed
from pipeline.routes.descriptions import describe
from pipeline.routes.holdings import count_indexes, holdings
from pipeline.routes.taking import NOTHING, LettingGo, Taking
from pipeline.stores.twins import refuse_twins
from pipeline.stores.wrappers import Retrying, Sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """What the new register lists: `packages` and their `versions` that the stores hold, `copies` that lie in them
    (faulty ones among them), `held` records taken over, `missing` versions that no store holds as they were known.
    `backup` is the old register's file, empty where there was none."""

    packages: int
    versions: int
    copies: int
    held: int
    findings: tuple[Finding, ...]
    backup: str
    missing: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """STORAGE where anything was found."""
        return ExitCode.STORAGE if self.findings else ExitCode.DONE


def rebuild(
    stores: tuple[Store, ...],
    register_path: Path,
    *,
    clock: Clock,
    progress: Progress,
    sleep: Sleep = time.sleep,
    earlier: Sequence[Path] = (),
    without: LettingGo = NOTHING,
) -> RebuildReport:
    """A new register at `register_path` from the `*.index.json` of all stores; the old one is kept beside it.

    Times of deposit are those of packaging, unless the old register can still be read: then they, what waits,
    stamps, audits and the events after packaging are taken over from it. `earlier` are copies of the register kept
    elsewhere, whose packages are not forgotten either. What is let go is listed no more, which is kept with the reason.

    Raises RegisterBusy where another process has the register open, StorageUnavailable where a store does not answer,
    StorageError where two stores are one, UsageError where something is let go that is not missing; the old register
    is then left in place.
    """
    if not stores:
        raise UsageError(message("no_store_to_rebuild_from"))
    now = clock.now()
    refuse_twins(stores)
    stores = tuple(Retrying(store, sleep=sleep) for store in stores)
    with (
        renewed(register_path, at=now.strftime("%Y%m%dT%H%M%SZ")) as renewal,
        known_before(register_path, *earlier) as before,
    ):
        taking = Taking(stores, renewal.register, before, now.isoformat(), without)
        with progress.phase("重建登记 · rebuild", count_indexes(stores[0]), "packages") as advance:
            for folder, found in holdings(stores):
                taking.take(folder, found)
                advance(1)
        taking.list_lacking()
        taking.list_lost()
        taking.take_over(renewal.take_over())
        describe(renewal.register, stores)
        taking.know_stores(stores)
        held = sum(1 for _ in renewal.register.held())
    prune(register_path, but=before.unreadable)
    return RebuildReport(
        packages=taking.packages,
        versions=taking.versions,
        copies=sum(taking.copies.values()),
        held=held,
        findings=tuple(taking.findings),
        backup=str(renewal.backup or ""),
        missing=taking.missing,
    )
