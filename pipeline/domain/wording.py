"""Texts in two languages, written `中文 · English`: how they are put together, and how one half is taken out again."""

import re

_HAN = re.compile(r"[\u4e00-\u9fff]")


def is_chinese(text: str) -> bool:
    """Whether there are Chinese characters in it."""
    return _HAN.search(text) is not None


def in_language(text: str, language: str) -> str:
    """One half of a text written as `中文 · English`; the whole where it has one language only, or both are wanted."""
    zh, both, en = text.partition(" · ")
    if not both or language == "both" or not is_chinese(zh):
        return text
    return zh if language == "zh" else en


def because(zh: str, en: str, reason: object) -> str:
    """A text with its reason, which may itself be of two halves, each behind the words of its language."""
    said = str(reason)
    return f"{zh}：{in_language(said, 'zh')} · {en}: {in_language(said, 'en')}"
