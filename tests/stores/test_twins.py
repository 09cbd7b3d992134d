import shutil
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.stores import StoreSettings, open_store, prepare_store
from pipeline.stores.twins import refuse_twins, shared_with, twins
from pipeline.stores.wrappers import Counting
from tests.makers.real_packages import an_index

INDEX = an_index()


def named(name: str, url: str) -> Counting:
    return Counting(open_store(StoreSettings(name=name, url=url)))


def local(root: Path, name: str) -> Counting:
    return Counting(prepare_store(StoreSettings(name=name, url=(root / name).as_uri())))


def test_two_folders_are_two(tmp_path: Path) -> None:
    assert twins([local(tmp_path, "a"), local(tmp_path, "ab"), named("m", "memory://apart")]) == {}


@pytest.mark.parametrize("how", ["same", "below", "above", "link", "mirror", "bucket", "memory"])
def test_one_place_under_two_names(tmp_path: Path, how: str) -> None:
    first = local(tmp_path, "a")
    (tmp_path / "link").symlink_to("a")
    second = {
        "same": lambda: named("b", f"{first.url}/../a/"),
        "below": lambda: local(tmp_path / "a", "below"),
        "above": lambda: named("b", tmp_path.as_uri()),
        "link": lambda: named("b", (tmp_path / "link").as_uri()),
        "mirror": lambda: named("b", Path(shutil.copytree(tmp_path / "a", tmp_path / "b")).as_uri()),
        "bucket": lambda: named("b", "s3://bucket/prefix/below"),
        "memory": lambda: named("b", "memory://one"),
    }[how]()
    first = {"bucket": lambda: named("a", "s3://bucket/prefix"), "memory": lambda: named("a", "memory://one/")}.get(
        how, lambda: first
    )()
    (said,) = twins([first, second]).values()
    assert said.code == ("stores_of_one_identity" if how == "mirror" else "stores_are_one_place")
    with pytest.raises(StorageError):
        refuse_twins([first, second])


def test_a_store_that_is_away_is_judged_by_its_place(tmp_path: Path) -> None:
    first, second = local(tmp_path, "a"), named("b", (tmp_path / "gone").as_uri())
    assert twins([first, second]) == {}


def test_one_file_in_two_stores(tmp_path: Path) -> None:
    first, second = local(tmp_path, "a"), local(tmp_path, "b")
    first.put_bytes(INDEX.tar_key, b"1")
    assert shared_with(INDEX, second, [first]) is None
    there = tmp_path / "b" / INDEX.tar_key
    there.parent.mkdir(parents=True)
    there.hardlink_to(tmp_path / "a" / INDEX.tar_key)
    assert shared_with(INDEX, second, [first]) is first
    assert shared_with(INDEX, second, [named("m", "memory://apart")]) is None
