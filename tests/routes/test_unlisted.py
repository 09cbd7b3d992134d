"""Copies that lie in a store and that the register does not know."""

from pathlib import Path

import pytest

from pipeline.codecs.index import encode_index
from pipeline.domain.packages import FixityResult
from pipeline.errors import StorageUnavailable
from pipeline.register.memory import MemoryRegister
from pipeline.routes.unlisted import Unlisted, report_of, unlisted
from pipeline.stores import StoreSettings, prepare_store
from pipeline.stores.local import LocalStore
from tests.makers.real_packages import an_index, copies_of
from tests.makers.values import NOW, ClockAt

INDEX = an_index()


def store_of(folder: Path, name: str) -> LocalStore:
    store = prepare_store(StoreSettings(name=name, url=(folder / name).as_uri()))
    assert isinstance(store, LocalStore)
    store.put_bytes(INDEX.index_key, encode_index(INDEX))
    return store


@pytest.fixture
def register() -> MemoryRegister:
    """It knows the copy in `nas` alone."""
    made = MemoryRegister()
    made.add_version(INDEX, copies_of(INDEX, "nas"), [], source_state="")
    return made


def test_what_the_register_knows_is_not_among_them(tmp_path: Path, register: MemoryRegister) -> None:
    stores = [store_of(tmp_path, name) for name in ("nas", "usb")]
    assert unlisted(stores, register) == (Unlisted(package_id=INDEX.package_id, version=1, store="usb"),)


def test_an_index_in_other_folders_is_named_by_its_key(tmp_path: Path, register: MemoryRegister) -> None:
    store = store_of(tmp_path, "nas")
    store.put_bytes("odd/place.index.json", b"{}")
    assert unlisted([store], register) == (Unlisted(package_id="odd/place.index.json", version=0, store="nas"),)


def test_a_store_that_is_away_says_nothing_unless_there_is_nothing_else(
    tmp_path: Path, register: MemoryRegister
) -> None:
    stores = [store_of(tmp_path, name) for name in ("away", "usb")]
    (tmp_path / "away").rename(tmp_path / "gone")
    assert [each.store for each in unlisted(stores, register)] == ["usb"]
    with pytest.raises(StorageUnavailable):
        unlisted(stores, MemoryRegister())


def test_of_such_a_copy_nothing_can_be_told() -> None:
    report = report_of(Unlisted(package_id="K021-1", version=2, store="usb"), ClockAt())
    assert (report.package_id, report.version, report.store) == ("K021-1", 2, "usb")
    assert (report.result, report.bytes_read) == (FixityResult.COULD_NOT_TELL, 0)
    assert report.ended_at == NOW.isoformat()
