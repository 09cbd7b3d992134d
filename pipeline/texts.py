"""Sentences for findings, Chinese and English: what is wrong, and what to do. The texts are data in `profiles/texts/`.

A sentence has places in braces: `{subject}`, `{row}` and facts by name. What stands in double brackets is said
only where all its places are filled. Everything filled in is masked.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.domain.findings import Finding
from pipeline.domain.personal import mask
from pipeline.domain.wording import in_language
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES

Language = Literal["zh", "en"]

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_PLACE = re.compile(r"\{(\w+)\}")
_VALUE_TABLES = {"field", "what", "result", "differ_by", "reason"}
"""Facts whose values are words of ours, or of a system, that the table of words puts into the reader's language."""
_TWO_HALVES = {"reason"}
"""Facts whose values are texts of ours in both languages, of which the reader's is said."""


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
class _Words:
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All sentences. `words` are values of facts that are words of ours, such as field names."""

    findings: Mapping[str, Text]
    words: Mapping[str, _Words]

    @classmethod
    def load(cls, folder: Path = PROFILES / "texts") -> "Texts":
        """From `findings.toml`. Raises ProfileError naming file and place where it is wrong."""
        path = folder / "findings.toml"
        try:
            return msgspec.convert(tomllib.loads(path.read_text("utf-8")), cls)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ProfileError(str(error), file=str(path)) from error

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

        def fill(part: str) -> str:
            return _PLACE.sub(lambda m: places.get(m[1], "") or "?", part)

        def maybe(match: re.Match[str]) -> str:
            return match[1] if all(places.get(name) for name in _PLACE.findall(match[1])) else ""

        return mask(fill(_OPTIONAL.sub(maybe, template)))

    def _word(self, fact: str, value: str, lang: Language) -> str:
        """The value in the reader's language: from the table, or the one half of an error's `中文 · English`."""
        words = self.words.get(value) if fact in _VALUE_TABLES else None
        if words is not None:
            return words.zh if lang == "zh" else words.en
        return in_language(value, lang) if fact in _TWO_HALVES else value


def _plain(finding: Finding, lang: Language) -> str:
    facts = (
        "，".join(f"{k}={v}" for k, v in finding.facts)
        if lang == "zh"
        else ", ".join(f"{k}={v}" for k, v in finding.facts)
    )
    where = "" if finding.row is None else (f"第 {finding.row} 行：" if lang == "zh" else f"row {finding.row}: ")
    label = "检查发现" if lang == "zh" else "finding"
    return mask(f"{where}{label} {finding.code}: {finding.subject}" + (f" ({facts})" if facts else ""))
