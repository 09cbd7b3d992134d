"""Receiving: bytes as they came, digests as they passed, nothing followed, nothing touched."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.delivery import copying
from pipeline.domain.digests import Algorithm, Digest, sha256_of
from pipeline.domain.events import EventKind, Outcome
from pipeline.domain.identity import description_digest, source_state
from pipeline.domain.records import DeliveryPlan, PlannedRecord, Received, Step
from pipeline.errors import SourceError, StorageFull
from pipeline.profiles import load_profile
from pipeline.stages.receive import receive
from pipeline.stages.survey import survey
from pipeline.tools import disk
from tests.makers.deliveries import delivery, pages
from tests.makers.faulty_delivery import faulty_code, faulty_delivery
from tests.makers.odd_names import ARCHIVES, unpacked
from tests.makers.reading import bytes_read
from tests.makers.rightless import RIGHTLESS

PROFILE = load_profile("county")
NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
A = "K021-WS·2020·Y-0001"


class FixedClock:
    """One moment."""

    def now(self) -> datetime:
        return NOW


def ignore(_: int) -> None:
    """No progress is shown."""


def plan_of(made: Path) -> DeliveryPlan:
    return survey(made, profile=PROFILE)


def record_of(made: Path) -> PlannedRecord:
    (record,) = plan_of(made).records
    return record


def received(
    planned: PlannedRecord,
    made: Path,
    folder: Path,
    *,
    digests: tuple[Algorithm, ...] = (Algorithm.SHA256,),
    advance: Callable[[int], None] = ignore,
) -> Step[Received]:
    folder.mkdir(exist_ok=True)
    return receive(
        planned, delivery=made, batch="b", folder=folder, digests=digests, clock=FixedClock(), advance=advance
    )


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def codes(step: Step[Received]) -> list[str]:
    return [finding.code for finding in step.findings]


def test_bytes_names_and_digests(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.TIF", "002", "附件/003.tar.gz"), checksums=True)
    step = received(record_of(made), made, tmp_path / "w", digests=(Algorithm.SHA256, Algorithm.SM3))
    assert step.findings == ()
    assert [file.work_name for file in step.value.files] == ["0001.tif", "0002", "0003.gz"]
    assert [file.path for file in step.value.files] == [
        "data/original/001.TIF",
        "data/original/002",
        "data/original/附件/003.tar.gz",
    ]
    for file in step.value.files:
        content = (tmp_path / "w" / file.work_name).read_bytes()
        assert content == file.original.raw.rpartition(b"/")[2] or content.decode() == file.original.raw.decode()
        assert (file.size, file.sha256) == (len(content), sha256_of(content))
        assert {digest.algorithm for digest in file.digests} == {Algorithm.SHA256, Algorithm.SM3}
        assert file.modified_ns == (made / "files" / A / file.original.raw.decode()).stat().st_mtime_ns
    assert listed(tmp_path / "w") == ["0001.tif", "0002", "0003.gz"]


def test_events(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif", "con.tif"), checksums=True)
    capture, digest, renamed = received(record_of(made), made, tmp_path / "w").events
    paths = ("data/original/001.tif", "data/original/=63on.tif")
    assert (capture.kind, capture.objects, capture.at) == (EventKind.CAPTURE, paths, NOW)
    assert (digest.kind, digest.detail) == (
        EventKind.MESSAGE_DIGEST_CALCULATION,
        "SHA-256; 2 compared with the depositor's",
    )
    assert (renamed.kind, renamed.objects) == (EventKind.FILENAME_CHANGE, paths[1:])
    assert {event.outcome for event in (capture, digest, renamed)} == {Outcome.SUCCESS}
    assert all(event.agent.name == "lantai" and event.agent.version for event in (capture, digest, renamed))


@pytest.mark.parametrize("size", [disk.BLOCK, disk.LARGE + 7])
def test_each_byte_of_the_source_is_read_once(tmp_path: Path, size: int) -> None:
    names = [f"files/{A}/{number:03d}.bin" for number in range(1, 6 if size == disk.BLOCK else 2)]
    made = delivery(tmp_path / "d", [{"档号": A}], dict.fromkeys(names, bytes(size)), checksums=True)
    planned = record_of(made)
    before = bytes_read()
    assert received(planned, made, tmp_path / "w", digests=(Algorithm.SHA256, Algorithm.SM3)).findings == ()
    assert len(names) * size <= bytes_read() - before < 1.1 * len(names) * size


@pytest.mark.parametrize("size", [0, 1, disk.BLOCK - 1, disk.BLOCK, disk.BLOCK + 1, 3 * disk.BLOCK + 7, disk.LARGE + 7])
def test_files_of_every_size(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    made = delivery(tmp_path / "d", [{"档号": A}], {f"files/{A}/001.bin": content})
    told: list[int] = []
    step = received(record_of(made), made, tmp_path / "w", advance=told.append)
    (file,) = step.value.files
    assert (file.size, file.sha256, sum(told)) == (size, sha256_of(content), size)
    assert (tmp_path / "w" / "0001.bin").read_bytes() == content


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_odd_name_is_received_and_its_bytes_come_back(tmp_path: Path, archive: str) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], {})
    files = unpacked(archive, made / "files" / A)
    step = received(record_of(made), made, tmp_path / "w")
    assert step.findings == ()
    assert {file.original.raw: (tmp_path / "w" / file.work_name).read_bytes() for file in step.value.files} == files
    assert all(name.isascii() for name in listed(tmp_path / "w"))
    paths = [file.path for file in step.value.files]
    assert len({path.casefold() for path in paths}) == len(files)
    changed = {file.path for file in step.value.files if file.path.encode() != b"data/original/" + file.original.raw}
    told = {path for event in step.events if event.kind is EventKind.FILENAME_CHANGE for path in event.objects}
    assert told == changed


def test_a_digest_that_differs_is_told_and_the_file_is_there(tmp_path: Path) -> None:
    made = faulty_delivery(tmp_path / "d")
    (planned,) = (r for r in plan_of(made).records if r.description.archival_code == faulty_code(12))
    step = received(planned, made, tmp_path / "w")
    (found,) = step.findings
    assert (found.code, found.subject, found.record, found.row) == (
        "checksum_differs",
        f"files/{faulty_code(12)}/001.tif",
        planned.description.package_id,
        planned.description.row,
    )
    assert found.fact("expected") == sha256_of(b"other bytes")
    assert found.fact("found") == step.value.files[0].sha256
    assert {event.outcome for event in step.events} == {Outcome.FAILURE}


def test_old_digests_are_compared_and_not_kept(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    md5 = "0" * 32
    (source,) = planned.files
    wrong = replace(planned, files=(replace(source, expected=(Digest(algorithm=Algorithm.MD5, value=md5),)),))
    step = received(wrong, made, tmp_path / "w")
    assert [(f.code, str(f.fact("algorithm"))) for f in step.findings] == [("checksum_differs", "md5")]
    assert [d.algorithm for d in step.value.files[0].digests] == [Algorithm.SHA256]


@pytest.mark.parametrize("right", [True, False])
def test_sm3_in_a_list_that_does_not_name_its_algorithm(tmp_path: Path, right: bool) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    content = (made / "files" / A / "001.tif").read_bytes() + (b"" if right else b"x")
    sm3 = hashlib.new("sm3", content).hexdigest()
    (made / "checksums.txt").write_text(f"{sm3}  files/{A}/001.tif\n", "utf-8")
    step = received(record_of(made), made, tmp_path / "w")
    assert [f.code for f in step.findings] == ([] if right else ["checksum_differs"])


def _touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def _into_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def _into_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder_into_link(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to("moved")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_touch, "source_changed"),
        (lambda path: path.write_bytes(b"longer than before"), "source_changed"),
        (Path.unlink, "source_changed"),
        (_into_pipe, "source_changed"),
        (_into_link, "symbolic_link"),
        (_folder_into_link, "symbolic_link"),
    ],
)
def test_what_changed_since_the_survey_is_not_received(
    tmp_path: Path, change: Callable[[Path], None], code: str
) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    change(made / "files" / A / "001.tif")
    step = received(planned, made, tmp_path / "w")
    assert (codes(step), step.value.files, step.events) == ([code], (), ())
    assert listed(tmp_path / "w") == []


def test_what_another_machine_surveyed_is_received(tmp_path: Path) -> None:
    """The same bytes and times; inode and change of status are each machine's own."""
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    source = made / "files" / A / "001.tif"
    shutil.copy2(source, tmp_path / "copy")
    (tmp_path / "copy").rename(source)
    step = received(planned, made, tmp_path / "w")
    assert (codes(step), len(step.value.files)) == ([], 1)


