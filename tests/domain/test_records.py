"""Values of a record: what a description says, and the digest that every file has."""

import pytest

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.records import Element, elements
from tests.makers.values import derived, description, received_file


def test_elements_keep_their_order_and_leave_out_what_is_empty() -> None:
    made = elements(title="题名", date="", page_count="6")
    assert made == (Element(element="title", value="题名"), Element(element="page_count", value="6"))


def test_a_description_says_what_its_row_said() -> None:
    about = description(title="关于扶贫的通知", date="2019", retention="永久", page_count="12")
    assert (about.title, about.date, about.retention, about.page_count) == ("关于扶贫的通知", "2019", "永久", 12)
    assert about.value("title") == about.title
    assert about.value("responsible") == ""


def test_without_a_number_of_pages_there_is_none() -> None:
    assert description(page_count="").page_count is None


@pytest.mark.parametrize("sm3", [False, True])
def test_every_file_has_its_sha256(sm3: bool) -> None:
    for file in (received_file(1, b"a", "data/original/a", sm3=sm3), derived("data/access/a.pdf", (), sm3=sm3)):
        assert Digest(algorithm=Algorithm.SHA256, value=file.sha256) in file.digests
