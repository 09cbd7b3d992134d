"""Every finding the program can make has its sentences, and every place in them is filled."""

import ast
import errno
import os
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.bag._report import EFFECTS
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES, load_profile
from pipeline.texts import Language, Text, Texts

PIPELINE = Path(__file__).parents[1] / "pipeline"
TEXTS = Texts.load()
ALWAYS_GIVEN = {"subject"}
NOT_MADE_YET = {"record_busy", "page_count_differs_inside"}
"""Agreed codes with sentences that no stage reports at present."""

MAKERS = {"finding", "Finding", "_finding", "_faulty", "breach", "_placed"}
"""Functions whose first or second argument is a code."""


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """(where, code, names of facts) of each call that makes a finding; None where the facts are not spelt out."""
    for path in sorted(PIPELINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in MAKERS:
                facts = {k.arg for k in node.keywords if k.arg is not None} - {
                    "record",
                    "row",
                    "code",
                    "subject",
                    "facts",
                }
                spelt_out = _name(node) == "finding" and all(k.arg is not None for k in node.keywords)
                for code in _codes(node):
                    yield f"{path.name}:{node.lineno}", code, facts if spelt_out else None


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _codes(node: ast.Call) -> Iterator[str]:
    said = [*node.args[: 3 if _name(node) == "_faulty" else 1], *(k.value for k in node.keywords if k.arg == "code")]
    for each in said:
        for part in ast.walk(each):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
                yield part.value


CALLS = list(calls())
CODES = sorted({code for _, code, _ in CALLS} | set(EFFECTS) | set(load_profile("county").severities))


def test_the_source_was_read() -> None:
    assert len(CODES) > 90
    assert {"empty_file", "damaged_file", "checksum_differs", "bag_missing_file", "index_garbled"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_sentences(code: str) -> None:
    text = TEXTS.findings[code]
    assert text.zh.strip()
    assert text.en.strip()
    assert bool(text.remedy_zh) == bool(text.remedy_en)
    assert any("\u4e00" <= c <= "\u9fff" for c in text.zh)
    assert not any("\u4e00" <= c <= "\u9fff" for c in text.en.replace("全宗号", ""))


def test_no_text_is_for_a_code_that_nobody_makes() -> None:
    whole = "\n".join(path.read_text("utf-8") for path in PIPELINE.rglob("*.py"))
    unused = sorted(code for code in TEXTS.findings if f'"{code}"' not in whole)
    assert set(unused) <= NOT_MADE_YET


@pytest.mark.parametrize(("where", "code", "facts"), [call for call in CALLS if call[2] is not None])
def test_every_place_is_filled(where: str, code: str, facts: set[str]) -> None:
    missing = TEXTS.findings[code].required_places() - facts - ALWAYS_GIVEN
    assert not missing, f"{where}: the sentence of {code} needs {sorted(missing)}"


@pytest.mark.parametrize("code", sorted(TEXTS.findings))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_places_and_brackets_are_well_formed(code: str, language: Language) -> None:
    text = TEXTS.findings[code]
    for template in (text.zh, text.en, text.remedy_zh, text.remedy_en):
        assert template.count("[[") == template.count("]]")
        assert list(string.Formatter().parse(template)) or not template  # raises on a lone brace
    full = finding(code, "主题", row=7, **dict.fromkeys(_places(text), "某"))
    bare = finding(code, "主题")
    for made in (TEXTS.sentence(full, language), TEXTS.sentence(bare, language), TEXTS.remedy(full, language)):
        assert not set(made) & set("{}")
        assert "[[" not in made


def _places(text: Text) -> set[str]:
    whole = text.zh + text.en + text.remedy_zh + text.remedy_en
    return {name for _, name, _, _ in string.Formatter().parse(whole) if name} - {"subject", "row"}


def test_a_sentence_in_both_languages() -> None:
    found = finding("page_count_differs", "K021-1", row=12, catalogue=5, found=3)
    assert TEXTS.sentence(found, "zh") == "第 12 行：K021-1 目录页数为 5，实有 3 个文件。"
    assert TEXTS.sentence(found, "en") == "row 12: K021-1: 5 pages in the catalogue, 3 files."
    assert "补扫" in TEXTS.remedy(found, "zh")
    assert TEXTS.sentence(finding("value_missing", "c.csv", row=3, field="title"), "zh") == "第 3 行：没有填写“题名”。"
    assert TEXTS.sentence(finding("value_missing", "c.csv", field="title"), "en") == "title is not filled in."


def test_a_reason_is_told_in_the_readers_language() -> None:
    lost = finding("unreadable_file", "1.tif", reason=os.strerror(errno.EACCES))
    assert TEXTS.sentence(lost, "zh") == "1.tif 读不出来：没有读取权限。"
    assert TEXTS.sentence(lost, "en") == "1.tif cannot be read: permission denied."
    both = finding("storage_failed", "K021-1", reason="磁盘满了 · the disk is full")
    assert TEXTS.sentence(both, "zh") == "K021-1 未能存入：磁盘满了。"
    assert TEXTS.sentence(both, "en") == "K021-1 could not be stored: the disk is full."


def test_reasons_of_survey_and_receipt_are_in_the_table_of_words() -> None:
    sources = [
        *PIPELINE.glob("codecs/catalogue*.py"),
        *(PIPELINE / "stages").glob("*.py"),
        *(PIPELINE / "delivery").glob("*.py"),
    ]
    told = {r for path in sources for r in re.findall(r'(?:reason=|Changed\()"([^"]+)"', path.read_text("utf-8"))}
    assert {"password", "gone", "it grows while it is read"} <= told
    assert told <= set(TEXTS.words)


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


@pytest.mark.parametrize("reason", TEXTS.reasons, ids=lambda reason: reason.en)
def test_a_reason_has_the_same_places_in_both_languages(reason: Any) -> None:
    places = {name for _, name, _, _ in string.Formatter().parse(reason.en) if name}
    filled = reason.en.format(**dict.fromkeys(places, "7"))
    told = TEXTS.sentence(finding("damaged_file", "1.tif", reason=filled), "zh")
    assert {name for _, name, _, _ in string.Formatter().parse(reason.zh) if name} == places
    assert reason.zh.format(**dict.fromkeys(places, "7")) in told or "程序报告 7" in told
    assert filled in TEXTS.sentence(finding("damaged_file", "1.tif", reason=filled), "en")


def test_a_reason_in_a_reason_and_a_programs_own_words() -> None:
    def told(reason: str) -> str:
        return TEXTS.sentence(finding("damaged_file", "1.tif", reason=reason), "zh")

    assert told("page 3: the header is cut short") == "1.tif 已损坏：第 3 页：文件头不完整。"
    assert told("page 3: VipsJpeg: premature end") == "1.tif 已损坏：第 3 页：程序报告 VipsJpeg: premature end。"
    lost = message("video_tracks_lost", made=1, found=2)
    assert TEXTS.sentence(finding("damaged_file", "1.tif", reason=lost), "zh") == (
        "1.tif 已损坏：原有 2 条画面轨道，只得到 1 条。"
    )
