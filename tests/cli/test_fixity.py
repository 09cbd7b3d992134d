from dataclasses import replace

import pytest

from pipeline.cli.console import Common, Console
from pipeline.cli.fixity import result_word, show_reports
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.texts import all_texts
from tests.contracts.register import ID, a_report


def shown(capsys: pytest.CaptureFixture[str], *reports: FixityReport, lang: str = "en") -> str:
    show_reports(Console(Common(lang=lang)), reports)
    return capsys.readouterr().out


@pytest.mark.parametrize("result", [r for r in FixityResult if r is not FixityResult.OK])
def test_package_store_file_and_what_to_do(capsys: pytest.CaptureFixture[str], result: FixityResult) -> None:
    out = shown(capsys, a_report(result, "2026-01-01T00:00:00+00:00"), lang="zh")
    for word in (ID, "nas", "data/original/0001.tif", all_texts().word(result, "zh"), "处理："):
        assert word in out
    assert "to do" not in out


def test_changed_copies_are_each_told(capsys: pytest.CaptureFixture[str]) -> None:
    bad = a_report(FixityResult.MISMATCH, "2026-01-01T00:00:00+00:00")
    out = shown(capsys, bad, replace(bad, package_id="K021-B"))
    assert out.count("[changed]") == 2


def test_a_store_that_does_not_answer_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    silent = a_report(FixityResult.COULD_NOT_TELL, "2026-01-01T00:00:00+00:00", path="")
    out = shown(capsys, silent, replace(silent, package_id="K021-B"), replace(silent, store="usb"))
    assert out.count("[could not tell]") == 2
    assert "1 more" in out
    assert "K021-B" in out


def test_copies_that_were_never_there_are_told_once_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    lacking = replace(a_report(FixityResult.MISSING, "2026-01-01T00:00:00+00:00", path=""), bytes_read=0)
    others = [f"K021-{number:04d}" for number in range(30)]
    out = shown(capsys, lacking, *(replace(lacking, package_id=each) for each in others))
    assert out.count("[missing]") == 1
    assert "30 more" in out
    assert "K021-0000, K021-0001" in out
    assert "K021-0029" not in out


def test_copies_of_which_something_was_read_are_each_told(capsys: pytest.CaptureFixture[str]) -> None:
    short = replace(a_report(FixityResult.MISSING, "2026-01-01T00:00:00+00:00", path=""), bytes_read=512)
    assert shown(capsys, short, replace(short, package_id="K021-B")).count("[missing]") == 2


def test_words_for_what_the_register_keeps() -> None:
    console = Console(Common(lang="zh"))
    assert result_word(console, "") == ""
    assert {result_word(console, result.value) for result in FixityResult} == {
        all_texts().word(result, "zh") for result in FixityResult
    }
