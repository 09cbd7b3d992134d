"""What stores hold, version by version, read from the indexes in them."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.domain.packages import FixityResult, PackageIndex
from pipeline.errors import StorageUnavailable
from pipeline.ports import Store
from pipeline.routes.holdings import Holding, count_indexes, holdings
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.real_packages import real_package

A, B = "K021-ZY·FP·2019·Y-001", "K021-ZY·FP·2019·Y-002"


@pytest.fixture
def packages(tmp_path: Path) -> dict[str, tuple[PackageIndex, bytes]]:
    """Index and tar of two packages."""
    made = {}
    for package_id in (A, B):
        (tmp_path / package_id).mkdir()
        index = real_package(tmp_path / package_id, package_id).index
        made[package_id] = (index, (tmp_path / package_id / index.tar_name).read_bytes())
    return made


Packages = dict[str, tuple[PackageIndex, bytes]]


def store(name: str) -> Store:
    return prepare_store(StoreSettings(name=name, url=f"memory://{uuid.uuid4()}"))


def filled(name: str, packages: Packages, *wanted: str) -> Store:
    made = store(name)
    for package_id in wanted:
        index, tar = packages[package_id]
        made.put_bytes(index.tar_key, tar)
        made.put_bytes(index.index_key, index.written)
    return made


def only(held: Store) -> Holding:
    ((_, (holding,)),) = holdings((held,))
    return holding


def test_each_version_with_what_each_store_has_of_it(packages: Packages) -> None:
    stores = (filled("nas", packages, A, B), filled("usb", packages, B), store("empty"))
    found = list(holdings(stores))
    assert [folder for folder, _ in found] == sorted(packages[p][0].folder.rstrip("/") for p in (A, B))
    assert [[holding.store for holding in each] for _, each in found] == [["nas"], ["nas", "usb"]]
    assert all(h.index == packages[h.index.package_id][0] and h.fault is None for _, e in found for h in e if h.index)
    assert [count_indexes(each) for each in stores] == [2, 1, 0]


def _without_tar(held: Store, index: PackageIndex, tar: bytes) -> None:
    held.put_bytes(index.index_key, index.written)


def _short_tar(held: Store, index: PackageIndex, tar: bytes) -> None:
    held.put_bytes(index.tar_key, tar[:-512])
    held.put_bytes(index.index_key, index.written)


def _garbled(held: Store, index: PackageIndex, tar: bytes) -> None:
    held.put_bytes(index.tar_key, tar)
    held.put_bytes(index.index_key, index.written[:-9])


def _elsewhere(held: Store, index: PackageIndex, tar: bytes) -> None:
    held.put_bytes(f"other/{index.index_key}", index.written)


def _other_bytes(held: Store, index: PackageIndex, tar: bytes) -> None:
    held.put_bytes(index.tar_key, tar)
    held.put_bytes(index.index_key, index.written.replace(b",\n", b" ,\n", 1))


@pytest.mark.parametrize(
    ("deposit", "code", "fault"),
    [
        (_without_tar, "tar_missing", FixityResult.MISSING),
        (_short_tar, "tar_size_differs", FixityResult.MISMATCH),
        (_garbled, "index_garbled", FixityResult.MISMATCH),
        (_elsewhere, "index_misplaced", FixityResult.MISMATCH),
        (_other_bytes, "index_garbled", FixityResult.MISMATCH),
    ],
)
def test_what_is_wrong_with_a_copy(
    packages: Packages, deposit: Callable[[Store, PackageIndex, bytes], None], code: str, fault: FixityResult
) -> None:
    held = store("nas")
    deposit(held, *packages[A])
    holding = only(held)
    assert holding.fault is fault
    assert [(each.code, each.fact("store")) for each in holding.findings] == [(code, "nas")]


def test_a_changed_index_that_says_the_same_can_still_be_used(packages: Packages) -> None:
    held = store("nas")
    _other_bytes(held, *packages[A])
    holding = only(held)
    assert holding.index is not None and not holding.as_written


def test_a_tar_without_index_is_an_unfinished_deposit_and_no_copy(packages: Packages) -> None:
    index, tar = packages[A]
    held = store("nas")
    held.put_bytes(index.tar_key, tar)
    holding = only(held)
    assert (holding.index, holding.fault) == (None, None)
    assert [each.code for each in holding.findings] == ["tar_without_index"]


def test_a_store_that_does_not_answer_is_not_called_empty(tmp_path: Path, packages: Packages) -> None:
    away = prepare_store(StoreSettings(name="away", url=(tmp_path / "away").as_uri()))
    (tmp_path / "away").rename(tmp_path / "gone")
    with pytest.raises(StorageUnavailable):
        list(holdings((filled("nas", packages, A), away)))
