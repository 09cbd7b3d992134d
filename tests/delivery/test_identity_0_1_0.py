"""What 0.1.0 stored is known again, also by a program that maps more columns.

The golden homes hold real fingerprints.
"""

from dataclasses import replace

import pytest

from pipeline.delivery.identity_0_1_0 import fingerprint, source_state
from pipeline.domain.records import PlannedRecord
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
