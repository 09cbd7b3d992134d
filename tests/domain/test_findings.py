"""Findings: a code, a subject, facts by name."""

from pipeline.domain.findings import finding
from pipeline.domain.messages import message


def test_facts_are_text_or_messages_in_the_order_of_their_names() -> None:
    reason = message("file_gone")
    found = finding("checksum_differs", "001.tif", record="K021-1", row=3, size=12, found="a", reason=reason)
    assert (found.record, found.row) == ("K021-1", 3)
    assert found.facts == (("found", "a"), ("reason", reason), ("size", "12"))
    assert found.fact("size") == "12"
    assert found.fact("reason") is reason


def test_a_fact_that_is_not_given_is_empty() -> None:
    assert finding("empty_file", "1.tif").fact("size") == ""


def test_the_same_facts_make_the_same_finding() -> None:
    assert finding("x", "y", a=1, b=2) == finding("x", "y", b="2", a="1")
    assert len({finding("x", "y", a=1), finding("x", "y", a=1)}) == 1
