"""Code lists of the standards."""

import pytest

from pipeline.vocabularies import categories


@pytest.mark.parametrize("typed", ["WS", "ws", "文书", "文书档案", "administrative"])
def test_categories_by_every_name(typed: str) -> None:
    assert categories()[typed.casefold()] == "WS"


def test_the_table_is_that_of_the_standard() -> None:
    codes = set(categories().values())
    assert codes == {*["WS", "KJ", "RS", "KU", "ZY", "ZP", "LY", "LX", "SJ", "YJ", "WY", "MT", "SW"], "QT"}
    assert (categories()["会计"], categories()["照片"]) == ("KU", "ZP")
