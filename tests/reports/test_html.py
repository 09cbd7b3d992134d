"""The report as one HTML file."""

from pathlib import Path

import pytest
from lxml import html

from pipeline.domain.findings import finding
from pipeline.reports.html import write_html
from tests.makers.told import ended, told

NUMBER = "340000190001010023"


def written(folder: Path, *args: object, **kwargs: object) -> str:
    path = folder / "r.html"
    write_html(path, told(*args, **kwargs), marked="c-退回.xlsx")  # type: ignore[arg-type]
    return path.read_text("utf-8")


def test_all_findings_kind_by_kind(tmp_path: Path) -> None:
    records = [ended(row, finding("page_gap", f"K-{row}", row=row, missing="003")) for row in range(2, 500)]
    text = written(tmp_path, *records, general=(finding("files_without_row", "files/x", count=2),))
    page = html.fromstring(text)
    assert text.count("缺第 003 页") == 499  # once more in what is told of the kind
    assert [each.get("class") for each in page.xpath("//h2[@id]")] == ["error", "error"]
    assert page.xpath("//a/@href") == ["#k0", "#k1"]
    assert "page_gap · 498" in text and "请补扫" in text and "c-退回.xlsx" in text


def test_names_are_escaped_masked_and_visible_and_nothing_runs(tmp_path: Path) -> None:
    odd = finding("empty_file", f'<img src=x onerror=1>\u202e{NUMBER}"\x1b.tif', row=2)
    text = written(tmp_path, ended(2, odd), ignored=("<b>Thumbs.db",))
    page = html.fromstring(text)
    assert not page.xpath("//script | //img | //b | //*[@onerror]")
    assert "⟨U+202E⟩" in text and "⟨U+001B⟩" in text and NUMBER not in text
    assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "")


@pytest.mark.parametrize(("lang", "there", "not_there"), [("zh", "缺第", "missing"), ("en", "missing", "缺第")])
def test_one_language_alone(tmp_path: Path, lang: str, there: str, not_there: str) -> None:
    text = written(tmp_path, ended(2, finding("page_gap", "K-2", row=2, missing="3")), lang=lang)
    assert there in text and not_there not in text


def test_nothing_to_mend(tmp_path: Path) -> None:
    assert "没有需要改正之处" in written(tmp_path, ended(2))
