"""`lantai check-in`: what a contractor sees before anything is handed in."""

import json
from pathlib import Path

import pytest

from pipeline.cli import app
from pipeline.cli.check_in import command
from pipeline.cli.console import Common
from tests.cli.test_json import faults
from tests.makers.deliveries import delivery

A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"
PAGE = Path(__file__).resolve().parents[1] / "fixtures" / "files" / "sound.jpg"


def made(folder: Path) -> Path:
    """A record that is well, and one whose picture is none."""
    files = {f"files/{A}/001.jpg": PAGE.read_bytes(), f"files/{B}/001.jpg": b"no picture"}
    return delivery(
        folder, [{"档号": A, "页数": "1"}, {"档号": B, "页数": "1", "题名": "另一件"}], files, extra_headers=["页数"]
    )


def test_without_a_home_everything_is_told_and_nothing_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "移交")
    monkeypatch.chdir(tmp_path)
    assert command(folder, common=Common(json=True)) == 1
    told = json.loads(capsys.readouterr().out)
    assert faults("check-in", told) == []
    assert [each["state"] for each in told["report"]["outcomes"]] == ["checked", "held"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lantai-reports", "移交"]


def test_what_was_looked_at_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(tmp_path)
    (folder / "files" / B / "001.jpg").write_bytes(PAGE.read_bytes())
    assert command(folder, common=Common(lang="zh")) == 0
    out = capsys.readouterr().out
    assert "已做检查，未发现错误（检查了目录、文件、页数、格式）" in out
    assert "检查通过 2 件" in out
    assert "未入库，也未改动移交文件夹" in out


def test_it_answers_to_both_names() -> None:
    assert "移交前检查" in app()["check"].help and "移交前检查" in app()["check-in"].help


def test_the_reports_lie_where_asked_and_never_in_the_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "移交")
    (folder / "photos.xlsx").write_bytes(b"table")
    before = sorted(folder.rglob("*"))
    monkeypatch.chdir(folder / "files")
    assert command(folder, common=Common(json=True)) == 1
    reports = [Path(each) for each in json.loads(capsys.readouterr().out)["reports"]]
    assert [each.name for each in reports] == ["检查报告.html", "catalogue-退回.xlsx", "photos.xlsx"]
    assert all(each.is_relative_to(tmp_path / "lantai-reports") for each in reports)
    assert reports[2].read_bytes() == b"table"
    assert command(folder, report_to=tmp_path / "报告", common=Common(lang="zh")) == 1
    assert f"检查报告已写入 {tmp_path / '报告'}" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "报告").iterdir()) == [
        "catalogue-退回.xlsx",
        "检查报告.html",
        "附表",
    ]
    assert sorted(folder.rglob("*")) == before


def test_a_folder_that_cannot_be_written_costs_the_reports_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert command(made(tmp_path / "d"), report_to=tmp_path / "file" / "x", common=Common(lang="zh")) == 1
    assert "检查报告未能写入" in capsys.readouterr().err
