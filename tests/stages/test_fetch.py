"""fetch: the originals of a stored record, as `receive` would have left them."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.digests import Algorithm
from pipeline.domain.events import EventKind
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Recalled, Received, Step
from pipeline.errors import SourceChanged, StorageFull
from pipeline.stages.fetch import fetch
from tests.makers.bags import unpacked
from tests.makers.described import ABOUT, FixedClock, described_record
from tests.makers.taken import taker

NAMES = {b"10.TIF": b"ten", b"9.tif": b"nine", "无扩展名".encode("gbk"): b"none"}


def fetched(root: Path, index: PackageIndex, bag: Path, advanced: list[int]) -> Step[Received]:
    originals = tuple(member.path for member in index.members if member.original_name_hex)[::-1]
    folder = root / "received"
    folder.mkdir()
    return fetch(
        Recalled(description=ABOUT, originals=originals),
        index,
        take=taker(bag),
        folder=folder,
        digests=(Algorithm.SHA256, Algorithm.SM3),
        clock=FixedClock(),
        advance=advanced.append,
    )


@pytest.fixture
def stored(tmp_path: Path) -> tuple[PackageIndex, Path]:
    index = described_record(tmp_path / "record", originals=NAMES).package(tmp_path / "out").value.index
    return index, unpacked(tmp_path / "out" / index.tar_name, tmp_path / "bag")


def test_they_are_as_they_were_received(stored: tuple[PackageIndex, Path], tmp_path: Path) -> None:
    index, bag = stored
    advanced: list[int] = []
    step = fetched(tmp_path, index, bag, advanced)
    files = step.value.files
    assert {file.original.raw: (tmp_path / "received" / file.work_name).read_bytes() for file in files} == NAMES
    assert [file.path for file in files] == [m.path for m in index.members if m.original_name_hex][::-1]
    assert {Path(file.work_name).suffix for file in files} == {"", ".tif"}
    assert all([d.algorithm for d in file.digests] == [Algorithm.SHA256, Algorithm.SM3] for file in files)
    before = {m.path: m.sha256 for m in index.members}
    assert all(file.sha256 == before[file.path] for file in files)
    assert sum(advanced) == sum(map(len, NAMES.values()))
    (event,) = step.events
    assert event.kind is EventKind.FIXITY_CHECK and "v0001" in event.detail and "copy" in event.detail


def test_what_is_not_as_the_index_says_is_noticed(stored: tuple[PackageIndex, Path], tmp_path: Path) -> None:
    index, bag = stored
    (bag / "data/original/9.tif").write_bytes(b"nina")
    with pytest.raises(SourceChanged, match="fetched_differs"):
        fetched(tmp_path, index, bag, [])


def test_a_disk_without_room_is_told_before(stored: tuple[PackageIndex, Path], tmp_path: Path) -> None:
    index, bag = stored
    huge = tuple(replace(member, size=1 << 60) for member in index.members)
    with pytest.raises(StorageFull):
        fetched(tmp_path, replace(index, members=huge), bag, [])
    assert list((tmp_path / "received").iterdir()) == []
