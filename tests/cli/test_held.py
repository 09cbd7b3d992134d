"""What waits, as it is printed."""

import pytest

from pipeline.cli.console import Common, Console
from pipeline.cli.held import show_held, texts_of_held
from pipeline.register.memory import MemoryRegister
from tests.contracts.register import ID, TITLE, a_held
from tests.makers.real_packages import an_index


def test_by_delivery_and_row(capsys: pytest.CaptureFixture[str]) -> None:
    register = MemoryRegister()
    held = [
        a_held("B", row=9),
        a_held("A", row=3),
        a_held("", title="", code="no_catalogue", row=0),
        a_held(ID, delivery="z"),
    ]
    register.add_version(an_index(ID), (), [], source_state="")
    show_held(Console(Common(lang="zh")), held, register)
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip()[:4] for line in lines if not line.startswith("    ")] == [
        "demo",
        "整批的问",
        "第 3 ",
        "第 9 ",
        "z  /",
        "第 7 ",
    ]
    assert "库中已有同一档号的包" in lines[-1]
    assert TITLE in lines[-3]


def test_for_machines() -> None:
    (text,) = texts_of_held([a_held(), a_held(delivery="b")])
    assert (text["code"], text["row"]) == ("page_gap", "7")
    assert text["zh"] != text["en"]
