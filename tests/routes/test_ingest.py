import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import pipeline.routes.room as room
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import State
from pipeline.domain.records import DeliveryPlan, PlannedRecord
from pipeline.errors import Busy, ExitCode, StorageFull, UsageError
from pipeline.line.services import IngestServices
from pipeline.line.table import LINE
from pipeline.profiles import Profile
from pipeline.routes.room import Room
from pipeline.stages.survey import survey
from tests.makers.deliveries import delivery, pages
from tests.makers.orders import taken_in, worked
from tests.makers.services import Works, opened_works

FILES = Path(__file__).resolve().parents[1] / "fixtures" / "files"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """One home for all tests of this module: each has archival codes of its own."""
    with opened_works(tmp_path_factory.mktemp("ingest") / "home") as made:
        yield made


def one_record(folder: Path, code: str, text: bytes = b"text\n", **row: str) -> Path:
    return delivery(folder, [{"档号": code, **row}], {f"files/{code}/001.txt": text})


def real(code: str, *names: str) -> dict[str, bytes]:
    """Real files from the fixtures, in the folder of a record."""
    return {f"files/{code}/{n:03d}{Path(name).suffix}": (FILES / name).read_bytes() for n, name in enumerate(names, 1)}


def test_stored_and_then_unchanged(works: Works, tmp_path: Path) -> None:
    codes = [f"K021-WS·2020·Y-{number:04d}" for number in (3, 1, 2)]
    files = {name: data for code in codes for name, data in pages(code, "001.txt", "002.txt").items()}
    folder = delivery(tmp_path / "d", [{"档号": code} for code in codes], files)
    works.told.clear()

    report = works.ingest(folder)

    assert [o.archival_code for o in report.outcomes] == codes
    assert {o.state for o in report.outcomes} == {State.STORED}
    assert [(o.row, o.files) for o in report.outcomes] == [(2, 2), (3, 2), (4, 2)]
    assert works.services.workspace.pending() == []
    ((surveyed, _, there),) = works.told
    assert surveyed.records == 3
    assert "identified.json" in there
    assert "derived.json" not in there
    before = works.store_files()
    again = works.ingest(folder)
    assert {o.state for o in again.outcomes} == {State.UNCHANGED}
    assert works.store_files() == before


