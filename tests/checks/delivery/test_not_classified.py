"""What is marked as a state secret: in its column, with a star anywhere, in names; and what only looks like it."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.not_classified import CHECK, is_classified
from pipeline.domain.verdicts import Failed, Passed
from pipeline.profiles import load_profile
from tests.makers.deliveries import delivery, pages
from tests.makers.surveyed import A, B, codes, judged, made

RULES = load_profile("county").delivery


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    "value",
    [
        "秘密", "机密", "绝密", "秘密级", "机密★10年", "绝密★", "秘密★", "机密☆长期", "机 密 ★ 20 年", "秘密　★５年",
        "（机密）", "机密★2030年1月1日", "機密", "絕密★30年", "\u200b秘\u200b密", "JM", "ｊｍ", "Secret", "TOP SECRET",
        "★10年", "秘密、内部",
    ],
)  # fmt: skip
def test_what_is_a_state_secret(value: str) -> None:
    assert is_classified(value, RULES)


@pytest.mark.parametrize(
    "value",
    ["", "公开", "国内", "内部", "内部资料", "无", "非密", "普通", "商业秘密", "工作秘密", "GK", "summary", "1"],
)
def test_what_is_none(value: str) -> None:
    assert not is_classified(value, RULES)


@pytest.mark.parametrize(
    ("header", "value", "found"),
    [
        ("密级", "机密★10年", ["classified_material"]),
        ("密级和保密期限", "秘密 5年", ["classified_material"]),
        ("题名", "关于边防工作的报告 机密★10年", ["classified_material"]),
        ("备注", "秘密 ★ 长期", ["classified_material"]),
        ("题名", "关于边防工作的报告（机密）", ["classification_mentioned"]),
        ("题名", "关于印发保守秘密工作规定的通知", []),
        ("题名", "评选五★级机密室的通知", []),
        ("备注", "（一）商业秘密", []),
    ],
)
def test_by_column(tmp_path: Path, header: str, value: str, found: list[str]) -> None:
    row = {"档号": A, header: value}
    folder = delivery(tmp_path / "d", [row], pages(A, "001.jpg"), extra_headers={header} - {"题名"})
    assert codes(judged(CHECK, folder)) == found


def test_a_name_with_a_mark(tmp_path: Path) -> None:
    files = pages(A, "机密★20年 001.jpg", "机密★20年 002.jpg") | pages(B, "机密工作001.jpg")
    result = judged(CHECK, made(tmp_path, [{"档号": A}, {"档号": B}], files))
    assert isinstance(result, Failed)
    assert [(each.code, each.row) for each in result.evidence] == [("classified_material", 2)]
