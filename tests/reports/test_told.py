"""What a report tells."""

from pipeline.domain.findings import finding
from pipeline.domain.messages import word
from pipeline.reports.told import column_of
from tests.makers.told import ended, told


def test_the_column_that_a_finding_is_about() -> None:
    assert column_of(finding("value_missing", "c", field=word("field", "title"))) == ("title", "")
    assert column_of(finding("value_garbled", "c", header="备注")) == ("archival_code", "备注")
    assert column_of(finding("retention_unclear", "c")) == ("retention", "")
    assert column_of(finding("empty_file", "c")) == ("archival_code", "")


def test_all_findings_with_the_code_they_are_about() -> None:
    gap = finding("page_gap", "K-2", row=2, missing="3")
    stray = finding("files_without_row", "x", count=1)
    assert list(told(ended(2, gap), general=(stray,)).findings()) == [(stray, ""), (gap, "K-2")]


def test_languages() -> None:
    assert told(lang="zh").label("row") == "行"
    assert told().label("row") == "行 · row"
