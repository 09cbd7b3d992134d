"""Cases (案例): small deliveries that were once judged wrongly, packed one by one, and what becomes of them."""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.findings import Finding
from pipeline.domain.outcomes import Outcome, State
from tests.makers.services import opened_works

ARCHIVES = Path(__file__).resolve().parents[1] / "fixtures" / "cases"


def case(name: str, folder: Path) -> Path:
    """Unpacks a case below the folder; its delivery."""
    with tarfile.open(ARCHIVES / f"{name}.tar.xz") as archive:
        for member in archive:
            path, opened = folder / member.name, archive.extractfile(member) if member.isfile() else None
            (path if opened is None else path.parent).mkdir(parents=True, exist_ok=True)
            if opened is not None:
                path.write_bytes(opened.read())
    return folder / name


@dataclass(frozen=True)
class Taken:
    """A delivery taken in: the run's exit code and findings, each record's end, and what lies in the packages."""

    exit_code: int
    findings: tuple[Finding, ...]
    ignored: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    home: Path
    packages: dict[str, Path] = field(default_factory=dict)

    def of(self, code: str) -> Outcome:
        """The record whose archival code, as typed, is this or ends with it (`481` for `K021-LX·2019·Y-481`)."""
        (found,) = [each for each in self.outcomes if each.archival_code == code or each.archival_code.endswith(code)]
        return found

    def codes(self, code: str = "") -> set[str]:
        """Codes of the findings of one record; of the delivery where none is named."""
        return {each.code for each in (self.of(code).findings if code else self.findings)}

    def states(self) -> set[State]:
        """How the records ended."""
        return {each.state for each in self.outcomes}

    def members(self, code: str) -> dict[str, bytes]:
        """Path in the package → bytes, of the stored package of a record."""
        with tarfile.open(self.packages[self.of(code).package_id]) as tar:
            read = {each.name.split("/", 1)[1]: tar.extractfile(each) for each in tar if each.isfile()}
            return {path: opened.read() for path, opened in read.items() if opened is not None}

    def copies(self, code: str) -> dict[str, bytes]:
        """The same, of its reading copies only."""
        return {path: raw for path, raw in self.members(code).items() if path.startswith("data/access/")}


@contextmanager
def taking(root: Path, *, profile: str = "") -> Iterator[Callable[[Path], Taken]]:
    """A new home below `root` that takes in deliveries one after the other, with real tools and a real store."""
    with opened_works(root / "home", profile=profile) as works:

        def take(delivery: Path) -> Taken:
            done = works.ingest(delivery)
            tars = sorted((works.archive.home.root / "store").rglob("*.tar"))
            return Taken(
                exit_code=done.report.exit_code,
                findings=done.report.findings,
                ignored=done.report.ignored,
                outcomes=done.outcomes,
                home=works.archive.home.root,
                packages={tar.parent.parent.name: tar for tar in tars},
            )

        yield take


def taken(delivery: Path, root: Path, *, profile: str = "") -> Taken:
    """One delivery taken into a new home below `root`."""
    with taking(root, profile=profile) as take:
        return take(delivery)
