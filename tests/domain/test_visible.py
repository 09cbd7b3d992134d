"""What cannot be seen is shown, and what is long can be told apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.visible import columns, shortened, shortened_path, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("files/K021-WS·2019·D10-0001/关于扶贫的通知（一）.tif", None),
        ("全角ＡＢＣ１２３　空格", None),
        ("Müller façade", None),
        ("བོད་ཡིག", None),
        ("ئۇيغۇرچە", None),
        ("汇𠮷𫓧\U00031350", None),
        ("1\x1b[31m红", "1⟨U+001B⟩[31m红"),
        ("a\tb\nc", "a⟨U+0009⟩b⟨U+000A⟩c"),
        ("通知\u202efdp.exe", "通知⟨U+202E⟩fdp.exe"),
        ("a\u200bb\ufeff\u2060", "a⟨U+200B⟩b⟨U+FEFF⟩⟨U+2060⟩"),
        ("a\u00a0b\u2003c", "a⟨U+00A0⟩b⟨U+2003⟩c"),
        ("a\u00adb", "a⟨U+00AD⟩b"),
        ("ab\u3164c", "ab⟨U+3164⟩c"),
        ("葛\U000e0100", "葛⟨U+E0100⟩"),
        ("e\u0301", "e⟨U+0301⟩"),
        ("か\u3099", "か⟨U+3099⟩"),
        ("\ue000", "⟨U+E000⟩"),
        ("\udcff", "⟨U+DCFF⟩"),
        ("\x9b31m", "⟨U+009B⟩31m"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str | None) -> None:
    assert visible(text) == (text if shown is None else shown)


def test_two_names_that_look_alike_do_so_no_more() -> None:
    alike = ["é.tif", "e\u0301.tif", "é\u200b.tif", "\u202dé.tif", "é.tif\u00a0"]
    assert len({visible(name) for name in alike}) == len(alike)


def test_what_is_kept() -> None:
    assert visible("a\nb\x1b", keep="\n") == "a\nb⟨U+001B⟩"


@given(st.text())
def test_no_text_moves_the_cursor(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in shown)


def test_a_long_name_keeps_both_its_ends_and_differs_from_its_like() -> None:
    one, other = ("关于" + "扶贫工作" * 30 + n + "情况汇报" * 30 + "（附件）.docx" for n in "甲乙")
    short, beside = shortened(one, 60), shortened(other, 60)
    assert columns(short) <= 60 and columns(beside) <= 60
    assert short.startswith("关于扶贫") and short.endswith("附件）.docx")
    assert short != beside
    assert shortened("短", 60) == "短"


def test_a_path_is_shortened_part_by_part() -> None:
    path = f"files/{'长' * 80}/001.tif"
    short = shortened_path(path, 40)
    assert short.startswith("files/长") and short.endswith("/001.tif") and columns(short) < 60
