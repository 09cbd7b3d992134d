"""An archive home with everything `routes.ingest` needs, opened in this process: real stores, register and lanes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.bootstrap import Archive, open_archive
from pipeline.domain.findings import Finding
from pipeline.domain.outcomes import IngestReport, Outcome
from pipeline.domain.records import DeliveryPlan
from pipeline.plant import open_plant
from pipeline.routes._record import Plant
from pipeline.routes._runners import ThreadRunner
from pipeline.routes.ingest import ingest
from pipeline.settings import create_home
from pipeline.stores import prepare_store


class Silent:
    """Progress that nobody watches."""

    @contextmanager
    def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """See `ports.Progress`."""
        yield lambda _: None


@dataclass
class Works:
    """An opened home. `told` holds what was announced, with the names of what lay in the workspace at that moment."""

    archive: Archive
    plant: Plant
    told: list[tuple[DeliveryPlan, tuple[Finding, ...], list[str]]] = field(default_factory=list)

    def ingest(self, delivery: Path) -> IngestReport:
        """Takes in a delivery."""
        return ingest(delivery, plant=self.plant, runner=ThreadRunner(2), progress=Silent(), announce=self._announce)

    def one(self, delivery: Path) -> Outcome:
        """Takes in a delivery of one record."""
        (outcome,) = self.ingest(delivery).outcomes
        return outcome

    def _announce(self, plan: DeliveryPlan, found: tuple[Finding, ...]) -> None:
        there = sorted(f.name for f in self.plant.workspace.root.glob("*/*"))
        self.told.append((plan, found, there))

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
    """A new home with these stores (folders of the home), opened until the block ends; its lanes start when needed."""
    names = stores or ("store",)
    create_home(root, fonds="K021", name="某县档案馆", stores=tuple((n, n) for n in names), prepare=prepare_store)
    with open_archive(root) as archive, open_plant(archive, profile_name=profile) as plant:
        yield Works(archive=archive, plant=plant)
