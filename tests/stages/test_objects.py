"""A version with objects beside its tar, as a seal will be: deposited, read back, audited and rebuilt like the tar."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.errors import CopyMismatch, ObjectDiffers, SourceChanged
from pipeline.ports import Store
from pipeline.routes.holdings import holdings
from pipeline.stages.audit import audit
from pipeline.stages.deposit import deposit
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.described import FixedClock
from tests.makers.real_packages import real_package

SEAL, STAMP = "tagmanifest.p7s", "tagmanifest.tsr"


def read_back(index: PackageIndex, store: Store) -> FixityReport:
    """All bytes of the objects."""
    return audit(index, store=store, clock=FixedClock(), advance=lambda _: None, index_expected=False)


@dataclass
class Sealed:
    """A finished package with two objects beside its tar, and a store."""

    root: Path
    told: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder = self.root / "packaged"
        self.folder.mkdir()
        self.packaged = real_package(self.folder, beside={SEAL: b"signature", STAMP: b"time stamp" * 9})
        self.index = self.packaged.index
        self.store = prepare_store(StoreSettings(name="nas", url=(self.root / "nas").as_uri()))

    def deposit(self) -> None:
        deposit(
            self.packaged, folder=self.folder, stores=(self.store,), check=read_back, clock=FixedClock(),
            advance=self.told.append, sleep=lambda _: None,
        )  # fmt: skip

    def stored(self, name: str) -> Path:
        return self.root / "nas" / f"{self.index.folder}{name}"

    def change(self, name: str, data: bytes) -> None:
        self.stored(name).unlink()
        self.stored(name).write_bytes(data)

    def audit(self) -> FixityReport:
        return audit(self.index, store=self.store, clock=FixedClock(), advance=lambda _: None)


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    return Sealed(tmp_path)


def test_all_objects_are_deposited_and_read(sealed: Sealed) -> None:
    sealed.deposit()
    assert {path.name for path in sealed.stored("").iterdir()} == {
        SEAL, STAMP, sealed.index.tar_name, sealed.index.index_name,
    }  # fmt: skip
    assert sum(sealed.told) == sealed.index.stored_bytes == sealed.index.tar_size + 9 + 90
    report = sealed.audit()
    assert report.result is FixityResult.OK
    assert report.bytes_read == sealed.index.stored_bytes + len(sealed.index.written)
    sealed.deposit()
    ((_, (holding,)),) = holdings((sealed.store,))
    assert (holding.index, holding.fault) == (sealed.index, None)


@pytest.mark.parametrize(
    ("data", "result"),
    [
        (b"signaturE", FixityResult.MISMATCH),
        (b"signature and more", FixityResult.MISMATCH),
        (b"", FixityResult.MISMATCH),
    ],
)
def test_a_changed_object_is_found(sealed: Sealed, data: bytes, result: FixityResult) -> None:
    sealed.deposit()
    sealed.change(SEAL, data)
    report = sealed.audit()
    assert (report.result, [(fault.result, fault.path) for fault in report.faults]) == (result, [(result, SEAL)])
    ((_, (holding,)),) = holdings((sealed.store,))
    assert [found.code for found in holding.findings] == ([] if len(data) == 9 else ["object_size_differs"])


def test_a_lost_object_is_missing(sealed: Sealed) -> None:
    sealed.deposit()
    sealed.stored(STAMP).unlink()
    report = sealed.audit()
    assert [(fault.result, fault.path) for fault in report.faults] == [(FixityResult.MISSING, STAMP)]
    ((_, (holding,)),) = holdings((sealed.store,))
    assert (holding.fault, [found.code for found in holding.findings]) == (FixityResult.MISSING, ["object_missing"])
    with pytest.raises(ObjectDiffers):
        sealed.deposit()


def test_a_cut_off_deposit_goes_on_and_what_is_not_ours_is_left(sealed: Sealed) -> None:
    sealed.store.put(f"{sealed.index.folder}{SEAL}", sealed.folder / SEAL)
    sealed.deposit()
    assert sealed.audit().result is FixityResult.OK


def test_another_object_in_its_place_is_left_alone(sealed: Sealed) -> None:
    sealed.store.put_bytes(f"{sealed.index.folder}{SEAL}", b"somebody's")
    with pytest.raises((ObjectDiffers, CopyMismatch)):
        sealed.deposit()
    assert sealed.stored(SEAL).read_bytes() == b"somebody's"
    assert not sealed.stored(sealed.index.index_name).exists()


def test_an_object_touched_in_the_workspace_is_told(sealed: Sealed) -> None:
    (sealed.folder / SEAL).write_bytes(b"longer than it was")
    with pytest.raises(SourceChanged, match=SEAL):
        sealed.deposit()
