"""归档文件目录 of DA/T 22-2015 as counties hand it in, and catalogues that lack a column."""

from pathlib import Path

from pipeline.domain.outcomes import State
from tests.makers.cases import taken
from tests.makers.catalogues import workbook

CODES = tuple(f"K021-WS·2018·D30·办公室-{number:04d}" for number in range(1, 4))
HEADER = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
DATES = ("2018.3.15", "二〇一八年三月十五日", "2018年3月")


def delivered(folder: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> Path:
    folder.mkdir()
    workbook(
        folder / "归档文件目录.xlsx", [("归档文件目录",), header, *rows, ("", "合计", "", "", "", "", "", len(rows))]
    )
    for code in CODES:
        (folder / "files" / code).mkdir(parents=True)
        (folder / "files" / code / "1.txt").write_text(code, "utf-8")
    return folder


def test_the_national_form_works_as_it_is(tmp_path: Path) -> None:
    rows = [
        (number, code, f"某办发〔2018〕{number}号", "某县人民政府办公室", "关于扶贫的通知", day, "", 1, "")
        for number, (code, day) in enumerate(zip(CODES, DATES, strict=True), 1)
    ]
    done = taken(delivered(tmp_path / "d", HEADER, rows), tmp_path, profile="originals-only")
    assert (done.exit_code, done.states()) == (0, {State.STORED})
    assert done.codes() == {"rows_passed_over", "dates_read"}
    assert all(done.codes(code) == set() for code in CODES)
    text = done.members("0002")["metadata/record.xml"].decode()
    for line in (
        "<全宗号>K021</全宗号>",
        '<日期 原文="二〇一八年三月十五日">20180315</日期>',
        '<保管期限 原文="D30" 取自="档号">30年</保管期限>',
        '<年度 取自="档号">2018</年度>',
        "<文件编号>某办发〔2018〕2号</文件编号>",
        "<序号>2</序号>",
    ):
        assert line in text
    assert '<日期 原文="2018年3月">20180300</日期>' in done.members("0003")["metadata/record.xml"].decode()


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    header = tuple(name for name in HEADER if name != "日期")
    rows = [(n, code, "", "某县人民政府办公室", "关于扶贫的通知", "", 1, "") for n, code in enumerate(CODES, 1)]
    done = taken(delivered(tmp_path / "d", header, rows), tmp_path, profile="originals-only")
    assert (done.exit_code, done.outcomes) == (1, ())
    assert [f.code for f in done.findings if f.code != "rows_passed_over"] == ["header_missing"]
