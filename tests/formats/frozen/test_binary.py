"""Documents of the old kinds: frozen in place, doubtful where they are not built as they should be."""

from pathlib import Path

import pytest

from pipeline.formats.frozen import binary
from pipeline.formats.frozen.biff import records
from pipeline.formats.frozen.seen import Seen
from pipeline.tools.ole_streams import CompoundFile
from tests.makers.office_files import today_ppt
from tests.makers.received import FILES


def frozen(name: str, folder: Path) -> tuple[Path, Seen]:
    source = today_ppt(folder / name) if name == "today.ppt" else FILES / name
    changed, seen = binary.freeze(source, folder / f"frozen-{name}", source.suffix[1:])
    assert changed and (folder / f"frozen-{name}").stat().st_size == source.stat().st_size
    again, _ = binary.freeze(folder / f"frozen-{name}", folder / "twice", source.suffix[1:])
    assert not again, "what is frozen has nothing left to freeze"
    return folder / f"frozen-{name}", seen


def test_word(tmp_path: Path) -> None:
    _, seen = frozen("fields.doc", tmp_path)
    text = "".join(seen.text)
    assert "落款日期域一：2019年03月15日" in text and "见附件一" in text and "DATE" not in text
    assert dict(seen.unsaved) == {"SAVEDATE": 1, "PRINTDATE": 1}


def test_excel(tmp_path: Path) -> None:
    path, seen = frozen("formulas.xls", tmp_path)
    kinds = {record.kind for record in records(CompoundFile.read_from(path).read("Workbook"))}
    assert not kinds & {0x0006, 0x04BC, 0x0221}
    assert {"县级报表", "合计：3", "abcd"} <= set("".join(seen.text).split("\n"))
    assert (seen.hidden_sheets, seen.hidden_rows, seen.comments) == (["隐藏"], 1, 1)
    assert dict(seen.unsaved) == {"表 &D": 1, "表 &F": 1}


def test_power_point(tmp_path: Path) -> None:
    _, seen = frozen("today.ppt", tmp_path)
    assert "扶贫工作汇报材料：落款" in "".join(seen.text) and dict(seen.unsaved) == {"date": 1}


@pytest.mark.parametrize(("name", "stream"), [("fields.doc", "WordDocument"), ("formulas.xls", "Workbook")])
def test_zeros_in_the_middle_are_a_doubt(tmp_path: Path, name: str, stream: str) -> None:
    file = CompoundFile.read_from(FILES / name)
    raw = file.read(stream)
    file.write_over(stream, raw[: len(raw) // 4] + bytes(len(raw) // 2) + raw[len(raw) // 4 + len(raw) // 2 :])
    file.write_to(tmp_path / name)
    locked, doubt = binary.looked_at(tmp_path / name, name[-3:])
    assert not locked and doubt is not None and doubt.code == "document_garbled"


def test_nothing_is_said_of_what_is_no_compound_file() -> None:
    assert binary.looked_at(FILES / "fields.rtf", "doc") == (False, None)
