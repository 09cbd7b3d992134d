"""Citizens' and account numbers: found where they are, left alone where they are not."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.personal import citizen_numbers, mask

VALID = "340000190001010023"  # a district that never issued one, born in 1900; the check digit is right


def test_a_number_is_found_and_masked() -> None:
    text = f"关于落实马春生（{VALID}）户低保待遇的复函"
    assert citizen_numbers(text) == (VALID,)
    assert VALID not in mask(text)
    assert mask(text) == "关于落实马春生（340*************23）户低保待遇的复函"


@pytest.mark.parametrize(
    "typed",
    [
        "340000190001010024",  # a typist's slip in the check digit names the same person
        "３４００００１９０００１０１００２３",
        "340000 19000101 0023",
        "340000-19000101-0023",
        "11010519491231002X",
        "11010519491231002x",
    ],
)
def test_other_spellings_are_found_and_masked(typed: str) -> None:
    assert citizen_numbers(f"户主{typed}，石桥镇") == (typed,)
    assert typed not in mask(f"户主{typed}，石桥镇")
    assert mask(f"户主{typed}，石桥镇").startswith(f"户主{typed[:3]}*")


@pytest.mark.parametrize(
    "text",
    [
        "K021-ZY·FP·2019·Y-001",
        "340000190013010023",  # no thirteenth month
        "2019-03-15 12:30:45",
        "3400001900010100231",  # nineteen digits
        "340000 19000101 0024",  # blanks and a wrong check digit: chance
    ],
)
def test_other_digits_are_no_citizens_number(text: str) -> None:
    assert citizen_numbers(text) == ()


@pytest.mark.parametrize("account", ["6222021234567890123", "6222021234567890", "6222 0212 3456 7890 123"])
def test_account_numbers_are_masked(account: str) -> None:
    assert account not in mask(f"账号{account}。")


@pytest.mark.parametrize(
    "text",
    [
        "IMG_20190315123045123.jpg",
        "K021-WS·2020·D30-0004",
        "20190315",
        "13800138000",
        "第 3、5-7 页",
        "1073741824 bytes",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_the_old_number_of_fifteen_digits_is_masked() -> None:
    assert mask("340000490101002") == "340**********02"
    assert mask("340000991301002") == "340000991301002"


def test_digests_stay_even_where_they_look_like_numbers() -> None:
    digest = "ab" + VALID + hashlib.sha256(b"").hexdigest()[20:]
    assert len(digest) == 64
    assert mask(f"expected {digest}.") == f"expected {digest}."


@given(st.text())
def test_masking_changes_no_length_and_is_settled_at_once(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert mask(mask(text)) == mask(text)
    assert citizen_numbers(mask(text)) == ()


@given(
    st.text(alphabet="户档案 abc-（", max_size=8),
    st.integers(110000, 659999),
    st.dates().filter(lambda d: 1850 <= d.year < 2100),
    st.integers(0, 999),
    st.sampled_from("0123456789Xx"),
)
def test_no_number_survives_masking(before: str, district: int, born: object, order: int, check: str) -> None:
    number = f"{district}{born:%Y%m%d}{order:03d}{check}"
    assert number not in mask(f"{before}{number}户")
