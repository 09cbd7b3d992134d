import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.domain.messages import Message, message
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import StorageUnavailable
from pipeline.register.memory import MemoryRegister
from pipeline.routes.audit import audit
from pipeline.routes.runners import ThreadRunner
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.real_packages import copies_of
from tests.makers.services import Silent
from tests.makers.shelf import Shelf

IDS = ("K021-ZY·FP·2019·Y-001", "K021-ZY·FP·2019·Y-002")
FILE = "data/original/2.bin"
TWO_AT_ONCE = ThreadRunner(2)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, IDS)


def audited(shelf: Shelf, *wanted: str, stores: int = 2) -> list[tuple[str, str, FixityResult]]:
    return [(r.package_id, r.store, r.result) for r in reports(shelf, *wanted, stores=stores)]


def reports(
    shelf: Shelf, *wanted: str, stores: int = 2, runner: ThreadRunner = TWO_AT_ONCE
) -> tuple[FixityReport, ...]:
    examined = audit(
        [(each, 1) for each in wanted] if wanted else None,
        stores=shelf.stores[:stores],
        register=shelf.register,
        clock=shelf.clock,
        runner=runner,
        progress=Silent(),
    )
    return tuple(each.report for each in examined)


def test_every_copy_of_every_package_in_order(shelf: Shelf) -> None:
    assert audited(shelf) == [(i, s, FixityResult.OK) for i in IDS for s in ("first", "second")]
    assert {row.last_result for row in shelf.register.packages()} == {"ok"}
    assert all(row.last_audit for row in shelf.register.packages())


def test_only_those_asked_for(shelf: Shelf) -> None:
    assert {package for package, _, _ in audited(shelf, IDS[1])} == {IDS[1]}
    assert [bool(row.last_audit) for row in shelf.register.packages()] == [False, True]


def test_a_flipped_bit_is_laid_at_one_door(shelf: Shelf) -> None:
    shelf.flip(shelf.indexes[0], FILE, "second")

    found = reports(shelf)

    (bad,) = [r for r in found if r.result is not FixityResult.OK]
    assert (bad.package_id, bad.store, bad.result) == (IDS[0], "second", FixityResult.MISMATCH)
    assert [f.path for f in bad.faults] == [FILE]
    assert [row.last_result for row in shelf.register.packages()] == ["mismatch", "ok"]


def test_a_copy_that_is_gone(shelf: Shelf) -> None:
    shelf.tar(shelf.indexes[1]).unlink()
    assert (IDS[1], "first", FixityResult.MISSING) in audited(shelf)


def test_a_store_that_is_away_is_no_loss_and_no_proof(shelf: Shelf) -> None:
    shutil.move(shelf.root / "first", shelf.root / "unplugged")
    results = audited(shelf)
    assert {result for _, store, result in results if store == "first"} == {FixityResult.COULD_NOT_TELL}
    assert {result for _, store, result in results if store == "second"} == {FixityResult.OK}
    assert list((shelf.root).glob("first")) == []


def test_an_empty_mount_point_is_no_loss_and_no_proof(shelf: Shelf) -> None:
    shutil.move(shelf.root / "first", shelf.root / "unmounted")
    (shelf.root / "first").mkdir()
    found = [r for r in reports(shelf) if r.store == "first"]
    assert [r.result for r in found] == [FixityResult.COULD_NOT_TELL] * 2
    assert {fault.reason.code for r in found for fault in r.faults if isinstance(fault.reason, Message)} == {
        "store_emptied"
    }
    assert not list((shelf.root / "first").iterdir())


@pytest.mark.parametrize("wanted", [(), IDS[:1]])
def test_copies_that_the_register_does_not_know(shelf: Shelf, wanted: tuple[str, ...]) -> None:
    stray = shelf.indexes[0].index_key.replace("Y-001", "Y-099")
    for key in (stray, "unlisted.index.json", stray.replace("Y-099", "Y-098").replace(".index.json", ".tar")):
        shelf.stores[0].put_bytes(key, b"{}")
    told = [(r.package_id, r.version, r.store) for r in reports(shelf, *wanted) if r.result is not FixityResult.OK]
    tar = stray.replace("Y-099", "Y-098").replace(".index.json", ".tar")
    expected = [("K021-ZY·FP·2019·Y-099", 1, "first"), (tar, 0, "first"), ("unlisted.index.json", 0, "first")]
    assert told == ([] if wanted else expected)


