from pathlib import Path

import pytest

from pipeline.errors import StorageUnavailable
from pipeline.register.memory import MemoryRegister
from pipeline.stores.identity import IDENTITY_KEY
from pipeline.stores.kind import StoreSettings
from pipeline.stores.local import LocalStore
from pipeline.stores.right_store import doubt, doubt_if_told, make_known, refuse_wrong
from tests.makers.real_packages import an_index, copies_of


def store_in(folder: Path) -> LocalStore:
    folder.mkdir(exist_ok=True)
    return LocalStore(StoreSettings(name="nas", url=folder.as_uri()))


def registered(register: MemoryRegister, store: LocalStore, *, stored: bool = True) -> None:
    """One package should lie in the store; where `stored`, it does."""
    index = an_index()
    register.add_version(index, copies_of(index, "nas"), (), source_state="")
    if stored:
        store.put_bytes(index.tar_key, b"tar")
        store.put_bytes(index.index_key, b"{}")


def test_a_new_store_becomes_known_when_it_is_written_to(tmp_path: Path) -> None:
    register, store = MemoryRegister(), store_in(tmp_path / "nas")
    assert doubt(store, register) is None
    assert store.identity() == "", "looking writes nothing"
    make_known(store, register)
    assert register.store_identity("nas") == store.identity() != ""
    make_known(store, register)


def test_an_unmounted_disk_is_noticed_before_anything_was_stored(tmp_path: Path) -> None:
    register = MemoryRegister()
    make_known(store_in(tmp_path / "nas"), register)
    empty = store_in(tmp_path / "mount-point")
    with pytest.raises(StorageUnavailable, match="store_emptied"):
        make_known(empty, register)
    assert empty.identity() == ""


def test_another_archive_s_store_is_named(tmp_path: Path) -> None:
    register, other = MemoryRegister(), store_in(tmp_path / "other")
    make_known(store_in(tmp_path / "nas"), register)
    registered(MemoryRegister(), other)
    make_known(other, MemoryRegister())
    with pytest.raises(StorageUnavailable, match="store_is_another"):
        refuse_wrong(other, register)
    assert list(other.keys()) != []


def test_a_store_of_0_1_0_gets_its_identity_when_it_is_written_to(tmp_path: Path) -> None:
    register, store = MemoryRegister(), store_in(tmp_path / "nas")
    registered(register, store)
    assert doubt(store, register) is None
    assert store.identity() == ""
    make_known(store, register)
    assert register.store_identity("nas") == store.identity()


def test_a_store_of_0_1_0_that_is_empty_gets_none(tmp_path: Path) -> None:
    register, store = MemoryRegister(), store_in(tmp_path / "nas")
    registered(register, store, stored=False)
    with pytest.raises(StorageUnavailable, match="store_emptied"):
        make_known(store, register)
    assert store.identity() == ""


def test_a_store_that_was_moved_without_its_identity_is_the_right_one(tmp_path: Path) -> None:
    register, store = MemoryRegister(), store_in(tmp_path / "nas")
    make_known(store, register)
    registered(register, store)
    (tmp_path / "nas" / IDENTITY_KEY).unlink()
    assert doubt(store, register) is None
    make_known(store, register)
    assert register.store_identity("nas") == store.identity()


def test_what_cannot_be_told_is_no_doubt(tmp_path: Path) -> None:
    register, store = MemoryRegister(), store_in(tmp_path / "nas")
    make_known(store, register)
    (tmp_path / "nas" / IDENTITY_KEY).chmod(0o600)
    (tmp_path / "nas" / IDENTITY_KEY).write_bytes(b"?")
    assert doubt_if_told(store, register) is None
