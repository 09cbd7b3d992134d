from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.copies import earliest, worst

RESULTS = ["ok", "", "could not tell", "unreadable", "missing", "mismatch"]


@given(st.lists(st.sampled_from(RESULTS)))
def test_one_bad_copy_is_never_hidden_by_the_others(results: list[str]) -> None:
    assert worst(results) == max(results, key=RESULTS.index, default="")


def test_earliest_is_empty_where_one_was_never_audited() -> None:
    assert earliest(["2026-02-01", "2026-01-01"]) == "2026-01-01"
    assert earliest(["2026-02-01", ""]) == earliest([]) == ""
