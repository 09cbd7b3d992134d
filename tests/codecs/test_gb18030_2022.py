"""GB 18030-2022: the codes that moved, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.gb18030_2022 import decode_gb18030


@pytest.mark.parametrize(
    ("code", "char"), [("A6D9", "︐"), ("A6F3", "︙"), ("A8BC", "ḿ"), ("FE59", "龴"), ("FEA0", "龻"), ("FE51", "𠂇")]
)
def test_codes_that_moved(code: str, char: str) -> None:
    assert decode_gb18030(bytes.fromhex(code)) == char


@given(st.text(st.characters(exclude_categories=["Cs", "Co"])))
def test_every_other_text_is_as_before(text: str) -> None:
    assert decode_gb18030(text.encode("gb18030")) == text


def test_what_is_no_gb18030_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_gb18030(b"\xff")
