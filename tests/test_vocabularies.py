"""Code lists of the standards."""

import pytest

from pipeline.vocabularies import categories, variants


@pytest.mark.parametrize("typed", ["WS", "ws", "文书", "文书档案", "administrative"])
def test_categories_by_every_name(typed: str) -> None:
    assert categories()[typed.casefold()] == "WS"


def test_the_table_is_that_of_the_standard() -> None:
    codes = set(categories().values())
    assert codes == {*["WS", "KJ", "RS", "KU", "ZY", "ZP", "LY", "LX", "SJ", "YJ", "WY", "MT", "SW"], "QT"}
    assert (categories()["会计"], categories()["照片"]) == ("KU", "ZP")


def test_no_variant_stands_in_two_groups() -> None:
    table = variants()
    assert table[ord("𠮷")] == "吉"
    assert not {ord(first) for first in table.values()} & table.keys()
