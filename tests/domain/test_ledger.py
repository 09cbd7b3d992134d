"""The ledger's identifiers: the same on every machine, other for what is another."""

from dataclasses import replace

from pipeline.domain.findings import finding
from pipeline.domain.ledger import Delivery, Question, delivery_id

QUESTION = Question(
    delivery=delivery_id("batch", "/srv/batch"),
    package_id="K021-1",
    finding=finding("retention_unclear", "K021-1", value="永久或30年"),
    options=("permanent", "30"),
    asked_at="2026-01-01T00:00:00+00:00",
)


def test_a_delivery_is_known_by_its_name_and_folder() -> None:
    one = Delivery(name="batch", folder="/srv/batch")
    assert one.id == delivery_id("batch", "/srv/batch") == "5f33fb9276dd4b57"
    assert replace(one, profile="ours", rules="r", first_seen="2026").id == one.id
    assert len({one.id, delivery_id("batch", "/srv/other"), delivery_id("other", "/srv/batch")}) == 3


def test_no_two_pairs_run_together() -> None:
    assert delivery_id("ab", "c") != delivery_id("a", "bc")


def test_a_question_asked_again_is_the_same() -> None:
    later = replace(QUESTION, asked_at="2027-01-01T00:00:00+00:00", options=("permanent",))
    assert later.id == QUESTION.id
    assert replace(QUESTION, finding=replace(QUESTION.finding, facts=(), row=9)).id == QUESTION.id


def test_another_finding_record_or_delivery_is_another_question() -> None:
    others = (
        replace(QUESTION, delivery="other"),
        replace(QUESTION, package_id="K021-2"),
        replace(QUESTION, finding=finding("retention_invalid", "K021-1")),
        replace(QUESTION, finding=finding("retention_unclear", "K021-2")),
    )
    assert len({QUESTION.id, *(other.id for other in others)}) == 5
