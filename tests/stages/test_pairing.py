"""Folders as they come: where a record's files may lie, and what is said of what lies beside them."""

from pathlib import Path

import pytest

from pipeline.domain.findings import Finding
from pipeline.domain.records import DeliveryPlan
from pipeline.profiles import load_profile
from pipeline.stages.survey import survey
from pipeline.texts import all_texts
from tests.makers.deliveries import delivery, pages

PROFILE = load_profile("county")
BESIDE = {"header_unmapped", "pages_not_given"}
"""What the small catalogues of these tests lack, and what is not asked here."""
A, B = "K021-WS·2019·D10-0001", "K021-WS·2019·D10-0002"


def surveyed(folder: Path, *files: str, rows: tuple[str, ...] = (A,), **more: str) -> DeliveryPlan:
    made = delivery(
        folder,
        [{"档号": code, "保管期限": "10年", **more} for code in rows],
        {name: name.encode() for name in files},
        extra_headers=more,
    )
    return survey(made, profile=PROFILE)


def found(plan: DeliveryPlan) -> dict[str, Finding]:
    """Every finding of the delivery and its records, by code."""
    every = (*plan.findings, *(each for record in plan.records for each in record.findings))
    return {each.code: each for each in every if each.code not in BESIDE}


def names(plan: DeliveryPlan, at: int = 0) -> list[str]:
    return [bytes.fromhex(file.where).decode() for file in plan.records[at].files]


@pytest.mark.parametrize(
    "place",
    [
        f"files/2019/永久/{A}/001.jpg",
        f"files/第1盒/{A}/001.jpg",
        f"2019/D10/{A}/001.jpg",
        f"{A}/001.jpg",
        f"{A}.pdf",
        f"扫描件/{A}-001.jpg",
        f"files/a/b/c/d/e/{A}.pdf",
    ],
)
def test_a_records_folder_or_file_at_any_depth(tmp_path: Path, place: str) -> None:
    plan = surveyed(tmp_path, place)
    assert (names(plan), found(plan)) == ([place], {})


@pytest.mark.parametrize(
    "place",
    ["files/2019/D10/0001/001.jpg", "files/盒3/件1/001.jpg", "2019年度/10年/1/正文/001.jpg", "files/0001/1.jpg"],
)
def test_a_path_that_spells_the_code_out_is_taken_and_told(tmp_path: Path, place: str) -> None:
    plan = surveyed(tmp_path, place, f"files/{B}/001.jpg", rows=(A, B))
    assert names(plan) == [place]
    assert set(found(plan)) == {"folder_taken_by_path"}
    assert PROFILE.severity("folder_taken_by_path") == "warning"


def test_a_path_that_two_rows_or_two_folders_fit_is_not_guessed(tmp_path: Path) -> None:
    plan = surveyed(tmp_path / "a", "files/0001/1.jpg", rows=(A, "K021-WS·2020·D10-0001"))
    assert [record.files for record in plan.records] == [(), ()]
    assert set(found(plan)) == {"row_without_files", "files_without_row"}
    plan = surveyed(tmp_path / "b", "files/盒1/1/1.jpg", "files/盒2/1/1.jpg")
    assert set(found(plan)) == {"row_without_files", "files_without_row"}


@pytest.mark.parametrize(
    "name",
    [
        "K021-WS.2019.D10-0001",
        "k021-ws·2019·d10-0001",
        "K021_WS·2019·D10_0001",
        "K021-WS2019D10-1",
        f"{A} 关于扶贫的通知",
    ],
)
@pytest.mark.parametrize("form", ["files/{}/001.jpg", "files/2019/{}/001.jpg", "files/{}-001.jpg", "files/{}.pdf"])
def test_a_name_that_is_almost_the_code_is_told_with_its_row_once(tmp_path: Path, name: str, form: str) -> None:
    plan = surveyed(tmp_path, form.format(name), f"files/{B}/001.jpg", rows=(B, A))
    assert set(found(plan)) == {"name_near_code"}
    (told,) = plan.records[1].findings
    assert (told.row, told.subject, plan.records[1].files) == (3, A, ())
    said = all_texts().sentence(told, "zh")
    assert name.split(" ")[0] in said and A in said and "第 3 行" in said


def test_a_row_that_has_its_files_is_only_named_beside_the_others(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, f"files/{A}/001.jpg", "files/K021-WS.2019.D10-0001/001.jpg")
    assert (names(plan), list(found(plan))) == ([f"files/{A}/001.jpg"], ["files_without_row"])
    assert found(plan)["files_without_row"].fact("near") == A