def test_what_is_stored_meanwhile_is_no_stranger(shelf: Shelf) -> None:
    other = Shelf(shelf.root, ("K021-ZY·FP·2019·Y-003",)).indexes[0]

    class Meanwhile(ThreadRunner):
        def map(self, work, items):  # type: ignore[no-untyped-def]
            yield from super().map(work, items)
            shelf.register.add_version(other, copies_of(other, "first", "second"), (), source_state="")

    assert {r.result for r in reports(shelf, runner=Meanwhile(2))} == {FixityResult.OK}


def test_a_lost_register_is_not_an_empty_archive(shelf: Shelf) -> None:
    shelf.register = MemoryRegister()
    assert {r.result for r in reports(shelf)} == {FixityResult.COULD_NOT_TELL}
    shutil.move(shelf.root / "first", shelf.root / "unplugged")
    with pytest.raises(StorageUnavailable):
        reports(shelf)


def test_a_store_that_the_settings_have_forgotten(shelf: Shelf) -> None:
    forgotten = [r for r in reports(shelf, stores=1) if r.store == "second"]
    assert [r.result for r in forgotten] == [FixityResult.COULD_NOT_TELL] * 2
    reasons = {fault.reason for r in forgotten for fault in r.faults}
    assert reasons == {message("store_not_in_settings", store="second")}


def test_a_store_that_never_got_its_copies_is_not_passed_over(shelf: Shelf) -> None:
    """As when a second store is added to a home that holds packages already."""
    third = prepare_store(StoreSettings(name="third", url=(shelf.root / "third").as_uri()))
    examined = audit(
        [(IDS[1], 1)],
        stores=(*shelf.stores, third),
        register=shelf.register,
        clock=shelf.clock,
        runner=ThreadRunner(2),
        progress=Silent(),
    )
    found = [each.report for each in examined]
    assert [(r.package_id, r.store, r.result, r.bytes_read) for r in found if r.result is not FixityResult.OK] == [
        (IDS[1], "third", FixityResult.MISSING, 0)
    ]
    assert [fault.reason for fault in found[-1].faults] == [message("copy_not_registered")]


def test_an_empty_home(tmp_path: Path) -> None:
    assert audited(Shelf(tmp_path, ())) == []


def _codes(found: Iterable[FixityReport]) -> dict[str, str]:
    faults = [(r.package_id, fault.reason) for r in found for fault in r.faults]
    return {subject: reason.code for subject, reason in faults if isinstance(reason, Message)}


def test_what_nobody_owns_is_named(shelf: Shelf) -> None:
    index, store = shelf.indexes[0], shelf.stores[0]
    bag = index.folder
    expected = {
        "notes.txt": "stray_file",
        f"{bag}readme.txt": "stray_file",
        f"{bag}copy.index.json": "stray_index",
        f"{bag}copy.tar": "stray_file",
        index.index_key.replace("K021/", "K022/"): "stray_index",
        index.tar_key.replace("Y-001", "Y-077"): "stray_tar",
    }
    for key in expected:
        store.put_bytes(key, b"{}")
    assert _codes(reports(shelf)) == expected
    assert reports(shelf, IDS[0])[0].result is FixityResult.OK


def test_two_names_of_one_file_are_one_copy(shelf: Shelf) -> None:
    index = shelf.indexes[0]
    second = shelf.root / "second" / index.tar_key
    second.unlink()
    second.hardlink_to(shelf.root / "first" / index.tar_key)
    (bad,) = [r for r in reports(shelf) if r.result is not FixityResult.OK]
    assert (bad.package_id, bad.store, bad.result) == (index.package_id, "second", FixityResult.MISSING)
    assert _codes([bad]) == {index.package_id: "copy_is_one_file"}


@pytest.mark.parametrize("how", ["link", "mirror"])
def test_two_names_of_one_store_are_one_copy(shelf: Shelf, how: str) -> None:
    shutil.rmtree(shelf.root / "second")
    if how == "link":
        (shelf.root / "second").symlink_to("first")
    else:
        shutil.copytree(shelf.root / "first", shelf.root / "second")
    found = reports(shelf)
    assert {(r.store, r.result) for r in found} == {
        ("first", FixityResult.OK), ("second", FixityResult.COULD_NOT_TELL),
    }  # fmt: skip
    said = {"link": "stores_are_one_place", "mirror": "stores_of_one_identity"}
    assert set(_codes(found).values()) == {said[how]}
