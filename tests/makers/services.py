"""An archive home with everything `routes.ingest` needs, opened in this process: real stores, register and workers."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.bootstrap import Archive, open_archive
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery, Surveyed
from pipeline.domain.outcomes import IngestReport, Outcome
from pipeline.line.services import IngestServices
from pipeline.line.stage import Line
from pipeline.line.table import LINE
from pipeline.routes.ingest import ingest
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_services
from pipeline.settings import create_home
from pipeline.stores import prepare_store


class Silent:
    """Progress that nobody watches."""

    @contextmanager
    def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """See `ports.Progress`."""
        yield lambda _: None


@dataclass(frozen=True)
class Ingested:
    """A run's report, and every outcome in the catalogue's order."""

    report: IngestReport
    outcomes: tuple[Outcome, ...]


@dataclass
class Works:
    """An opened home. `told` holds what was announced, with the names of what lay in the workspace at that moment."""

    archive: Archive
    services: IngestServices
    told: list[tuple[Surveyed, tuple[Finding, ...], list[str]]] = field(default_factory=list)

    def ingest(self, delivery: Path, line: Line = LINE) -> "Ingested":
        """Takes in a delivery."""
        report = ingest(
            delivery,
            services=self.services,
            runner=ThreadRunner(2),
            progress=Silent(),
            announce=self._announce,
            line=line,
        )
        return Ingested(report, tuple(ended.outcome for ended in self.services.ledger.outcomes(report.run)))

    def release(self, package_id: str) -> None:
        """The record waits in no delivery any more."""
        for held in self.archive.register.held():
            if held.package_id == package_id:
                self.archive.register.release(package_id, delivery=held.delivery, folder=held.folder)

    def one(self, delivery: Path) -> Outcome:
        """Takes in a delivery of one record."""
        (outcome,) = self.ingest(delivery).outcomes
        return outcome

    def _announce(self, delivery: Delivery, surveyed: Surveyed, found: Iterable[Finding]) -> None:
        there = sorted(f.name for f in self.services.workspace.root.glob("*/*"))
        self.told.append((surveyed, tuple(found), there))

    def store_files(self, name: str = "store") -> dict[str, tuple[int, int, bytes]]:
        """What lies in a store of the home: path to inode, time and bytes."""
        root = self.archive.home.root / name
        files = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {
            str(path.relative_to(root)): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
            for path in files
        }


@contextmanager
def opened_works(root: Path, *stores: str, profile: str = "") -> Iterator[Works]:
    """A new home with these stores (folders of the home), opened until the block ends."""
    names = stores or ("store",)
    create_home(root, fonds="K021", name="某县档案馆", stores=tuple((n, n) for n in names), prepare=prepare_store)
    with open_archive(root) as archive, open_services(archive, profile_name=profile) as services:
        yield Works(archive=archive, services=services)
