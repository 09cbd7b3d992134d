import pytest

from pipeline.domain.wording import because, in_language


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("没有 · there is none", "没有", "there is none"),
        ("only English", "only English", "only English"),
        ("K021-WS · 2019 is a title", "K021-WS · 2019 is a title", "K021-WS · 2019 is a title"),
        ("没有 K021-ZP·2019·D30-025 · no K021-ZP·2019·D30-025", "没有 K021-ZP·2019·D30-025", "no K021-ZP·2019·D30-025"),
    ],
)
def test_one_half_of_a_text(text: str, zh: str, en: str) -> None:
    assert in_language(text, "both") == text
    assert in_language(text, "zh") == zh
    assert in_language(text, "en") == en


@pytest.mark.parametrize("reason", ["磁盘已满 · the disk is full", "the disk is full"])
def test_a_reason_is_told_in_the_language_of_what_it_explains(reason: str) -> None:
    text = because("未能存入", "not stored", reason)
    assert in_language(text, "zh") == f"未能存入：{in_language(reason, 'zh')}"
    assert in_language(text, "en") == "not stored: the disk is full"
