from dataclasses import replace

from pipeline.domain.identity import content_digest, description_digest
from tests.makers.values import description

ROW = description(cells=(("题名", "会议记录"), ("备注", "缺第3页"), ("#7", "x")))


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
