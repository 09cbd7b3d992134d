"""What the checks of single rows share."""

import pytest

from pipeline.checks.delivery_rows import of_row, retention_of
from pipeline.domain.retention import ByRule, OneOf, Permanent, Years
from tests.makers.values import description


def test_a_finding_names_its_row_and_record() -> None:
    about = description("K021-WS·2020·Y-0001", row=7)
    found = of_row("value_missing", about, field="title")
    assert (found.code, found.record, found.row, found.fact("field")) == (
        "value_missing",
        about.package_id,
        7,
        "title",
    )


def test_a_citizens_number_in_a_code_is_masked() -> None:
    about = description("K021-WS·2020·Y-340000190001010023")
    assert "340000190001010023" not in of_row("value_missing", about, field="title").subject


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("永久", Permanent),
        ("30年", Years),
        ("永久或30年", OneOf),
        ("按有关规定执行", ByRule),
        ("", None),
        ("很久", None),
        ("-3年", None),
    ],
)
def test_what_a_cell_means(text: str, kind: type | None) -> None:
    assert (retention_of(text) is None) if kind is None else isinstance(retention_of(text), kind)
