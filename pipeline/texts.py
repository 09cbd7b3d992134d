"""Sentences for findings, Chinese and English: what is wrong, and what to do. The texts are data in `profiles/texts/`.

A sentence has places in braces: `{subject}`, `{row}` and facts by name. What stands in double brackets is said
only where all its places are filled. Everything filled in is masked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.domain.findings import Finding
from pipeline.domain.messages import Fact, Message
from pipeline.domain.personal import mask
from pipeline.domain.wording import in_language, is_chinese
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES
from pipeline.toml_tables import converted, read_toml

Language = Literal["zh", "en"]

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_PLACE = re.compile(r"\{(\w+)\}")
_VALUE_TABLES = {"field", "what", "result", "differ_by", "reason"}
"""Facts whose values are words of ours, or of a system, that the table of words puts into the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The sentences of one code."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def required_places(self) -> frozenset[str]:
        """Places outside double brackets, in any of the four sentences: facts that must be given."""
        whole = " ".join((self.zh, self.en, self.remedy_zh, self.remedy_en))
        return frozenset(_PLACE.findall(_OPTIONAL.sub("", whole)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """The sentence of a message in both languages, with what to do where it does not say so itself."""

    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """A reason in both languages, with the same places in braces."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentences:
    """What one file may hold."""

    findings: dict[str, Text] = field(default_factory=dict)
    messages: dict[str, MessageText] = field(default_factory=dict)
    words: dict[str, _Words] = field(default_factory=dict)
    reasons: tuple[_Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All sentences. `words` are values of facts that are words of ours, such as field names; `reasons` what a finding
    may give as its reason."""

    findings: Mapping[str, Text]
    messages: Mapping[str, MessageText]
    words: Mapping[str, _Words]
    reasons: tuple[_Reason, ...]

    @classmethod
    def load(cls, folder: Path = PROFILES / "texts") -> "Texts":
        """From all tables in the folder. Raises ProfileError naming file and place where one is wrong, or where a code
        stands in two of them."""
        findings: dict[str, Text] = {}
        messages: dict[str, MessageText] = {}
        words: dict[str, _Words] = {}
        reasons: tuple[_Reason, ...] = ()
        for path in sorted(folder.glob("*.toml")):
            table = converted(read_toml(path), _Sentences, path)
            doubled = [*(findings.keys() & table.findings), *(messages.keys() & table.messages)]
            if doubled:
                raise ProfileError(f"{', '.join(sorted(doubled))} stand in an earlier table too", file=str(path))
            findings |= table.findings
            messages |= table.messages
            words |= table.words
            reasons += table.reasons
        if not findings:
            raise ProfileError("the sentences of the findings are missing", file=str(folder / "findings.toml"))
        return cls(findings=findings, messages=messages, words=words, reasons=reasons)

    def say(self, message: Message, lang: Language) -> str:
        """The message in one language, with what to do. For a code without a text: the code and all facts, so that
        nothing is lost."""
        text = self.messages.get(message.code)
        if text is None:
            return mask(str(message))
        said, remedy = (text.zh, text.remedy_zh) if lang == "zh" else (text.en, text.remedy_en)
        whole = f"{said}{'；' if lang == 'zh' else '. '}{remedy}" if remedy else said
        return _filled(whole, {name: self._word(name, value, lang) for name, value in message.facts})

    def sentence(self, finding: Finding, lang: Language) -> str:
        """What is wrong. For a code without a text: the code, its subject and all facts, so that nothing is lost."""
        text = self.findings.get(finding.code)
        if text is None:
            return _plain(finding, lang)
        return self._filled(text.zh if lang == "zh" else text.en, finding, lang)

    def remedy(self, finding: Finding, lang: Language) -> str:
        """What to do; an empty string where nothing need be done."""
        text = self.findings.get(finding.code)
        if text is None:
            return ""
        return self._filled(text.remedy_zh if lang == "zh" else text.remedy_en, finding, lang)

    def _filled(self, template: str, finding: Finding, lang: Language) -> str:
        places = {"subject": finding.subject, "row": "" if finding.row is None else str(finding.row)}
        places |= {key: self._word(key, value, lang) for key, value in finding.facts}
        return _filled(template, places)

    def _word(self, fact: str, value: Fact, lang: Language) -> str:
        """The value in the reader's language: from the table, or the one half of an error's `中文 · English`."""
        if isinstance(value, Message):
            return self.say(value, lang)
        words = self.words.get(value) if fact in _VALUE_TABLES else None
        if words is not None:
            return words.zh if lang == "zh" else words.en
        return self._reason(value, lang) if fact == "reason" else value

    def _reason(self, value: str, lang: Language) -> str:
        """A reason of ours in the reader's language; a program's own words, marked as such."""
        half = in_language(value, lang)
        if lang == "en" or is_chinese(half):
            return half
        for known in self.reasons:
            if match := _pattern(known.en).fullmatch(half):
                said = {name: self._word(name, text, lang) for name, text in match.groupdict().items()}
                return known.zh.format(**said)
        return f"程序报告 {half}"


@cache
def _own() -> Texts:
    return Texts.load()


def in_english(fact: Fact) -> str:
    """A fact as English text, for what is written into packages in that language (`metadata/technical.json`)."""
    return fact if isinstance(fact, str) else _own().say(fact, "en")


def _filled(template: str, places: Mapping[str, str]) -> str:
    """The template with its places filled; what stands in double brackets only where all its places are."""

    def maybe(match: re.Match[str]) -> str:
        return match[1] if all(places.get(name) for name in _PLACE.findall(match[1])) else ""

    return mask(_PLACE.sub(lambda m: places.get(m[1], "") or "?", _OPTIONAL.sub(maybe, template)))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Matches what the template may say, whatever stands in its places."""
    parts = _PLACE.split(template)
    made = (f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile("".join(made), re.DOTALL)


def _plain(finding: Finding, lang: Language) -> str:
    facts = (
        "，".join(f"{k}={v}" for k, v in finding.facts)
        if lang == "zh"
        else ", ".join(f"{k}={v}" for k, v in finding.facts)
    )
    where = "" if finding.row is None else (f"第 {finding.row} 行：" if lang == "zh" else f"row {finding.row}: ")
    label = "检查发现" if lang == "zh" else "finding"
    return mask(f"{where}{label} {finding.code}: {finding.subject}" + (f" ({facts})" if facts else ""))
