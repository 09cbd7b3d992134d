import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.register.rules import earliest, search_key, worst

RESULTS = ["ok", "", "could not tell", "unreadable", "missing", "mismatch"]


@given(st.lists(st.sampled_from(RESULTS)))
def test_one_bad_copy_is_never_hidden_by_the_others(results: list[str]) -> None:
    assert worst(results) == max(results, key=RESULTS.index, default="")


def test_earliest_is_empty_where_one_was_never_audited() -> None:
    assert earliest(["2026-02-01", "2026-01-01"]) == "2026-01-01"
    assert earliest(["2026-02-01", ""]) == earliest([]) == ""


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_search_key_is_its_own(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(("typed", "stored"), [("ＫＯ２１", "KO21"), ("Ä", "a\u0308"), ("㐂", "㐂"), ("﨑", "﨑")])
def test_what_is_the_same_to_a_reader_is_found(typed: str, stored: str) -> None:
    assert search_key(typed) == search_key(stored) or search_key(typed) in search_key(stored)
