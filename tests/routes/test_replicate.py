from pathlib import Path

import pytest

from pipeline.domain.packages import FixityResult
from pipeline.routes.replicate import Replicated, replicate
from pipeline.stores import StoreSettings, prepare_store
from pipeline.workspace import Workspace
from tests.makers.services import Silent
from tests.makers.shelf import Shelf

IDS = ("K021-ZY·FP·2019·Y-001", "K021-ZY·FP·2019·Y-002")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, IDS)


def run(shelf: Shelf, *names: str) -> tuple[Replicated, ...]:
    """Into all stores, and new ones of these names."""
    new = [prepare_store(StoreSettings(name=n, url=(shelf.root / n).as_uri())) for n in names]
    return replicate(
        None,
        stores=(*shelf.stores, *new),
        register=shelf.register,
        workspace=Workspace(shelf.root / "work"),
        clock=shelf.clock,
        progress=Silent(),
        sleep=lambda _: None,
    )


def test_where_nothing_is_lacking_nothing_is_done(shelf: Shelf) -> None:
    assert run(shelf) == ()


def test_a_store_that_was_added_is_filled(shelf: Shelf) -> None:
    done = run(shelf, "third")
    assert [(r.package_id, r.store, r.source, r.error) for r in done] == [(i, "third", "first", None) for i in IDS]
    for index in shelf.indexes:
        for key in (index.tar_key, index.index_key):
            assert (shelf.root / "third" / key).read_bytes() == (shelf.root / "first" / key).read_bytes()
        assert shelf.register.has_copy(index.package_id, 1, "third")
    assert run(shelf, "third") == ()


def test_what_was_copied_there_by_hand_is_read_and_registered(shelf: Shelf) -> None:
    index = shelf.indexes[0]
    for key in (index.tar_key, index.index_key):
        there = shelf.root / "third" / key
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes((shelf.root / "first" / key).read_bytes())
    assert [(r.package_id, r.source) for r in run(shelf, "third")] == [(IDS[0], ""), (IDS[1], "first")]


def test_a_source_that_is_damaged_is_passed_over(shelf: Shelf) -> None:
    shelf.flip(shelf.indexes[0], "data/original/2.bin")
    assert [(r.source, r.error) for r in run(shelf, "third")] == [("second", None), ("first", None)]


def test_where_no_copy_is_whole_none_is_made(shelf: Shelf) -> None:
    for store in ("first", "second"):
        shelf.flip(shelf.indexes[0], "data/original/2.bin", store)
    bad, good = run(shelf, "third")
    assert bad.error is not None
    assert (bad.error.code, good.error) == ("adopted_not_whole", None)
    assert not (shelf.root / "third" / shelf.indexes[0].tar_key).exists()


def test_the_copy_that_was_missing_is_sound_again(shelf: Shelf) -> None:
    index = shelf.indexes[0]
    shelf.tar(index, "second").unlink()
    (done,) = run(shelf)
    assert (done.store, done.error) == ("second", None)
    (copy,) = [c for c in shelf.register.copies(index.package_id, 1) if c.store == "second"]
    assert copy.last_result == FixityResult.OK.value
