import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.register.rules import search_key


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_search_key_is_its_own(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(("typed", "stored"), [("ＫＯ２１", "KO21"), ("Ä", "a\u0308"), ("㐂", "㐂"), ("﨑", "﨑")])
def test_what_is_the_same_to_a_reader_is_found(typed: str, stored: str) -> None:
    assert search_key(typed) == search_key(stored) or search_key(typed) in search_key(stored)
