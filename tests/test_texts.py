"""The tables of texts: both languages say the same facts, and no text is for a code that nobody makes.

That every code which the program makes has its sentences, and every place in them is filled, mypy holds: see
`.ci/mypy_messages.py` and the last test here.
"""

import errno
import re
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.bag import EFFECTS
from pipeline.domain.events import EventKind, Outcome
from pipeline.domain.findings import Finding, Severity, finding
from pipeline.domain.messages import message, told_by_program, told_by_system, word
from pipeline.domain.outcomes import State
from pipeline.domain.packages import FixityResult
from pipeline.domain.records import Role
from pipeline.domain.verdicts import Verdict
from pipeline.elements import element_rows
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES, load_profile
from pipeline.texts import Language, Text, Texts

ROOT = Path(__file__).parents[1]
TEXTS = Texts.load()
NOT_MADE_YET = {"record_busy", "page_count_differs_inside"}
"""Agreed codes with sentences that no stage reports at present."""

CODES = sorted(TEXTS.findings)
SOURCE = "\n".join(path.read_text("utf-8") for part in ("pipeline", "flows") for path in (ROOT / part).rglob("*.py"))


@pytest.mark.parametrize("code", sorted({*TEXTS.findings, *TEXTS.messages}))
def test_each_text_is_in_its_own_language(code: str) -> None:
    for text in (table[code] for table in (TEXTS.findings, TEXTS.messages) if code in table):
        said = re.sub(r"\{\w+\}", "", text.zh)
        assert any("\u4e00" <= c <= "\u9fff" for c in said) or not said.strip("[]（）：，；")
        assert not any("\u4e00" <= c <= "\u9fff" for c in text.en.replace("全宗号", ""))


def test_every_code_that_a_profile_or_the_bag_check_weighs_has_its_text() -> None:
    assert set(EFFECTS) | set(load_profile("county").severities) <= set(TEXTS.findings)


def test_no_text_is_for_a_code_that_nobody_makes() -> None:
    unused = sorted(code for code in (*TEXTS.findings, *TEXTS.messages) if f'"{code}"' not in SOURCE)
    assert set(unused) <= NOT_MADE_YET


@pytest.mark.parametrize("kind", [EventKind, FixityResult, Outcome, Role, Severity, State, Verdict])
def test_every_member_of_an_enum_that_is_shown_has_its_word(kind: type[StrEnum]) -> None:
    assert set(TEXTS.words[kind.__name__]) == {member.value for member in kind}


def test_every_element_of_a_catalogue_has_its_word() -> None:
    assert {row.element for row in element_rows()} <= set(TEXTS.words["field"])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_optional_is_said_where_it_is_given(code: str, language: Language) -> None:
    full = finding(code, "主题", row=7, **dict.fromkeys(_places(TEXTS.findings[code]), "某"))
    bare = finding(code, "主题")
    for made in (TEXTS.sentence(full, language), TEXTS.sentence(bare, language), TEXTS.remedy(full, language)):
        assert not set(made) & set("{}")
        assert "[[" not in made


def _places(text: Text) -> set[str]:
    whole = text.zh + text.en + text.remedy_zh + text.remedy_en
    return set(re.findall(r"\{(\w+)\}", whole)) - {"subject", "row"}


def test_a_sentence_in_both_languages() -> None:
    found = finding("page_count_differs", "K021-1", row=12, catalogue=5, found=3)
    assert TEXTS.sentence(found, "zh") == "第 12 行：K021-1 目录页数为 5，实有 3 个文件。"
    assert TEXTS.sentence(found, "en") == "row 12: K021-1: 5 pages in the catalogue, 3 files."
    assert "补扫" in TEXTS.remedy(found, "zh")
    assert (
        TEXTS.sentence(finding("value_missing", "c.csv", row=3, field=word("field", "title")), "zh")
        == "第 3 行：没有填写“题名”。"
    )
    assert (
        TEXTS.sentence(finding("value_missing", "c.csv", field=word("field", "title")), "en")
        == "title is not filled in."
    )


def test_a_reason_is_told_in_the_readers_language() -> None:
    lost = finding(
        "unreadable_file", "1.tif", reason=told_by_system(PermissionError(errno.EACCES, "Permission denied"))
    )
    assert TEXTS.sentence(lost, "zh") == "1.tif 无法读取：没有读取权限。"
    assert TEXTS.sentence(lost, "en") == "1.tif cannot be read: permission denied."
    odd = finding("unreadable_file", "1.tif", reason=told_by_system(OSError(errno.ENOTTY, "Inappropriate ioctl")))
    assert TEXTS.sentence(odd, "zh") == "1.tif 无法读取：程序报告 Inappropriate ioctl。"
    assert TEXTS.sentence(odd, "en") == "1.tif cannot be read: Inappropriate ioctl."


