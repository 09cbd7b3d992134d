import shutil
from pathlib import Path

import pytest

from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.routes._runners import ThreadRunner
from pipeline.routes.audit import audit
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.plant import Silent
from tests.makers.shelf import Shelf

IDS = ("K021-ZY·FP·2019·Y-001", "K021-ZY·FP·2019·Y-002")
FILE = "data/original/2.bin"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, IDS)


def audited(shelf: Shelf, *wanted: str, stores: int = 2) -> list[tuple[str, str, FixityResult]]:
    return [(r.package_id, r.store, r.result) for r in reports(shelf, *wanted, stores=stores)]


def reports(shelf: Shelf, *wanted: str, stores: int = 2) -> tuple[FixityReport, ...]:
    return audit(
        [(each, 1) for each in wanted] if wanted else None,
        stores=shelf.stores[:stores],
        register=shelf.register,
        clock=shelf.clock,
        runner=ThreadRunner(2),
        progress=Silent(),
    )


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


def test_a_store_that_the_settings_have_forgotten(shelf: Shelf) -> None:
    forgotten = [r for r in reports(shelf, stores=1) if r.store == "second"]
    assert [r.result for r in forgotten] == [FixityResult.COULD_NOT_TELL] * 2
    assert all("second" in fault.reason for r in forgotten for fault in r.faults)


def test_a_store_that_never_got_its_copies_is_not_passed_over(shelf: Shelf) -> None:
    """As when a second store is added to a home that holds packages already."""
    third = prepare_store(StoreSettings(name="third", url=(shelf.root / "third").as_uri()))
    found = audit(
        [(IDS[1], 1)],
        stores=(*shelf.stores, third),
        register=shelf.register,
        clock=shelf.clock,
        runner=ThreadRunner(2),
        progress=Silent(),
    )
    assert [(r.package_id, r.store, r.result, r.bytes_read) for r in found if r.result is not FixityResult.OK] == [
        (IDS[1], "third", FixityResult.MISSING, 0)
    ]
    assert "lantai rebuild" in found[-1].faults[0].reason


def test_an_empty_home(tmp_path: Path) -> None:
    assert audited(Shelf(tmp_path, ())) == []
