"""The survey: every fault of a delivery at once, each with its row and file."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.digests import sha256_of
from pipeline.domain.findings import Finding, Severity
from pipeline.domain.records import DeliveryPlan, PlannedRecord
from pipeline.errors import UsageError
from pipeline.profiles import Limits, load_profile
from pipeline.stages.survey import survey
from pipeline.texts import Texts
from tests.makers.deliveries import delivery, pages
from tests.makers.faulty_delivery import FAULTS, GOOD_RECORDS, faulty_delivery
from tests.makers.odd_names import ARCHIVES, unpacked
from tests.makers.rightless import RIGHTLESS

PROFILE = load_profile("county")
FIXTURES = Path(__file__).parents[1] / "fixtures"
A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"

FOUND_IN_THE_BYTES = {"damaged_file", "extension_lies", "checksum_differs"}
"""Faults that no name tells: for `receive` and `identify`."""


UNTOLD = "pages_not_given"
"""Most of these small catalogues give no numbers of pages, which is told of each."""


def codes(where: DeliveryPlan | PlannedRecord) -> list[str]:
    return [finding.code for finding in where.findings if finding.code != UNTOLD]


def names(record: PlannedRecord) -> list[str]:
    return [file.original.raw.decode() for file in record.files]


def only(plan: DeliveryPlan) -> PlannedRecord:
    (record,) = plan.records
    return record


def all_findings(plan: DeliveryPlan) -> list[Finding]:
    found = [*plan.findings, *(f for record in plan.records for f in record.findings)]
    return [each for each in found if each.code != UNTOLD]


def test_the_demonstration_has_no_fault() -> None:
    plan = survey(FIXTURES / "deliveries" / "demo", profile=PROFILE)
    assert (plan.batch, plan.catalogue, plan.ignored) == ("demo", "catalogue.xlsx", ("catalogue.xlsx",))
    assert codes(plan) == []
    assert [len(record.files) for record in plan.records] == [6, 8, 4, 6, 1, 1, 1, 1, 1, 2]
    assert [record.findings for record in plan.records] == [()] * 10
    assert names(plan.records[1]) == [f"{n:03d}.tif" for n in range(1, 9)]
    flat = plan.records[4]
    assert (names(flat), flat.description.category) == (["K021-ZP·2019·D30-026-001.heic"], "ZP")


def test_every_planted_fault_is_found(tmp_path: Path) -> None:
    plan = survey(faulty_delivery(tmp_path / "faulty"), profile=PROFILE)
    found = all_findings(plan)
    for fault in FAULTS:
        if fault.code in FOUND_IN_THE_BYTES:
            continue
        same = [f for f in found if f.code == fault.code and fault.subject in {f.record, f.subject, f.subject[6:]}]
        assert same, fault
        assert not fault.path or any(fault.path in {f.subject, f.fact("path")} for f in same), fault


def test_nothing_grave_is_found_that_was_not_planted(tmp_path: Path) -> None:
    plan = survey(faulty_delivery(tmp_path / "faulty"), profile=PROFILE)
    planted = {(fault.code, fault.subject) for fault in FAULTS}
    grave = [f for f in all_findings(plan) if PROFILE.severity(f.code) in {Severity.ERROR, Severity.QUESTION}]
    unplanted = [f for f in grave if not {(f.code, f.record), (f.code, f.subject), (f.code, f.subject[6:])} & planted]
    assert unplanted == []
    good = [record for record in plan.records if record.description.archival_code in GOOD_RECORDS]
    assert len(good) == len(GOOD_RECORDS)
    assert {code for record in good for code in codes(record)} <= {"code_normalised"}


def test_the_mended_delivery_has_nothing_grave(tmp_path: Path) -> None:
    plan = survey(faulty_delivery(tmp_path / "mended", mended=True), profile=PROFILE)
    assert [f for f in all_findings(plan) if PROFILE.severity(f.code) is Severity.ERROR] == []
    assert len(plan.records) == 23


def test_a_row_knows_its_findings_and_they_know_their_row(tmp_path: Path) -> None:
    rows = [{"档号": A}, {"档号": B, "题名": "", "日期": "20200231", "保管期限": "看情况"}]
    plan = survey(delivery(tmp_path, rows, pages(A, "001.jpg") | pages(B, "001.jpg")), profile=PROFILE)
    assert codes(plan.records[0]) == []
    assert codes(plan.records[1]) == ["value_missing", "date_invalid", "retention_invalid"]
    assert {(f.row, f.record) for f in plan.records[1].findings} == {(3, B)}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"保管期限": "永久或30年"}, "retention_unclear"),
        ({"保管期限": "长期"}, "retention_unclear"),
        ({"保管期限": "30年"}, "field_contradicts_code"),
        ({"全宗号": "K022"}, "field_contradicts_code"),
        ({"全宗号": "a/b"}, "value_invalid"),
        ({"页数": "若干"}, "value_invalid"),
        ({"页数": "2"}, "page_count_differs"),
        ({"题名": "落实马春生（340000190001010023）户"}, "personal_number_in_text"),
        ({"备注": "340000190001010023"}, "personal_number_in_text"),
    ],
)
def test_values_that_hold_a_record(tmp_path: Path, row: dict[str, str], expected: str) -> None:
    made = delivery(tmp_path, [{"档号": A, **row}], pages(A, "001.jpg"), extra_headers=["页数", "全宗号", "备注"])
    assert expected in codes(only(survey(made, profile=PROFILE)))


@pytest.mark.parametrize(
    "row", [{"页数": "１ 页"}, {"全宗号": "Ｋ０２１"}, {"门类": "文书"}, {"门类": "文书档案"}, {"门类": "WS"}]
)
def test_values_that_are_fine(tmp_path: Path, row: dict[str, str]) -> None:
    made = delivery(tmp_path, [{"档号": A, **row}], pages(A, "001.jpg"), extra_headers=["页数", "全宗号", "门类"])
    record = only(survey(made, profile=PROFILE))
    assert (codes(record), record.description.category, record.description.fonds) == ([], "WS", "K021")


def test_no_finding_shows_a_citizens_number(tmp_path: Path) -> None:
    secret = "340000190001010023"
    rows = [
        {"档号": A, "题名": secret, "日期": secret, "保管期限": secret, "文件": f"../{secret}.jpg"},
        {"档号": f"/{secret}"},
    ]
    files = pages(A, f"{secret}_001.jpg", f"{secret}_003.jpg") | {f"files/{secret}/1.jpg": b"1", f"{secret}.txt": b"2"}
    made = delivery(tmp_path, rows, files, extra_headers=["文件"])
    (made / "files" / A / f"{secret}.lnk").symlink_to("x")
    plan = survey(made, profile=PROFILE)
    found = all_findings(plan)
    assert secret not in str(found)
    assert [str(f.fact("field")) for f in found if f.code == "personal_number_in_text"].count("path") == 1
    assert {"unsafe_path", "files_without_row", "code_invalid", "symbolic_link", "page_gap"} <= {f.code for f in found}


def test_rows_without_a_code_and_with_a_wrong_one_are_told(tmp_path: Path) -> None:
    plan = survey(
        delivery(tmp_path, [{"档号": ""}, {"档号": "K021/7"}, {"档号": "7"}], pages("7", "1.jpg")), profile=PROFILE
    )
    assert [(f.code, f.row) for f in plan.findings if f.code != UNTOLD] == [("value_missing", 2), ("code_invalid", 3)]
    assert "（含斜线，或以点开头）" in Texts.load().sentence(plan.findings[1], "zh")
    assert codes(only(plan)) == ["fonds_missing"]
    assert only(plan).description.row == 4


def test_all_rows_of_a_doubled_code_are_held(tmp_path: Path) -> None:
    rows = [{"档号": A}, {"档号": B}, {"档号": "Ｋ０２１-WS·2020·Y-0001"}]
    plan = survey(delivery(tmp_path, rows, pages(A, "001.jpg") | pages(B, "001.jpg")), profile=PROFILE)
    doubled = [f for record in plan.records for f in record.findings if f.code == "doubled_archival_code"]
    assert [(f.row, f.fact("rows")) for f in doubled] == [(2, "2、4"), (4, "2、4")]
    assert [len(record.files) for record in plan.records] == [1, 1, 1]


def test_a_code_filled_down_is_told_in_few_words(tmp_path: Path) -> None:
    """Else every row would name all rows: ten thousand of them half a gigabyte."""
    plan = survey(delivery(tmp_path, [{"档号": A}] * 30, {}), profile=PROFILE)
    rows = {f.fact("rows") for record in plan.records for f in record.findings if f.code == "doubled_archival_code"}
    assert rows == {"、".join(map(str, range(2, 22))) + "…"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["001.jpg", "002.jpg", "010.jpg"], ("page_gap", "3-9")),
        (["002.jpg", "003.jpg"], ("page_gap", "1")),
        (["001.jpg", "001.tif", "002.jpg"], ("page_doubled", "1")),
        (["000.jpg", "001.jpg"], None),
        (["封面.jpg", "001.jpg", "002.jpg"], None),
        (["001.jpg"], None),
        (["7.jpg"], None),
    ],
)
def test_page_numbers(tmp_path: Path, found: list[str], expected: tuple[str, str] | None) -> None:
    record = only(survey(delivery(tmp_path, [{"档号": A}], pages(A, *found)), profile=PROFILE))
    told = [(f.code, f.fact("missing") or f.fact("pages")) for f in record.findings if f.code.startswith("page_")]
    assert told == ([expected] if expected else [])


def test_numbering_may_start_elsewhere_where_the_count_agrees(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A, "页数": "2"}], pages(A, "017.jpg", "018.jpg"), extra_headers=["页数"])
    assert codes(only(survey(made, profile=PROFILE))) == ["page_numbers_begin_late"]


def test_a_cameras_numbers_are_no_page_numbers(tmp_path: Path) -> None:
    code = "K021-ZP·2020·D30-001"
    made = delivery(tmp_path, [{"档号": code, "保管期限": "30年"}], pages(code, "IMG_2034.jpg", "IMG_2041.jpg"))
    assert codes(only(survey(made, profile=PROFILE))) == []


@pytest.mark.parametrize("single", ["001.pdf", "001.tif", "001.docx", "001.mov"])
def test_pages_inside_one_file_are_not_counted_by_names(tmp_path: Path, single: str) -> None:
    made = delivery(tmp_path, [{"档号": A, "页数": "6"}], pages(A, single), extra_headers=["页数"])
    assert codes(only(survey(made, profile=PROFILE))) == []


def test_pages_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    found = [
        "10.jpg",
        "9.jpg",
        "附件/2.jpg",
        "附件/1.jpg",
        "封面.jpg",
        "附件10/1.jpg",
        "附件9/1.jpg",
        *(f"{n}.jpg" for n in range(1, 9)),
    ]
    record = only(survey(delivery(tmp_path, [{"档号": A}], pages(A, *found)), profile=PROFILE))
    ordered = [
        "封面.jpg",
        *(f"{n}.jpg" for n in range(1, 11)),
        "附件/1.jpg",
        "附件/2.jpg",
        "附件9/1.jpg",
        "附件10/1.jpg",
    ]
    assert names(record) == ordered


def test_flat_names_and_folders_as_people_type_them(tmp_path: Path) -> None:
    files = {
        f"files/{A}-001.jpg": b"1",
        f"files/{A}_002.jpg": b"2",
        f"files/{B}.pdf": b"3",
        "files/Ｋ０２１-ＷＳ・2020・Y-0003/001.jpg": b"4",
    }
    plan = survey(
        delivery(tmp_path, [{"档号": A}, {"档号": B}, {"档号": "K021-WS·2020·Y-0003"}], files), profile=PROFILE
    )
    assert [len(record.files) for record in plan.records] == [2, 1, 1]
    assert all_findings(plan) == []


def test_a_folder_named_in_gbk_is_found(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], {})
    folder = os.fsencode(made) + b"/files/" + A.encode("gbk")
    Path(os.fsdecode(folder)).mkdir(parents=True)
    Path(os.fsdecode(folder + b"/001.jpg")).write_bytes(b"1")
    assert len(only(survey(made, profile=PROFILE)).files) == 1


def test_the_column_names_files(tmp_path: Path) -> None:
    rows = [{"档号": A, "文件": "乙.jpg；甲.jpg\n照片\\三.jpg"}, {"档号": B, "文件": "合影"}]
    files = {
        "files/甲.jpg": b"1",
        "files/乙.jpg": b"2",
        "files/照片/三.jpg": b"3",
        "files/合影/1.jpg": b"4",
        "files/合影/2.jpg": b"5",
    }
    plan = survey(delivery(tmp_path, rows, files, extra_headers=["文件"]), profile=PROFILE)
    assert all_findings(plan) == []
    assert [names(record) for record in plan.records] == [
        ["乙.jpg", "甲.jpg", "照片/三.jpg"],
        ["合影/1.jpg", "合影/2.jpg"],
    ]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("../../outside.txt", "unsafe_path"),
        ("/etc/passwd", "unsafe_path"),
        ("C:\\x.jpg", "unsafe_path"),
        ("..\\x.jpg", "unsafe_path"),
        ("没有.jpg", "named_file_missing"),
        ("连接.jpg", "symbolic_link"),
        ("连接夹/hostname", "symbolic_link"),
        ("管道", "not_a_regular_file"),
    ],
)
def test_the_column_names_what_cannot_be_taken(tmp_path: Path, named: str, code: str) -> None:
    made = delivery(tmp_path, [{"档号": A, "文件": named}], pages(A, "001.jpg"), extra_headers=["文件"])
    (made / "files" / "连接.jpg").symlink_to("/etc/hostname")
    (made / "files" / "连接夹").symlink_to("/etc")
    os.mkfifo(made / "files" / "管道")
    record = only(survey(made, profile=PROFILE))
    assert codes(record) == [code]
    assert names(record) == ["001.jpg"]


def test_one_file_cannot_belong_to_two_rows(tmp_path: Path) -> None:
    rows = [{"档号": A, "文件": "甲.jpg"}, {"档号": B, "文件": "甲.jpg"}]
    plan = survey(delivery(tmp_path, rows, {"files/甲.jpg": b"1"}, extra_headers=["文件"]), profile=PROFILE)
    assert [codes(record) for record in plan.records] == [[], ["file_named_twice"]]


def test_what_no_row_asks_for_is_told_once_for_each_group(tmp_path: Path) -> None:
    stray = {f"files/{B}/{n:03d}.jpg": b"1" for n in range(1, 4)} | {f"files/K021-9-00{n}.jpg": b"2" for n in (1, 2)}
    stray |= {"files/随便.jpg": b"3", "photos.xlsx": b"4", "别的/子/1.jpg": b"5"}
    plan = survey(delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg") | stray), profile=PROFILE)
    told = {f.subject: f.fact("count") for f in plan.findings if f.code == "files_without_row"}
    assert told == {
        f"files/{B}": "3",
        "files/K021-9-001.jpg": "2",
        "files/随便.jpg": "1",
        "别的": "1",
    }
    assert [(f.code, f.subject) for f in plan.findings if f.code == "further_table"] == [
        ("further_table", "photos.xlsx")
    ]
    assert plan.tables == (b"photos.xlsx".hex(),)


def test_what_systems_make_is_passed_over_and_what_people_write_is_kept(tmp_path: Path) -> None:
    extra = {"files/Thumbs.db": b"1", f"files/{A}/.DS_Store": b"2", f"files/{A}/说明.txt": b"3", "说明.txt": b"4"}
    plan = survey(delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg") | extra), profile=PROFILE)
    assert names(only(plan)) == ["001.jpg", "说明.txt"]
    assert set(plan.ignored) == {"catalogue.csv", "files/Thumbs.db", f"files/{A}/.DS_Store", "说明.txt"}


def test_the_files_folder_may_not_be_a_link(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], {})
    (tmp_path / "elsewhere" / A).mkdir(parents=True)
    (tmp_path / "elsewhere" / A / "001.jpg").write_bytes(b"1")
    (made / "files").symlink_to(tmp_path / "elsewhere")
    plan = survey(made, profile=PROFILE)
    assert codes(plan) == ["symbolic_link"]
    assert (only(plan).files, codes(only(plan))) == ((), ["row_without_files"])


def test_limits(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg", "002.jpg", "a/b/c/d.jpg"))
    tight = replace(PROFILE, limits=Limits(max_file_bytes=6, max_depth=2, max_path_bytes=60))
    assert codes(only(survey(made, profile=tight))) == ["file_too_large", "file_too_large", "path_too_deep"]
    short = replace(PROFILE, limits=Limits(max_path_bytes=38))
    assert "path_too_long" in codes(only(survey(made, profile=short)))
    few = survey(made, profile=replace(PROFILE, limits=Limits(max_files=2)))
    assert (few.records, codes(few)[-1]) == ((), "too_many_files")


def test_a_tree_deeper_than_the_system_can_name(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"))
    at = os.open(made / "files" / A, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("长" * 80, dir_fd=at)
        below = os.open("长" * 80, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    assert codes(only(survey(made, profile=PROFILE))) == ["path_too_long"]
    subprocess.run(["rm", "-rf", str(made / "files")], check=True)


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda d: (d / "catalogue.csv").unlink(), "no_catalogue"),
        (lambda d: (d / "目录.csv").write_bytes(b"x"), "two_catalogues"),
        (lambda d: (d / "catalogue.csv").write_bytes(b"\xb5\xb5\xff\xff"), "catalogue_encoding"),
        (lambda d: (d / "catalogue.csv").write_bytes("档号,题名,日期,保管期限\n".encode()), "catalogue_empty"),
        (lambda d: (d / "catalogue.csv").write_bytes(b"PK\x03\x04rubbish"), "catalogue_unreadable"),
    ],
)
def test_without_a_catalogue_there_are_no_records(tmp_path: Path, prepare: object, code: str) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"))
    prepare(made)  # type: ignore[operator]
    plan = survey(made, profile=PROFILE)
    assert (plan.records, codes(plan)) == ((), [code])


def test_a_catalogue_that_is_a_link_is_none(tmp_path: Path) -> None:
    made = delivery(tmp_path / "d", [{"档号": A}], pages(A, "001.jpg"))
    (made / "catalogue.csv").rename(tmp_path / "c.csv")
    (made / "catalogue.csv").symlink_to(tmp_path / "c.csv")
    assert codes(survey(made, profile=PROFILE)) == ["symbolic_link", "no_catalogue"]


def test_the_depositors_digests_go_with_the_files(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"), checksums=True)
    (made / "files" / A / "002.jpg").write_bytes(b"2")
    plan = survey(made, profile=PROFILE)
    first, second = only(plan).files
    assert ([d.value for d in first.expected], second.expected) == ([sha256_of(b"001.jpg")], ())
    assert codes(only(plan)) == ["file_not_in_checksum_list"]
    assert "manifest-sha256.txt" in plan.ignored


def test_a_list_made_on_windows_or_macos_is_understood(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "résumé.jpg"))
    name = f"files\\{A}\\résumé.jpg".replace("é", "e\u0301")
    (made / "SHA256SUMS").write_bytes(f"{sha256_of('résumé.jpg'.encode()).upper()} *{name}\r\n".encode())
    record = only(survey(made, profile=PROFILE))
    assert codes(record) == []
    assert len(record.files[0].expected) == 1


def test_a_catalogue_that_differs_from_the_list_is_told(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"), checksums=True)
    with (made / "manifest-sha256.txt").open("a") as stream:
        stream.write(f"{sha256_of(b'another')}  catalogue.csv\n")
    assert [(f.code, f.subject) for f in all_findings(survey(made, profile=PROFILE))] == [
        ("checksum_differs", "catalogue.csv")
    ]


def test_a_list_of_checksums_made_inside_the_files_folder(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg", "002.jpg"))
    digest = sha256_of(b"001.jpg")
    (made / "SHA256SUMS").write_text(f"{digest}  {A}/001.jpg\n{digest}  ./{A}/003.jpg\n", "utf-8")
    plan = survey(made, profile=PROFILE)
    assert [[d.value for d in file.expected] for file in only(plan).files] == [[digest], []]
    assert codes(plan) == []
    assert [(f.code, f.subject) for f in only(plan).findings] == [
        ("file_not_in_checksum_list", A),
        ("checksum_names_missing_file", f"{A}/003.jpg"),
    ]


def bag(folder: Path) -> Path:
    files = pages(A, "001.jpg", "100%.jpg")
    delivery(folder / "data", [{"档号": A}], files)
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "bag-info.txt").write_text("Source-Organization: 某县\n")
    listed = {**files, "catalogue.csv": (folder / "data" / "catalogue.csv").read_bytes()}
    lines = [f"{sha256_of(data)}  data/{name.replace('%', '%25')}\n" for name, data in listed.items()]
    (folder / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
    return folder


def test_a_bag_is_a_delivery(tmp_path: Path) -> None:
    plan = survey(bag(tmp_path / "bag"), profile=PROFILE)
    assert (codes(plan), plan.batch, plan.catalogue) == ([], "bag", "data/catalogue.csv")
    assert codes(only(plan)) == ["name_made_safe"]  # the percent sign
    assert [bytes.fromhex(file.where).decode() for file in only(plan).files] == [
        f"data/files/{A}/001.jpg",
        f"data/files/{A}/100%.jpg",
    ]
    assert all(len(file.expected) == 1 for file in only(plan).files)
    assert names(only(plan)) == ["001.jpg", "100%.jpg"]


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda b: (b / "bagit.txt").write_text("BagIt\n"), "bag_declaration_malformed"),
        (lambda b: (b / "manifest-sha256.txt").unlink(), "bag_no_manifest"),
        (lambda b: (b / "data").rename(b / "date"), "bag_no_payload_folder"),
        (lambda b: (b / "fetch.txt").write_text("https://a/b 1 data/c\n"), "bag_to_be_fetched"),
        (lambda b: (b / "data/files" / A / "002.jpg").write_bytes(b"2"), "bag_unlisted_file"),
        (lambda b: (b / "data/files" / A / "001.jpg").unlink(), "checksum_names_missing_file"),
        (lambda b: (b / "bag-info.txt").write_text("Payload-Oxum: 1.1\n"), "bag_oxum_differs"),
        (lambda b: (b / "tagmanifest-md5.txt").write_text(f"{'0' * 32}  bag-info.txt\n"), "bag_digest_differs"),
        (lambda b: (b / "tagmanifest-md5.txt").write_text(f"{'0' * 32}  gone.txt\n"), "bag_missing_file"),
        (lambda b: (b / "manifest-sha256.txt").rename(b / "manifest-sha384.txt"), "bag_algorithm_unknown"),
        (lambda b: (b / "manifest-md5.txt").write_text(f"{'0' * 32}  bag-info.txt\n"), "bag_not_payload"),
    ],
)
def test_a_bag_that_is_none(tmp_path: Path, prepare: object, code: str) -> None:
    made = bag(tmp_path / "bag")
    prepare(made)  # type: ignore[operator]
    found = all_findings(survey(made, profile=PROFILE))
    assert code in {f.code for f in found}
    assert PROFILE.severity(code) is Severity.ERROR


def test_what_a_manifest_lists_beside_the_payload_is_not_called_missing(tmp_path: Path) -> None:
    made = bag(tmp_path / "bag")
    with (made / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(f"{'0' * 64}  bag-info.txt\n")
    assert codes(survey(made, profile=PROFILE)) == ["bag_not_payload"]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_odd_name_arrives(tmp_path: Path, archive: str) -> None:
    made = delivery(tmp_path, [{"档号": A}], {})
    files = unpacked(archive, made / "files" / A)
    record = only(survey(made, profile=PROFILE))
    assert sorted(file.original.raw for file in record.files) == sorted(files)
    assert ("name_not_utf8" in codes(record)) == (archive == "odd-names-raw.tar")


@pytest.mark.parametrize("path", [f"files/{A}/002.jpg", "manifest-sha256.txt", "catalogue.csv", "bagit.txt"])
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, path: str) -> None:
    """Asked without the rights of root, whom nothing stops."""
    code = (
        "import sys; from pathlib import Path; from pipeline.profiles import load_profile;"
        "from pipeline.stages.survey import survey;"
        "plan = survey(Path(sys.argv[1]), profile=load_profile('county'));"
        "found = [*plan.findings, *(f for record in plan.records for f in record.findings)];"
        "print(*(f'{f.code} {f.subject}' for f in found), sep=chr(10))"
    )
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg", "002.jpg"))
    (made / path).touch()
    (made / path).chmod(0)
    done = subprocess.run(
        [*RIGHTLESS, sys.executable, "-c", code, made],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert f"unreadable_file {path}" in done.stdout.splitlines()


def test_a_list_of_checksums_beyond_the_limit_is_not_taken_into_memory(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], pages(A, "001.jpg"))
    with (made / "manifest-md5.txt").open("wb") as hostile:
        hostile.truncate(2**40)
    plan = survey(made, profile=PROFILE)
    assert [(f.code, f.subject) for f in plan.findings if PROFILE.severity(f.code) is Severity.ERROR] == [
        ("file_too_large", "manifest-md5.txt")
    ]


def test_what_is_wrong_with_files_is_told_without_a_catalogue_too(tmp_path: Path) -> None:
    made = delivery(tmp_path, [{"档号": A}], {f"files/{A}/001.jpg": b""})
    (made / "files" / A / "002.jpg").symlink_to("001.jpg")
    (made / "catalogue.csv").unlink()
    assert codes(survey(made, profile=PROFILE)) == ["no_catalogue", "empty_file", "symbolic_link"]


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_such_folder"):
        survey(tmp_path / "none", profile=PROFILE)


def test_nothing_in_the_delivery_is_touched(tmp_path: Path) -> None:
    made = faulty_delivery(tmp_path / "faulty")

    def state() -> list[tuple[str, int, int, int]]:
        found = [made, *made.rglob("*")]
        return sorted((str(p), p.lstat().st_mtime_ns, p.lstat().st_ctime_ns, p.lstat().st_size) for p in found)

    before = state()
    survey(made, profile=PROFILE)
    assert state() == before


def test_twenty_thousand_files(tmp_path: Path) -> None:
    rows = [{"档号": f"K021-WS·2020·Y-{n:04d}"} for n in range(1000)]
    made = delivery(tmp_path, rows, {})
    for row in rows:
        folder = os.fsencode(made / "files" / row["档号"])
        Path(os.fsdecode(folder)).mkdir(parents=True)
        for page in range(1, 21):
            with open(folder + b"/%03d.jpg" % page, "wb") as file:  # noqa: PTH123 - bytes paths are quicker
                file.write(b"x")
    plan = survey(made, profile=PROFILE)
    assert sum(len(record.files) for record in plan.records) == 20_000
    assert all_findings(plan) == []


def test_a_column_that_is_missing_is_one_fault_and_the_others_are_told_all_the_same(tmp_path: Path) -> None:
    made = tmp_path / "d"
    made.mkdir()
    codes_ = [f"K021-ZY·{n:03d}" for n in range(1, 40)]
    lines = [
        "档号,题名,日期",
        *(f"{code},通知,20190230" if n == 3 else f"{code},通知,20190315" for n, code in enumerate(codes_)),
    ]
    (made / "catalogue.csv").write_text("\n".join(lines), "utf-8")
    for code in codes_:
        (made / "files" / code).mkdir(parents=True)
        (made / "files" / code / "001.jpg").write_bytes(code.encode())
    plan = survey(made, profile=PROFILE)
    assert plan.records == ()
    assert sorted(f.code for f in plan.findings) == ["date_invalid", "header_missing"]


def test_the_national_form_needs_no_column_of_the_period(tmp_path: Path) -> None:
    made = tmp_path / "d"
    (made / "files" / A).mkdir(parents=True)
    (made / "files" / A / "001.jpg").write_bytes(b"1")
    header, row = (
        "序号,档号,文号,责任者,题名,日期,密级,页数,备注",
        f"1,{A},某政发〔2020〕3号,某县人民政府,通知,2020.3.15,,1,",
    )
    (made / "catalogue.csv").write_text(f"归档文件目录\n{header}\n{row}\n合计,,,,,,,1,\n", "utf-8")
    plan = survey(made, profile=PROFILE)
    record = only(plan)
    about = record.description
    assert record.findings == ()
    assert (about.retention, about.value("year"), about.fonds, about.category) == ("永久", "2020", "K021", "WS")
    assert (about.value("document_number"), about.date) == ("某政发〔2020〕3号", "20200315")
    assert [f.code for f in plan.findings] == ["rows_passed_over", "dates_read"]


def test_a_row_whose_code_says_no_period_is_told_by_itself(tmp_path: Path) -> None:
    made = tmp_path / "d"
    for code in (A, "X032-KJ-01-003"):
        (made / "files" / code).mkdir(parents=True)
        (made / "files" / code / "001.jpg").write_bytes(code.encode())
    (made / "catalogue.csv").write_text(f"档号,题名,日期\n{A},甲,20200101\nX032-KJ-01-003,乙,20200101\n", "utf-8")
    plan = survey(made, profile=PROFILE)
    assert [[f.code for f in record.findings] for record in plan.records] == [[], ["value_missing"]]
