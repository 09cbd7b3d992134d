"""One record in two rows: told of the later one."""

from pathlib import Path

from pipeline.checks.delivery.records_distinct import CHECK
from pipeline.domain.verdicts import evidence_of
from tests.makers.surveyed import A, B, judged, made

C = "K021-WS·2020·Y-0003"


def told(folder: Path, *titles: str, sizes: tuple[int, ...] = (2000, 2000, 2000)) -> list[tuple[str, str]]:
    rows = [{"档号": code, "题名": title, "页数": "1"} for code, title in zip((A, B, C), titles, strict=True)]
    files = {
        f"files/{code}/001.jpg": bytes([n]) * size for n, (code, size) in enumerate(zip((A, B, C), sizes, strict=True))
    }
    return [(f.subject, str(f.fact("other"))) for f in evidence_of(judged(CHECK, made(folder, rows, files)))]


def test_the_same_title_and_files(tmp_path: Path) -> None:
    assert told(tmp_path / "1", "甲", "甲", "甲") == [(B, A), (C, A)]
    assert told(tmp_path / "2", "甲", "乙", "丙") == []
    assert told(tmp_path / "3", "甲", "甲", "甲", sizes=(2000, 2001, 2002)) == []
    assert told(tmp_path / "4", "甲", "甲", "甲", sizes=(9, 9, 9)) == [], "small files are often as long"
