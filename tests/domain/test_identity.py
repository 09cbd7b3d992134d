"""What tells one delivery of a record from another."""

from dataclasses import replace

import pytest

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.identity import content, content_digest, description_digest, source_state
from pipeline.domain.names import OriginalName
from pipeline.domain.records import PlannedRecord, SourceFile
from tests.makers.values import description, received_file

ROW = description(cells=(("题名", "会议记录"), ("备注", "缺第3页"), ("#7", "x")))
SOURCE = SourceFile(where="aa", original=OriginalName.of(b"001.tif"), size=5, mtime_ns=1, ctime_ns=2, inode=3)
PLANNED = PlannedRecord(description=ROW, files=(SOURCE,))


def test_content_is_the_same_in_any_order() -> None:
    files = [("31", 5, "a" * 64), ("32", 7, "b" * 64)]
    assert content_digest(files) == content_digest(reversed(files))
    for other in ([("31", 5, "a" * 64)], [("33", 5, "a" * 64), files[1]], [("31", 6, "a" * 64), files[1]]):
        assert content_digest(other) != content_digest(files)
    assert content_digest(files) == "3211555d63cc611bff0f762f9b2904032b75f5241fba457553322466806b1622"


def test_a_description_is_the_row_as_typed() -> None:
    said = description_digest(ROW)
    for same in (
        replace(ROW, cells=ROW.cells[::-1]),
        replace(ROW, row=99, as_typed_code="Ｋ021", extra=(), elements=()),
    ):
        assert description_digest(same) == said
    for other in (
        replace(ROW, cells=ROW.cells[:2]),
        replace(ROW, cells=(("题名", "会议记录"), ("备注", "缺第4页"), ("#7", "x"))),
        replace(ROW, cells=(("题 名", "会议记录"), *ROW.cells[1:])),
        replace(ROW, cells=(*ROW.cells, ("题名", "会议记录"))),
        replace(ROW, package_id="K021-1"),
    ):
        assert description_digest(other) != said


def test_header_and_cell_do_not_run_into_one_another() -> None:
    one, other = (("ab", "c"),), (("a", "bc"),)
    assert description_digest(replace(ROW, cells=one)) != description_digest(replace(ROW, cells=other))
    assert description_digest(replace(ROW, cells=one)) == (
        "fb697781f79a78036c826de4d0a651d3ac4462fe06bf7284631a26be8ed2df98"
    )


def test_when_a_file_was_changed_and_where_it_lies_do_not_count_once_it_is_read() -> None:
    file = received_file(1, b"001.tif", "data/original/001.tif")
    assert content([replace(file, modified_ns=1, path="data/original/x", work_name="y")]) == content([file])
    assert content([file]) == content_digest([(b"001.tif".hex(), file.size, file.sha256)])


@pytest.mark.parametrize(
    "changed",
    [
        replace(SOURCE, where="bb"),
        replace(SOURCE, original=OriginalName.of(b"1.tif")),
        replace(SOURCE, size=6),
        replace(SOURCE, mtime_ns=2),
        replace(SOURCE, ctime_ns=3),
        replace(SOURCE, inode=4),
        replace(SOURCE, expected=(Digest(algorithm=Algorithm.MD5, value="0" * 32),)),
    ],
)
def test_a_touched_file_is_seen_without_reading(changed: SourceFile) -> None:
    assert source_state(replace(PLANNED, files=(changed,))) != source_state(PLANNED)
    assert source_state(replace(PLANNED, files=())) != source_state(PLANNED)


def test_another_row_is_seen_and_another_place_of_the_row_is_not() -> None:
    assert source_state(replace(PLANNED, description=replace(ROW, cells=ROW.cells[:1]))) != source_state(PLANNED)
    assert source_state(replace(PLANNED, description=replace(ROW, row=99))) == source_state(PLANNED)
