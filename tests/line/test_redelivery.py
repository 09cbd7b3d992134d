from dataclasses import replace

import pytest

from pipeline.delivery import identity_0_1_0
from pipeline.domain import identity
from pipeline.domain.messages import message
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import PlannedRecord, Received
from pipeline.line.redelivery import Redelivered, compared, difference, is_untouched
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from pipeline.texts import Texts
from tests.makers.real_packages import an_index
from tests.makers.values import description, received

RULES = load_profile(DEFAULT_PROFILE).delivery
ABOUT = description(cells=(("题名", "关于印发的通知"), ("备注", "缺第3页")))
PLANNED = PlannedRecord(description=ABOUT, files=())
GOT = replace(received([b"001.tif", b"002.tif"]), content="c" * 64)


def known(**changes: object) -> PackageIndex:
    """What is stored of it."""
    index = replace(
        an_index(ABOUT.package_id), title=ABOUT.title, date=ABOUT.date, retention=ABOUT.retention, fonds=ABOUT.fonds,
        category=ABOUT.category, content=GOT.content, description=identity.description_digest(ABOUT),
    )  # fmt: skip
    return replace(index, **changes)  # type: ignore[arg-type]


def by_0_1_0() -> PackageIndex:
    """As a package of 0.1.0 says it."""
    return known(description="", fingerprint=identity_0_1_0.fingerprint(ABOUT, GOT.files, RULES))


@pytest.mark.parametrize("stored", [known(), by_0_1_0()], ids=["format 2", "format 1"])
def test_the_same_otherwise_described_and_something_else(stored: PackageIndex) -> None:
    assert compared(stored, PLANNED, GOT, RULES) is Redelivered.SAME
    other = replace(PLANNED, description=description(title="别的", cells=(("题名", "别的"),)))
    assert compared(stored, other, GOT, RULES) is Redelivered.OTHER_DESCRIPTION
    changed: Received = replace(GOT, content="e" * 64)
    assert compared(stored, PLANNED, changed, RULES) is Redelivered.OTHER_CONTENT
    assert compared(stored, other, changed, RULES) is Redelivered.OTHER_CONTENT


def test_what_differs_is_told_column_by_column() -> None:
    planned = replace(PLANNED, description=description(title="别的", date="", retention="永久"))
    found = difference(known(), planned, GOT, Redelivered.OTHER_DESCRIPTION)
    assert (found.code, found.row, found.record) == ("stored_description_differs", 2, ABOUT.package_id)
    said = Texts.load().sentence(found, "zh")
    for part in (
        "题名：库中为“关于",
        "现为“别的”",
        "日期：库中为“20210318”，现为",
        "保管期限：库中为“30年”，现为“永久”",
    ):
        assert part in said
    assert "category" not in str(found.fact("differences"))


def test_columns_that_no_index_keeps_are_told_as_such() -> None:
    planned = replace(PLANNED, description=replace(ABOUT, cells=()))
    told = difference(known(), planned, GOT, Redelivered.OTHER_DESCRIPTION).fact("differences")
    assert told == (message("columns_not_in_index"),)
    assert difference(known(), planned, GOT, Redelivered.OTHER_CONTENT).code == "already_stored_differs"


def test_an_untouched_source_is_known_by_either_state() -> None:
    assert is_untouched(identity.source_state(PLANNED), PLANNED, RULES)
    assert is_untouched(identity_0_1_0.source_state(PLANNED, RULES), PLANNED, RULES)
    assert not is_untouched("", PLANNED, RULES)