def test_the_same_delivery_from_another_place(works: Works, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0010"
    assert works.one(one_record(tmp_path / "d", code)).state is State.STORED
    before = works.store_files()
    shutil.copytree(tmp_path / "d", tmp_path / "elsewhere" / "e")

    for place in (tmp_path / "elsewhere" / "e", tmp_path / "d"):
        assert works.one(place).state is State.UNCHANGED

    assert works.store_files() == before
    assert works.services.workspace.pending() == []


@pytest.mark.parametrize(
    ("number", "what", "state", "told"),
    [
        (20, "bytes", State.HELD, "already_stored_differs"),
        (21, "title", State.WAITING, "stored_description_differs"),
        (22, "a file more", State.HELD, "already_stored_differs"),
    ],
)
def test_something_else_under_a_stored_code(
    works: Works, tmp_path: Path, number: int, what: str, state: State, told: str
) -> None:
    code = f"K021-WS·2020·Y-{number:04d}"
    works.one(one_record(tmp_path / "d", code))
    before = works.store_files()
    other = one_record(tmp_path / "e", code, b"other" if what == "bytes" else b"text\n", 题名=f"另一{what}")
    if what == "a file more":
        (other / "files" / code / "002.txt").write_bytes(b"more")

    ended = works.one(other)

    assert ended.state is state
    assert [f.code for f in ended.findings] == [told]
    assert ended.findings[0].row == 2
    assert works.store_files() == before
    assert [h.package_id for h in works.archive.register.held()] == [code]
    assert works.services.workspace.pending() == ([code] if state is State.WAITING else [])
    shutil.rmtree(other)
    shutil.copytree(tmp_path / "d", other)
    assert works.one(other).state is State.UNCHANGED
    assert list(works.archive.register.held()) == []


def test_a_question_waits_and_nothing_is_received_again(works: Works, tmp_path: Path) -> None:
    folder = one_record(tmp_path / "d", "K021-WS·2020·Y-0030", 保管期限="永久或30年")
    ended = works.one(folder)
    assert ended.state is State.WAITING
    assert ended.exit_code == 0
    journal = works.services.workspace.root / ended.package_id / "received.json"
    written = journal.stat().st_mtime_ns
    assert works.one(folder).state is State.WAITING
    assert journal.stat().st_mtime_ns == written
    (question,) = (q for q in works.services.ledger.questions() if q.package_id == ended.package_id)
    assert question.finding in ended.findings
    works.release(ended.package_id)
    works.services.workspace.discard(ended.package_id)


def test_no_hostile_file_harms_another_record(works: Works, tmp_path: Path) -> None:
    hostile = {
        "libtiff_segfault.tif": "damaged_file",
        "password.docx": "encrypted_file",
        "corrupt.mkv": "damaged_file",
        "truncated.jpg": "damaged_file",
        "decompression_bomb.gif": "damaged_file",
        "broken.pdf": "damaged_file",
        "open-password.pdf": "encrypted_file",
        "text-named.tif": "extension_lies",
        "sound.jpg": "",
        "sound.mkv": "",
    }
    codes = {f"K021-WS·2021·Y-{number:04d}": name for number, name in enumerate(hostile)}
    files = {path: data for code, name in codes.items() for path, data in real(code, name).items()}

    report = works.ingest(delivery(tmp_path / "d", [{"档号": code} for code in codes], files))

    for ended in report.outcomes:
        expected = hostile[codes[ended.archival_code]]
        assert ended.state is (State.HELD if expected else State.STORED), (codes[ended.archival_code], ended)
        if expected:
            (found,) = [f for f in ended.findings if f.code == expected]
            assert found.subject.startswith(f"files/{ended.archival_code}/")
            works.release(ended.package_id)


def test_damage_that_shows_only_while_a_copy_is_made(works: Works, tmp_path: Path) -> None:
    """Found behind the announcement: held all the same, told with row and place in the delivery."""
    code = "K021-LX·2021·Y-0001"
    folder = delivery(tmp_path / "d", [{"档号": code}], real(code, "sound.mp4"))
    video = folder / "files" / code / "001.mp4"
    raw = bytearray(video.read_bytes())
    media = raw.index(b"mdat") + 2000
    raw[media : media + 30_000] = bytes(30_000)
    video.write_bytes(raw)
    works.told.clear()

    ended = works.one(folder)

    assert works.told[0][1] == ()
    assert ended.state is State.HELD
    (found,) = ended.findings
    assert (found.code, found.row, found.subject) == ("damaged_file", 2, f"files/{code}/001.mp4")
    assert works.services.workspace.pending() == []
    works.release(ended.package_id)


def test_the_fonds_of_the_home_is_meant_where_none_is_named(works: Works, tmp_path: Path) -> None:
    ended = works.one(one_record(tmp_path / "d", "会议记录0007"))
    assert ended.state is State.STORED
    index = works.archive.register.index(ended.package_id)
    assert index is not None
    assert index.fonds == "K021"


def test_a_delivery_that_another_run_takes_in(works: Works, tmp_path: Path) -> None:
    folder = one_record(tmp_path / "d", "K021-WS·2020·Y-0040")
    with works.services.workspace.delivery(folder), pytest.raises(Busy):
        works.ingest(folder)
    assert list(works.archive.register.held()) == []
    assert works.one(folder).state is State.STORED


def test_a_record_that_another_run_has(works: Works, tmp_path: Path) -> None:
    """It is that run's to say how it ends; the other records go on."""
    codes = ["K021-WS·2020·Y-0050", "K021-WS·2020·Y-0051"]
    files = {name: data for code in codes for name, data in pages(code, "001.txt").items()}
    folder = delivery(tmp_path / "d", [{"档号": code} for code in codes], files)

    with works.services.workspace.record(codes[0]):
        busy, stored = works.ingest(folder).outcomes

    assert (busy.state, busy.retryable, [f.code for f in busy.findings]) == (State.FAILED, True, ["record_busy"])
    assert busy.exit_code == ExitCode.BUSY
    assert stored.state is State.STORED
    assert list(works.archive.register.held()) == []
    assert [o.state for o in works.ingest(folder).outcomes] == [State.STORED, State.UNCHANGED]


def received_file(services: IngestServices, order: WorkOrder) -> Path:
    """Where the workspace keeps the only file of a record."""
    (file,) = (services.workspace.root / order.package_id / "received").iterdir()
    return file


@pytest.mark.parametrize(
    ("number", "where", "harm"),
    [
        (1, "received/0001.txt", "changed"),
        (2, "received/0001.txt", "cut short"),
        (3, "received/0001.txt", "gone"),
        (4, "packaged/*.tar", "cut short"),
        (5, "packaged/*.tar", "gone"),
    ],
)
def test_a_workspace_that_was_damaged_is_begun_anew(
    works: Works, tmp_path: Path, number: int, where: str, harm: str
) -> None:
    """As a power cut or a bad disk leaves it: journals that speak of files which are not there as they were."""
    code = f"K021-WS·2022·Y-{number:04d}"
    folder = one_record(tmp_path / "d", code, b"abc\n" * 1000)
    order = taken_in(works.services, folder)
    if where.startswith("packaged"):
        store = works.archive.home.root / "store"
        store.rename(store.with_name("unmounted"))
        assert worked(order, folder, works.services).outcome.retryable
        store.with_name("unmounted").rename(store)
    (file,) = (works.services.workspace.root / code).glob(where)
    data = file.read_bytes()
    file.unlink()
    if harm != "gone":
        file.write_bytes(data[:-1] + b"?" * (harm == "changed"))

    assert worked(order, folder, works.services).outcome.state is State.FAILED

    assert works.one(folder).state is State.STORED
    assert works.services.workspace.pending() == []


def test_the_disk_is_looked_at_before_anything_is_copied(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = one_record(tmp_path / "d", "K021-WS·2020·Y-0060", 日期="不详")
    monkeypatch.setattr(room, "RESERVE", 2**60)
    works.told.clear()
    with pytest.raises(StorageFull) as error:
        works.ingest(folder)
    ((_, told, _),) = works.told
    assert [f.code for f in told] == ["date_invalid"]
    assert error.value.exit_code is ExitCode.STORAGE
    assert "MiB" in str(error.value)
    assert works.services.workspace.pending() == []


def room_for(planned: PlannedRecord, works: Works) -> Room:
    """What one record needs."""
    room = Room(works.services)
    assert list(room.counted([planned])) == [planned]
    return room


def test_what_was_received_already_is_not_asked_for_twice(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 4 << 30
    plan = survey(one_record(tmp_path / "d", "K021-WS·2020·Y-0070"), profile=works.services.profile)
    (planned,) = plan.records
    planned = replace(planned, files=(replace(planned.files[0], size=size),))
    free = shutil.disk_usage(works.services.workspace.root).free
    monkeypatch.setattr(room, "RESERVE", free - 3 * size + size // 2)
    with pytest.raises(StorageFull):
        room_for(planned, works).refuse_too_little()

    with works.services.workspace.record(planned.description.package_id) as work:
        with (work.fresh_folder("received") / "0001.txt").open("wb") as received:
            received.truncate(size)  # takes no room, and counts as its size
        room_for(planned, works).refuse_too_little()
    works.services.workspace.discard(planned.description.package_id)


def test_what_a_power_cut_may_have_left_is_not_trusted(works: Works, tmp_path: Path) -> None:
    """A mark of a finished stage can reach the disk before the bytes that it speaks of."""
    folder = one_record(tmp_path / "d", "K021-WS·2020·Y-0081", b"as it came\n")
    order = taken_in(replace(works.services, boot="before the power cut"), folder)
    received_file(works.services, order).write_bytes(b"")

    assert works.one(folder).state is State.STORED


def test_a_package_finished_before_a_power_cut_is_the_one_that_is_stored(works: Works, tmp_path: Path) -> None:
    """It may lie in a store already, so another one with another time would never be taken there."""
    folder = one_record(tmp_path / "d", "K021-WS·2020·Y-0082")
    before = replace(works.services, boot="before the power cut")
    order = taken_in(before, folder)
    shutil.move(works.archive.home.root / "store", tmp_path / "unmounted")
    assert worked(order, folder, before).outcome.retryable
    (tar,) = (works.services.workspace.root / order.package_id / "packaged").glob("*.tar")
    packed = tar.read_bytes()
    shutil.move(tmp_path / "unmounted", works.archive.home.root / "store")

    assert works.one(folder).state is State.STORED

    assert packed in {data for _, _, data in works.store_files().values()}


def test_nothing_is_written_to_a_store_that_is_empty_and_should_not_be(tmp_path: Path) -> None:
    home, first, second = tmp_path / "home", "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"
    with opened_works(home, "disk", "other") as works:
        assert works.one(one_record(tmp_path / "d1", first)).state is State.STORED
        shutil.move(home / "disk", tmp_path / "unmounted")
        (home / "disk").mkdir()
        away = works.one(one_record(tmp_path / "d2", second))
        assert (away.state, away.exit_code, away.retryable) == (State.FAILED, int(ExitCode.STORAGE), True)
        assert not list((home / "disk").iterdir())
        (home / "disk").rmdir()
        shutil.move(tmp_path / "unmounted", home / "disk")
        assert works.one(tmp_path / "d2").state is State.STORED
        assert len(list((home / "disk").glob("*/*/*/*/*.index.json"))) == 2


def test_a_file_beyond_the_limit_is_neither_copied_nor_asked_room_for(works: Works, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0080"
    folder = one_record(tmp_path / "d", code)
    with (folder / "files" / code / "001.txt").open("wb") as huge:
        huge.truncate(works.services.profile.limits.max_file_bytes + 1)

    ended = works.one(folder)

    assert (ended.state, [f.code for f in ended.findings]) == (State.HELD, ["file_too_large"])


def test_a_home_inside_the_delivery_is_refused(works: Works) -> None:
    for folder in (works.services.workspace.root.parent, works.services.workspace.root.parent.parent):
        with pytest.raises(UsageError, match="home_inside_delivery"):
            works.ingest(folder)


def test_a_stored_record_whose_digest_comes_later_and_contradicts_it(works: Works, tmp_path: Path) -> None:
    """Its bytes are those that are stored, so they may have been damaged before they came: that is no "unchanged"."""
    code = "K021-WS·2020·Y-0025"
    folder = one_record(tmp_path / "d", code)
    assert works.one(folder).state is State.STORED
    (folder / "manifest-sha256.txt").write_text(f"{'0' * 64}  files/{code}/001.txt\n", "utf-8")

    for _ in range(2):
        ended = works.one(folder)
        assert (ended.state, [f.code for f in ended.findings]) == (State.HELD, ["checksum_differs"])


def test_a_stored_record_of_which_a_file_cannot_be_received(works: Works, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0026"
    folder = one_record(tmp_path / "d", code)
    assert works.one(folder).state is State.STORED
    file = folder / "files" / code / "001.txt"

    def surveyed(delivery: Path, *, profile: Profile) -> DeliveryPlan:
        plan = survey(delivery, profile=profile)
        file.write_bytes(b"touched behind the survey")
        return plan

    file.touch()
    (ended,) = works.ingest(folder, replace(LINE, survey=surveyed)).outcomes

    assert (ended.state, [f.code for f in ended.findings]) == (State.HELD, ["source_changed"])
