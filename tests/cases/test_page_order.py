"""Volumes as they are scanned: pages in the order of the words and numbers of their names."""

import re
from pathlib import Path

from pipeline.domain.outcomes import State
from tests.makers.cases import Taken, case, taken


def page_order(done: Taken, code: str) -> list[str]:
    """Names of the originals in the order that record.xml gives."""
    text = done.members(code)["metadata/record.xml"].decode()
    return [name.rpartition(".")[0] for name in re.findall(r"<计算机文件名>([^<]*)<", text)]


def test_the_words_of_a_volume(tmp_path: Path) -> None:
    done = taken(case("page-order-names", tmp_path), tmp_path)
    assert page_order(done, "1401") == ["封面", "卷内目录001", "卷内目录002", "001", "002", "003", "备考表", "封底"]
    assert done.codes("1401") == set()


def test_letters_copies_and_double_sheets(tmp_path: Path) -> None:
    done = taken(case("page-order-letters", tmp_path), tmp_path)
    assert (done.of("4201").state, done.codes("4201")) == (State.STORED, set())
    assert page_order(done, "4201") == ["001-002", "003-004"]
    assert page_order(done, "4202") == ["001", "002", "002A", "003"]
    (told,) = [f for f in done.of("4203").findings if f.code == "page_count_differs"]
    assert (done.of("4203").state, told.fact("copies")) == (State.HELD, "002 - 副本.jpg")