def test_other_forms_of_the_same_pages_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, f"JPG/{A}/001.jpg", f"PDF/{A}/全文.pdf")
    assert (names(plan), set(found(plan))) == (
        [f"JPG/{A}/001.jpg", f"PDF/{A}/全文.pdf"],
        {"record_in_several_folders"},
    )


def test_two_folders_of_one_code_with_the_same_kinds_of_files_wait_for_a_hand(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, f"files/{A}/001.jpg", f"备份/{A}/001.jpg")
    assert set(found(plan)) == {"record_folders_clash"}


@pytest.mark.parametrize("name", ["扫描件.zip", "files/扫描件.RAR", "files/包/a.7z", "a.tar.gz", "a.z01"])
def test_an_archive_that_no_row_asks_for_is_told_as_such(tmp_path: Path, name: str) -> None:
    plan = surveyed(tmp_path, f"files/{A}/001.jpg", name)
    assert [(each.code, each.subject) for each in plan.findings if each.code not in BESIDE] == [
        ("archive_without_row", name)
    ]
    assert "解压" in all_texts().remedy(plan.findings[0], "zh")


def test_pages_that_came_as_one_archive(tmp_path: Path) -> None:
    assert set(found(surveyed(tmp_path / "a", f"files/{A}.zip", 页数="3"))) == {"archive_instead_of_pages"}
    assert set(found(surveyed(tmp_path / "b", f"files/{A}/{A}.rar", 页数="3"))) == {"archive_instead_of_pages"}
    assert set(found(surveyed(tmp_path / "c", f"files/{A}.zip"))) == {"archive_in_record"}
    assert set(found(surveyed(tmp_path / "d", f"files/{A}/1.docx", f"files/{A}/附件.zip"))) == {"archive_in_record"}


def test_an_archive_in_place_of_the_whole_delivery(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, "移交.zip")
    (tmp_path / "catalogue.csv").unlink()
    plan = survey(tmp_path, profile=PROFILE)
    assert [each.code for each in plan.findings if each.code not in BESIDE] == ["no_catalogue", "archive_without_row"]


def test_further_tables_are_told_and_named_for_keeping(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, f"files/{A}/001.jpg", "photos.xlsx", "Households.xlsx", f"files/{A}/photos.xlsx")
    assert [each.code for each in plan.findings if each.code not in BESIDE] == ["further_table", "further_table"]
    assert [bytes.fromhex(table) for table in plan.tables] == [b"Households.xlsx", b"photos.xlsx"]
    assert f"files/{A}/photos.xlsx" in names(plan)


def test_a_delivery_one_folder_down_with_other_things_beside_it(tmp_path: Path) -> None:
    inner = delivery(
        tmp_path / "移交",
        [{"档号": A, "保管期限": "10年", "文件": "001.jpg"}],
        pages(A, "001.jpg"),
        extra_headers=("文件",),
    )
    (tmp_path / "$RECYCLE.BIN").mkdir()
    (tmp_path / "驱动.exe").write_bytes(b"x")
    plan = survey(tmp_path, profile=PROFILE)
    assert (plan.catalogue, names(plan)) == ("移交/catalogue.csv", [f"移交/files/{A}/001.jpg"])
    assert [(each.code, each.subject) for each in plan.findings if each.code not in BESIDE] == [
        ("files_without_row", "驱动.exe")
    ]
    assert inner.is_dir()


def test_a_list_of_the_whole_disk_names_what_is_passed_over(tmp_path: Path) -> None:
    made = delivery(
        tmp_path,
        [{"档号": A, "保管期限": "10年"}],
        pages(A, "001.jpg") | {"$RECYCLE.BIN/a/1.jpg": b"x"},
        checksums=True,
    )
    plan = survey(made, profile=PROFILE)
    assert found(plan) == {}
    assert "$RECYCLE.BIN/" in plan.ignored


def test_a_bare_number_deep_down_is_a_page_and_no_code(tmp_path: Path) -> None:
    plan = surveyed(tmp_path, "files/乙/001.jpg", "files/1/001.jpg", rows=("1", "2"))
    assert [len(record.files) for record in plan.records] == [1, 0]


def test_empty_folders_are_passed_over_and_listed(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"))
    (made / "files" / "空" / "更空").mkdir(parents=True)
    assert "files/空/" in survey(made, profile=PROFILE).ignored
