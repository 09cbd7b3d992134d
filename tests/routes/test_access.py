import shutil
from pathlib import Path

import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.packages import PackageIndex
from pipeline.errors import CopyMismatch, StorageError, StorageUnavailable, UsageError
from pipeline.ports import Store
from pipeline.routes.access import get_file, get_package
from tests.contracts.register import a_held
from tests.makers.services import Silent
from tests.makers.shelf import Shelf

ID = "K021-ZY·FP·2019·Y-001"
FILE = "data/original/2.bin"
DATA = bytes(range(256)) * 40


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, (ID, "K021-ZY·FP·2019·Y-002"))


@pytest.fixture
def index(shelf: Shelf) -> PackageIndex:
    return shelf.indexes[0]


def fetch(shelf: Shelf, target: Path, stores: tuple[Store, ...] | None = None) -> list[StorageError]:
    """One file; what was warned of."""
    warned: list[StorageError] = []
    index = shelf.indexes[0]
    member = index.member(FILE)
    assert member is not None
    made = get_file(
        index,
        member,
        target=target,
        stores=shelf.stores if stores is None else stores,
        register=shelf.register,
        clock=shelf.clock,
        warn=warned.append,
    )
    assert made == target
    return warned


def fetch_all(shelf: Shelf, folder: Path, *, originals: bool = False) -> Path:
    return get_package(
        shelf.indexes[0],
        folder=folder,
        originals=originals,
        stores=shelf.stores,
        register=shelf.register,
        clock=shelf.clock,
        progress=Silent(),
        warn=lambda _: None,
    )


def test_a_file_and_its_event(shelf: Shelf, tmp_path: Path) -> None:
    assert fetch(shelf, tmp_path / "2.bin") == []
    assert (tmp_path / "2.bin").read_bytes() == DATA
    (event,) = shelf.register.events(ID)
    assert (event.kind, event.objects) == (EventKind.DISSEMINATION, (FILE,))
    assert "first" in event.detail
    assert list(shelf.register.events("K021-ZY·FP·2019·Y-002")) == []


def test_a_whole_package(shelf: Shelf, tmp_path: Path) -> None:
    made = fetch_all(shelf, tmp_path / "out")
    assert made == tmp_path / "out" / f"{ID}-v0001"
    assert (made / FILE).read_bytes() == DATA
    (event,) = shelf.register.events(ID)
    assert event.objects == (ID,)


def test_looking_at_a_record_does_not_take_it_from_what_waits(shelf: Shelf, tmp_path: Path) -> None:
    shelf.register.hold(a_held(ID))
    fetch(shelf, tmp_path / "2.bin")
    assert list(shelf.register.held()) == [a_held(ID)]


def test_a_changed_copy_is_passed_over(shelf: Shelf, index: PackageIndex, tmp_path: Path) -> None:
    shelf.flip(index, FILE)
    (warning,) = fetch(shelf, tmp_path / "2.bin")
    assert isinstance(warning, CopyMismatch)
    assert (tmp_path / "2.bin").read_bytes() == DATA
    (event,) = shelf.register.events(ID)
    assert "second" in event.detail


def test_a_store_that_is_away_is_passed_over(shelf: Shelf, tmp_path: Path) -> None:
    shutil.move(shelf.root / "first", shelf.root / "unplugged")
    (warning,) = fetch(shelf, tmp_path / "2.bin")
    assert isinstance(warning, StorageUnavailable)


def test_no_copy_is_right(shelf: Shelf, index: PackageIndex, tmp_path: Path) -> None:
    for store in ("first", "second"):
        shelf.flip(index, FILE, store)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(CopyMismatch):
        fetch(shelf, out / "2.bin")
    with pytest.raises(CopyMismatch):
        fetch_all(shelf, out)
    assert list(out.iterdir()) == []
    assert list(shelf.register.events(ID)) == []


def test_what_is_there_is_not_overwritten(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "2.bin").write_bytes(b"mine")
    with pytest.raises(UsageError):
        fetch(shelf, tmp_path / "2.bin")
    assert (tmp_path / "2.bin").read_bytes() == b"mine"
    assert list(shelf.register.events(ID)) == []


def test_no_store_of_the_settings_holds_it(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_store_holds"):
        fetch(shelf, tmp_path / "2.bin", stores=())
