import pytest

from pipeline.cli.console import Common, Console
from pipeline.cli.findings import MOST_INFO, FindingPrinter
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.profiles import load_profile

NUMBER = "340000190001010023"


@pytest.fixture
def printer() -> FindingPrinter:
    return FindingPrinter(Console(Common(lang="en")), load_profile("county"))


def gap(row: int) -> Finding:
    return finding("page_gap", f"K-{row}", record=f"K-{row}", row=row, missing="003")


def away(row: int, store: str = "usb") -> Finding:
    key = f"K021/WS/K-{row}/v0001/K-{row}-v0001.tar"
    reason = message("folder_store_failed", store=store, folder=f"/mnt/{store}", key=key, reason=message("disk_full"))
    return finding("storage_failed", f"K-{row}", record=f"K-{row}", row=row, reason=reason)


def test_gravest_first_and_by_row(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    warning = finding("format_unknown", "a.xyz", row=1)
    assert printer.show((warning, gap(9), gap(3))) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["[error]", "[error]", "[warning]"]
    assert ["K-3" in lines[0], "K-9" in lines[1]] == [True, True]


def test_nothing_is_told_twice(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    assert printer.show((gap(3), gap(3))) == 1
    assert printer.show((gap(3),)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_store_that_fails_every_record_is_told_once(
    printer: FindingPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    printer.show((*(away(row) for row in range(2, 50)), away(2, "nas")))
    out = capsys.readouterr().out
    assert out.count("(storage_failed)") == 2
    assert "and 47 more" in out


def test_faults_of_the_material_are_each_told(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    printer.show(tuple(gap(row) for row in range(2, 5)))
    assert capsys.readouterr().out.count("(page_gap)") == 3


def test_many_alike_are_told_on_two_lines(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    assert printer.show(gap(row) for row in range(2, 20_002)) == 20_000
    first, more = capsys.readouterr().out.splitlines()
    assert "K-2" in first
    assert more.strip() == "and 19,999 more alike (rows 2, 3, 4, 5, 6, 7, 8, 9…)"


def test_long_and_odd_names_are_told_apart(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (f"files/{'扫描件' * 30}{n}{'附件' * 30}/001\u202e.tif" for n in "甲乙")
    printer.show((finding("empty_file", one), finding("empty_file", other)))
    lines = capsys.readouterr().out.splitlines()
    assert len(set(lines)) == 2
    assert all(line.isprintable() and "001⟨U+202E⟩.tif" in line and len(line) < 160 for line in lines)


def test_notes_are_cut_short_and_counted(printer: FindingPrinter, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tuple(finding("header_unmapped", "c.csv", header=f"栏{n}") for n in range(MOST_INFO + 5))
    assert printer.show(notes) == 0
    out = capsys.readouterr().out
    assert out.count("(header_unmapped)") == MOST_INFO
    assert "5 more" in out


def test_texts_for_machines_are_masked_and_whole(printer: FindingPrinter) -> None:
    odd = finding("page_gap", f"户主{NUMBER}\n", row=7, missing="003")
    (told,) = printer.texts_of((odd, odd))
    assert (told["code"], told["severity"], told["row"]) == ("page_gap", "error", "7")
    assert told["zh"] != told["en"]
    assert NUMBER not in str(told)
    assert "\n" not in told["zh"] + told["en"]
