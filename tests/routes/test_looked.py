"""What of a delivery was really looked at."""

import pytest

from pipeline.domain.ledger import Surveyed
from pipeline.domain.outcomes import State
from pipeline.routes.looked import looked_at


def surveyed(records: int = 3, *, paged: int = 3, compared: int = 0, catalogue: str = "c.csv") -> Surveyed:
    return Surveyed(catalogue=catalogue, records=records, files=6, bytes=60, paged=paged, compared=compared)


def test_all_was_looked_at() -> None:
    looked = looked_at(surveyed(compared=6), {State.UNDER_WORK: 3})
    assert (looked.catalogue, looked.files, looked.digests, looked.pages, looked.formats) == (True,) * 5
    assert (looked.unpaged, looked.unchanged) == (0, 0)


@pytest.mark.parametrize(
    "counts",
    [{}, {State.UNDER_WORK: 2}, {State.UNDER_WORK: 2, State.FAILED: 1}, {State.STORED: 2, State.HELD: 1}],
)
def test_nothing_is_claimed_where_one_record_was_not_read(counts: dict[State, int]) -> None:
    looked = looked_at(surveyed(compared=6), counts)
    assert looked.catalogue
    assert not (looked.files or looked.digests or looked.pages or looked.formats)


def test_pages_that_nobody_compared_are_counted() -> None:
    looked = looked_at(surveyed(paged=1), {State.CHECKED: 3})
    assert (looked.files, looked.pages, looked.unpaged, looked.digests) == (True, False, 2, False)


def test_what_was_stored_before_was_not_read_again() -> None:
    assert looked_at(surveyed(), {State.UNCHANGED: 3}).files is False
    assert looked_at(surveyed(), {State.UNCHANGED: 1, State.STORED: 2}).unchanged == 1


def test_without_a_catalogue_nothing_was_looked_at() -> None:
    assert not looked_at(surveyed(0, paged=0, catalogue=""), {}).catalogue
