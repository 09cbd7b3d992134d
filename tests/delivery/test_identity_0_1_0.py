"""What 0.1.0 stored is known again, also by a program that maps more columns.

The golden homes hold real fingerprints.
"""

from dataclasses import replace

import pytest

from pipeline.delivery.identity_0_1_0 import fingerprint, fingerprints, source_state
from pipeline.domain.records import Element, PlannedRecord
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from tests.makers.values import description, received_file

RULES = load_profile(DEFAULT_PROFILE).delivery
CELLS = (("题名", "会议记录"), ("文件编号", "某政办发〔2021〕7号"), ("备注", "缺第3页"), ("#9", "x"))
ABOUT = description(title="会议记录", extra=CELLS[1:], cells=CELLS)
FILES = [received_file(1, b"001.tif", "data/original/001.tif")]


def test_a_column_mapped_later_changes_nothing() -> None:
    mapped = replace(RULES, headers={**RULES.headers, "files": (*RULES.headers["files"], "别名")})
    said = fingerprint(ABOUT, FILES, RULES)
    assert fingerprint(replace(ABOUT, extra=CELLS[2:]), FILES, mapped) == said
    planned = PlannedRecord(description=ABOUT, files=())
    state = source_state(planned, RULES)
    assert source_state(replace(planned, description=replace(ABOUT, extra=())), mapped) == state


def test_what_was_stored_in_the_page_order_of_0_1_0_is_known_again() -> None:
    names = ["封面.jpg", "1.jpg", "2.jpg", "10.jpg"]
    now = [received_file(n, name.encode(), f"data/original/{name}") for n, name in enumerate(names)]
    then = [now[1], now[2], now[3], now[0]]
    by_name = [now[1], now[3], now[2], now[0]]
    for order in (now, then, by_name):
        assert fingerprint(ABOUT, order, RULES) in fingerprints(ABOUT, now, RULES)


def test_what_0_1_0_did_not_read_is_left_out() -> None:
    """A date in another form, a header of another name, what the archival code says: it knew none of them."""
    then = description(title="会议记录", creator="", date="2021年3月", retention="", extra=CELLS[1:], cells=CELLS)
    now = replace(
        then,
        elements=(
            Element(element="title", value="会议记录"),
            Element(element="creator", value="某办", taken_from="责任人"),
            Element(element="date", value="20210300", typed="2021年3月"),
            Element(element="retention", value="30年", typed="D30", taken_from="档号"),
            *(each for each in then.elements if each.element in {"security", "access", "page_count"}),
            Element(element="year", value="2021", taken_from="档号"),
        ),
    )
    assert fingerprint(now, FILES, RULES) == fingerprint(then, FILES, RULES)


@pytest.mark.parametrize(
    "other",
    [
        description(title="别的", extra=CELLS[1:], cells=CELLS),
        description(title="会议记录", page_count="", extra=CELLS[1:], cells=CELLS),
        replace(ABOUT, cells=CELLS[:3]),
        replace(ABOUT, cells=(*CELLS[:2], ("备注", "缺第4页"), CELLS[3])),
    ],
)
def test_what_is_said_otherwise_is_another(other: object) -> None:
    assert fingerprint(other, FILES, RULES) != fingerprint(ABOUT, FILES, RULES)  # type: ignore[arg-type]


def test_the_row_and_the_spelling_of_the_code_say_nothing() -> None:
    moved = replace(ABOUT, row=77, as_typed_code="Ｋ021")
    assert fingerprint(moved, FILES, RULES) == fingerprint(ABOUT, FILES, RULES)
