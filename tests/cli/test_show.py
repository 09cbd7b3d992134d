from collections.abc import Callable

from tests.cli.conftest import PHOTOS, TEXT, Filled
from tests.makers.terminal import Terminal


def test_one_package(filled: Filled) -> None:
    done = filled.terminal.type("show", PHOTOS)
    assert done.code == 0
    for word in (PHOTOS, "照片组", "30年", "first, second", "data/original/002.jpg", "image/jpeg", "replication"):
        assert word in done.out


def test_events_in_the_language_asked_for(filled: Filled) -> None:
    zh, en = (filled.terminal.type("show", PHOTOS, "--lang", lang).out for lang in ("zh", "en"))
    assert "存入副本" in zh and "成功" in zh
    assert "replication" not in zh and "success" not in zh
    assert "replication" in en and "存入副本" not in en


def test_for_machines(filled: Filled) -> None:
    shown = filled.terminal.type("show", TEXT, "--json").json
    assert shown["index"]["package_id"] == TEXT
    assert shown["copies"] == ["first", "second"]
    assert {"data/original/001.txt", "data/original/附件.txt"} <= {m["path"] for m in shown["index"]["members"]}


def test_however_the_code_is_typed(filled: Filled) -> None:
    assert filled.terminal.type("show", "Ｋ０２１-WS・2020・Y-0001", "--lang", "en").code == 0


def test_an_unknown_one(filled: Filled) -> None:
    done = filled.terminal.type("show", "K021-ZP", "--lang", "zh")
    assert done.code == 2
    assert PHOTOS in done.err
    assert "there is no" not in done.err
    done = filled.terminal.type("show", "K021-ZP", "--lang", "en")
    assert PHOTOS in done.err
    assert "没有" not in done.err


def test_the_last_result_in_words(own: Terminal) -> None:
    own.type("audit", TEXT)
    assert "完好" in own.type("show", TEXT, "--lang", "zh").out


def test_what_audits_found(own: Terminal, flip: Callable[[Terminal, str, str, bytes], None]) -> None:
    flip(own, "b", TEXT, "一、基本情况\n".encode())
    assert own.type("audit", TEXT).code == 6
    shown = own.type("show", TEXT, "--lang", "zh").out
    assert "核对发现" in shown
    assert "data/original/001.txt" in shown.split("核对发现")[1]
    assert [fault["result"] for fault in own.type("show", TEXT, "--json").json["faults"]] == ["mismatch"]