def test_the_other_files_are_received_all_the_same(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif", "002.tif", "003.tif"))
    planned = record_of(made)
    _into_link(made / "files" / A / "002.tif")
    step = received(planned, made, tmp_path / "w")
    assert [file.work_name for file in step.value.files] == ["0001.tif", "0003.tif"]
    assert codes(step) == ["symbolic_link"]


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    content = os.urandom(3 * disk.BLOCK)
    made = delivery(tmp_path / "d", [{"档号": A}], {f"files/{A}/001.bin": content})
    planned = record_of(made)
    source = made / "files" / A / "001.bin"
    once = threading.Event()

    def advance(_: int) -> None:
        if not once.is_set():
            once.set()
            with source.open("r+b") as stream:
                stream.seek(2 * disk.BLOCK)
                stream.write(b"another")

    step = received(planned, made, tmp_path / "w", advance=advance)
    assert (codes(step), step.value.files, listed(tmp_path / "w")) == (["source_changed"], (), [])


def test_a_file_that_grows_without_end_is_left(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], {f"files/{A}/001.bin": b"x" * disk.BLOCK * 2})
    planned = record_of(made)
    source = made / "files" / A / "001.bin"

    def advance(size: int) -> None:
        with source.open("ab") as stream:
            stream.write(bytes(size))

    step = received(planned, made, tmp_path / "w", advance=advance)
    assert codes(step) == ["source_changed"]


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """Asked without the rights of root, whom nothing stops."""
    code = (
        "import sys; from dataclasses import replace; from pathlib import Path;"
        "from tests.stages.test_receive import record_of, received;"
        "made = Path(sys.argv[1]); planned = record_of(made);"
        "step = received(planned, made, made / 'w');"
        "print([f.code for f in step.findings], [f.work_name for f in step.value.files])"
    )
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg", "002.jpg"))
    (made / "w").mkdir()
    (made / "files" / A / "002.jpg").chmod(0)
    done = subprocess.run(
        [*RIGHTLESS, sys.executable, "-c", code, made],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "['unreadable_file'] ['0001.jpg']"


def test_a_disk_without_room_is_our_trouble_not_the_materials(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    (source,) = planned.files
    vast = replace(planned, files=(replace(source, size=1 << 60),))
    with pytest.raises(StorageFull, match=str(1 << 60)):
        received(vast, made, tmp_path / "w")
    assert listed(tmp_path / "w") == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_disk_that_fills_up_on_the_way(tmp_path: Path) -> None:
    with pytest.raises(StorageFull, match="workspace_full") as caught:
        out = os.open("/dev/full", os.O_WRONLY)
        try:
            copying._write(out, memoryview(b"x" * 100), tmp_path / "0001.tif")
        finally:
            os.close(out)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_a_delivery_that_is_gone(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    with pytest.raises(SourceError, match="delivery_not_opened"):
        received(planned, tmp_path / "gone", tmp_path / "w")


def test_many_folders_are_not_all_kept_open(tmp_path: Path) -> None:
    files = {f"files/{A}/{n}/a/b/1.txt": b"%d" % n for n in range(200)}
    made = delivery(tmp_path / "d", [{"档号": A}], files)
    before = len(listed(Path("/proc/self/fd")))
    step = received(record_of(made), made, tmp_path / "w")
    assert (len(step.value.files), step.findings) == (200, ())
    assert len(listed(Path("/proc/self/fd"))) == before


def test_the_source_is_only_read(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    source = made / "files" / A / "001.tif"
    os.utime(source, ns=(1, 1))
    before = source.stat()
    received(record_of(made), made, tmp_path / "w")
    after = source.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_size) == (before.st_mtime_ns, before.st_ctime_ns, 7)
    assert after.st_atime_ns == before.st_atime_ns  # the test's files are its own: O_NOATIME is allowed


def test_digests_and_state_follow_what_matters(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.tif"))
    planned = record_of(made)
    description = planned.description
    first = received(planned, made, tmp_path / "w").value
    state, said = source_state(planned), description_digest(description)

    moved = replace(planned, description=replace(description, row=99, as_typed_code="Ｋ"))
    assert source_state(moved) == state
    again = received(moved, made, tmp_path / "w2").value
    assert (description_digest(moved.description), again.content) == (said, first.content)

    other = replace(planned, description=replace(description, cells=(*description.cells, ("备注", "另一件"))))
    assert source_state(other) != state
    again = received(other, made, tmp_path / "w3").value
    assert description_digest(other.description) != said and again.content == first.content

    _touch(made / "files" / A / "001.tif")
    touched = record_of(made)
    assert source_state(touched) != state
    again = received(touched, made, tmp_path / "w4").value
    assert (description_digest(touched.description), again.content) == (said, first.content)

    (made / "files" / A / "001.tif").write_bytes(b"002.tif")
    again = received(record_of(made), made, tmp_path / "w5").value
    assert description_digest(description) == said and again.content != first.content
