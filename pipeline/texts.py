"""Sentences of findings and messages, Chinese and English: what is wrong, and what to do; data in `profiles/texts/`.

A sentence has places in braces: `{subject}`, `{row}` and facts by name. What stands in double brackets is said
only where all its places are filled. Everything filled in is masked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.domain.findings import Finding
from pipeline.domain.messages import IN_BOTH, WORD, Fact, Message, as_fact, message, plain, told_by_program
from pipeline.domain.personal import mask
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES
from pipeline.toml_tables import converted, read_toml

Language = Literal["zh", "en"]
BOTH: tuple[Language, Language] = ("zh", "en")

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_PLACE = re.compile(r"\{(\w+)\}")
_JOINED = {"zh": "；", "en": "; "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The sentences of one code: what is so, and what to do where somebody should act."""

    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""

    def whole(self, lang: Language) -> str:
        """Sentence and remedy as one text."""
        said, remedy = (self.zh, self.remedy_zh) if lang == "zh" else (self.en, self.remedy_en)
        return f"{said}{_JOINED[lang]}{remedy}" if remedy else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One word of ours in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentences:
    """What one file may hold; `words` by kind and value."""

    findings: dict[str, Text] = field(default_factory=dict)
    messages: dict[str, Text] = field(default_factory=dict)
    words: dict[str, dict[str, Words]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All sentences by code, and `words` by kind and value: names of fields, values of enums, the system's errors."""

    findings: Mapping[str, Text]
    messages: Mapping[str, Text]
    words: Mapping[str, Mapping[str, Words]]

    @classmethod
    def load(cls, folder: Path = PROFILES / "texts") -> "Texts":
        """From all tables in the folder. Raises ProfileError naming file and code where one is wrong, where a code
        stands in two of them, and where the two languages do not say the same facts."""
        findings: dict[str, Text] = {}
        messages: dict[str, Text] = {}
        words: dict[str, Mapping[str, Words]] = {}
        for path in sorted(folder.glob("*.toml")):
            table = converted(read_toml(path), _Sentences, path)
            for known, new in ((findings, table.findings), (messages, table.messages), (words, table.words)):
                if doubled := sorted(known.keys() & new.keys()):
                    raise ProfileError(message("text_doubled", codes=", ".join(doubled)), file=str(path))
            for code, text in (*table.findings.items(), *table.messages.items()):
                for fault in _faults(code, text):
                    raise ProfileError(fault, file=str(path))
            findings |= table.findings
            messages |= table.messages
            words |= table.words
        if not findings:
            raise ProfileError(message("texts_missing"), file=str(folder / "findings.toml"))
        return cls(findings=findings, messages=messages, words=words)

    def say(self, said: Message, lang: Language) -> str:
        """The message in one language, with what to do. For a code without a text: the code and all facts, so that
        nothing is lost."""
        if said.code == WORD:
            return self._said_word(said, lang)
        if said.code == IN_BOTH:
            return mask(plain(said.fact(lang)))
        text = self.messages.get(said.code)
        if text is None:
            return mask(str(said))
        return _filled(text.whole(lang), {name: self._said_fact(name, value, lang) for name, value in said.facts})

    def word(self, member: Enum, lang: Language) -> str:
        """What the member of an enum is called: `[words.KIND]`, the kind being the enum's name."""
        return self.fact(as_fact(member), lang)

    def fact(self, value: Fact, lang: Language) -> str:
        """A fact as text: several messages one after the other."""
        if isinstance(value, tuple):
            return _JOINED[lang].join(dict.fromkeys(self.say(each, lang) for each in value))
        return self.say(value, lang) if isinstance(value, Message) else value

    def reason(self, value: Fact, lang: Language) -> str:
        """A reason; one that is plain text, as version 0.1.0 kept them, as a program's own words."""
        return self.say(told_by_program(value), lang) if isinstance(value, str) and value else self.fact(value, lang)

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
        places |= {key: self._said_fact(key, value, lang) for key, value in finding.facts}
        return _filled(template, places)

    def _said_word(self, said: Message, lang: Language) -> str:
        kind, value, shown = (plain(said.fact(name)) for name in ("kind", "value", "shown"))
        words = self.words.get(kind, {}).get(value)
        if words is not None:
            return words.zh if lang == "zh" else words.en
        return self.say(told_by_program(shown), lang) if shown else mask(value)

    def _said_fact(self, name: str, value: Fact, lang: Language) -> str:
        return self.reason(value, lang) if name == "reason" else self.fact(value, lang)


def _faults(code: str, text: Text) -> Iterator[Message]:
    """What is wrong with the sentences of one code."""
    if not text.zh.strip() or not text.en.strip() or bool(text.remedy_zh) != bool(text.remedy_en):
        yield message("text_one_language", code=code)
    zh, en = text.whole("zh"), text.whole("en")
    for one, other in ((zh, en), (_OPTIONAL.sub("", zh), _OPTIONAL.sub("", en))):
        if differ := sorted(set(_PLACE.findall(one)) ^ set(_PLACE.findall(other))):
            yield message("text_places_differ", code=code, places=", ".join(differ))
    for each in (zh, en):
        if set(_PLACE.sub("", _OPTIONAL.sub(r"\1", each))) & set("{}") or each.count("[[") != each.count("]]"):
            yield message("text_brackets", code=code)


@cache
def all_texts() -> Texts:
    """The texts that come with the program, read once."""
    return Texts.load()


def in_english(fact: Fact) -> str:
    """A fact as English text, for what is written into packages in that language (`metadata/technical.json`)."""
    return all_texts().fact(fact, "en")


def _filled(template: str, places: Mapping[str, str]) -> str:
    """The template with its places filled; what stands in double brackets only where all its places are."""

    def maybe(match: re.Match[str]) -> str:
        return match[1] if all(places.get(name) for name in _PLACE.findall(match[1])) else ""

    return mask(_PLACE.sub(lambda m: places.get(m[1], "") or "?", _OPTIONAL.sub(maybe, template)))


def _plain(finding: Finding, lang: Language) -> str:
    facts = ("，" if lang == "zh" else ", ").join(f"{k}={plain(v)}" for k, v in finding.facts)
    where = "" if finding.row is None else (f"第 {finding.row} 行：" if lang == "zh" else f"row {finding.row}: ")
    label = "检查发现" if lang == "zh" else "finding"
    return mask(f"{where}{label} {finding.code}: {finding.subject}" + (f" ({facts})" if facts else ""))
