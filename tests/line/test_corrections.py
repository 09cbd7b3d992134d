"""What differs of a record that is delivered again: values and files, each by its name."""

from dataclasses import replace

from pipeline.domain.messages import Message
from pipeline.domain.records import PlannedRecord, elements
from pipeline.line.corrections import description_differences, file_differences
from tests.line.test_redelivery import ABOUT, known
from tests.makers.values import received


def told(differences: tuple[Message, ...]) -> list[tuple[str, ...]]:
    facts = [dict(each.facts) for each in differences]
    return [tuple(str(each.get(name, "")) for name in ("field", "stored", "now")) for each in facts]


def test_values_that_no_index_keeps() -> None:
    stored = replace(
        ABOUT, elements=(*ABOUT.elements, *elements(remarks="缺第3页")), extra=(("柜号", "3"), ("册", "1"))
    )
    now = replace(ABOUT, elements=(*ABOUT.elements, *elements(remarks="已补齐")), extra=(("柜号", "4"), ("架", "2")))
    differences = description_differences(known(), now, stored)
    assert [line[1:] for line in told(differences)] == [("缺第3页", "已补齐"), ("3", "4"), ("1", ""), ("", "2")]


def test_a_column_that_became_an_element_since_is_no_difference() -> None:
    stored = replace(ABOUT, extra=(("备注", "缺第3页"),))
    now = replace(ABOUT, elements=(*ABOUT.elements, *elements(remarks="缺第3页")), extra=())
    assert [each.code for each in description_differences(known(), now, stored)] == ["only_form_differs"]
    assert [each.code for each in description_differences(known(), now, None)] == ["columns_not_in_index"]


def test_files() -> None:
    was = received([b"1.tif", b"2.tif", b"3.tif", b"4.tif"])
    members = tuple(
        replace(known().members[0], path=file.path, sha256=file.sha256, original_name_hex=file.original.raw_hex)
        for file in was.files
    )
    new = received([b"1.tif", b"5.tif", b"6.tif", b"7.tif"])
    changed = replace(new.files[0], digests=new.files[1].digests)
    renamed = replace(new.files[2], digests=was.files[1].digests)
    now = replace(new, files=(changed, was.files[3], renamed, new.files[3]))
    differences = file_differences(replace(known(), members=members), PlannedRecord(description=ABOUT, files=()), now)
    assert [(each.code, dict(each.facts)["names"]) for each in differences] == [
        ("files_changed", "1.tif"),
        ("files_added", "7.tif"),
        ("files_removed", "1.tif、3.tif、4.tif"),
        ("files_renamed", "2.tif → 6.tif"),
    ]
