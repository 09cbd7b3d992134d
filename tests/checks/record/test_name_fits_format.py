"""The result of `name_fits_format` over a record's files; what they are judged by is tested where files are read."""

from pipeline.checks.record.name_fits_format import CHECK
from pipeline.domain.verdicts import CouldNotTell, Failed, Passed
from tests.makers.looked import judged, view


def test_a_record_that_is_in_order() -> None:
    assert isinstance(judged(CHECK, view()), Passed)


def test_one_file_that_is_not() -> None:
    assert isinstance(judged(CHECK, view("extension_lies")), Failed)


def test_what_office_programs_name_so_is_in_order() -> None:
    assert isinstance(judged(CHECK, view("extension_of_office_program")), Passed)


def test_what_other_checks_ask_for_changes_nothing() -> None:
    assert isinstance(judged(CHECK, view("page_gap")), Passed)


def test_where_no_file_was_identified_nothing_is_passed() -> None:
    assert isinstance(judged(CHECK, view(files=())), CouldNotTell)