def test_several_reasons_are_said_one_after_the_other_and_none_twice() -> None:
    full, away = message("disk_full"), message("disk_gone")
    said = message("folder_store_failed", store="usb", folder="/mnt", reason=(full, away, full))
    assert TEXTS.say(said, "zh") == "usb（/mnt）：磁盘已满，请腾出空间后再运行；磁盘已断开，请重新连接"
    assert TEXTS.say(said, "en") == (
        "usb (/mnt): the disk is full: make room, then run this again; the disk has gone: connect it again"
    )


def test_words_of_ours_and_words_that_no_table_has() -> None:
    assert TEXTS.word(FixityResult.MISSING, "zh") == "缺失"
    assert TEXTS.word(FixityResult.COULD_NOT_TELL, "en") == "could not tell"
    assert TEXTS.say(word("field", "title"), "zh") == "题名"
    assert TEXTS.say(word("field", "household"), "zh") == "household"
    assert TEXTS.say(told_by_program("VipsJpeg: premature end"), "zh") == "程序报告 VipsJpeg: premature end"


def test_an_unknown_code_loses_nothing() -> None:
    found = finding("brand_new", "001.tif", row=3, reason="x", size=7)
    for language in ("zh", "en"):
        made = TEXTS.sentence(found, language)
        assert all(part in made for part in ("brand_new", "001.tif", "3", "reason=x", "size=7"))
        assert TEXTS.remedy(found, language) == ""


@given(st.sampled_from(CODES), st.sampled_from(["zh", "en"]))
def test_no_sentence_shows_a_citizens_number(code: str, language: Language) -> None:
    secret = "340000190001010023"
    facts = tuple((place, secret) for place in sorted(_places(TEXTS.findings[code])))
    found = Finding(code=code, subject=secret, facts=facts)
    assert secret not in TEXTS.sentence(found, language)
    assert secret not in TEXTS.remedy(found, language)
    assert secret not in TEXTS.sentence(Finding(code="new", subject=secret, facts=(("a", secret),)), language)


@pytest.mark.parametrize(
    "broken", ["", "[findings.a]\nzh = 1\n", "[findings.a]\nzh = 'x'\n[words]\n", "not toml", None]
)
def test_a_broken_table_is_named(tmp_path: Path, broken: str | None) -> None:
    if broken is not None:
        (tmp_path / "findings.toml").write_text(broken)
    with pytest.raises(ProfileError, match=r"findings\.toml"):
        Texts.load(tmp_path)


def test_the_table_lies_among_the_profiles() -> None:
    assert (PROFILES / "texts" / "findings.toml").is_file()


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("zh = '甲'\nen = ' '", "text_one_language"),
        ("zh = '甲'\nen = 'a'\nremedy_en = 'b'", "text_one_language"),
        ("zh = '甲{x}'\nen = 'a'", "text_places_differ"),
        ("zh = '甲{x}'\nen = 'a[[{x}]]'", "text_places_differ"),
        ("zh = '甲{x'\nen = 'a'", "text_brackets"),
        ("zh = '甲]]'\nen = 'a'", "text_brackets"),
    ],
)
def test_languages_that_disagree_are_named_at_start(tmp_path: Path, broken: str, named: str) -> None:
    (tmp_path / "a.toml").write_text(f"[messages.some_code]\n{broken}\n")
    with pytest.raises(ProfileError, match="some_code") as raised:
        Texts.load(tmp_path)
    assert str(raised.value.message.fact("fault")).startswith(named)


def test_a_code_in_two_tables_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text("[messages.twice]\nzh = '甲'\nen = 'a'\n")
    with pytest.raises(ProfileError, match="twice"):
        Texts.load(tmp_path)


WRONG = """
from pipeline.domain.findings import finding
from pipeline.domain.messages import message

message("nobody_wrote_this")
message("store_holds", store="usb")
message("store_holds", store="usb", key="k", colour="red")
finding("page_gap", "K021", missing="3")
finding("page_gap", "K021")
finding("no_such_finding", "K021")
message("store_holds", store="usb", key="k")
"""


def test_the_type_checker_holds_codes_and_facts_against_the_tables(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "wrong.py")],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    told = [line.partition("error: ")[2] for line in checked.stdout.splitlines() if "wrong.py" in line]
    assert [re.sub(r" *\[misc\]", "", each) for each in told] == [
        "no sentence for 'nobody_wrote_this': [messages.nobody_wrote_this] in profiles/texts",
        "the sentence of 'store_holds' needs key",
        "the sentence of 'store_holds' has no place for colour",
        "the sentence of 'page_gap' needs missing",
        "no sentence for 'no_such_finding': [findings.no_such_finding] in profiles/texts",
    ]
