"""What a package says of its record, as it is printed."""

from dataclasses import replace

from pipeline.cli.console import Common, Console
from pipeline.cli.described import for_machines, lines_of
from pipeline.domain.records import elements
from tests.makers.values import description


def test_elements_by_name_then_other_columns() -> None:
    about = replace(
        description(), elements=elements(title="题", security="公开", creator="某局"), extra=(("柜号", "3"),)
    )
    assert list(lines_of(about, Console(Common(lang="zh")))) == [("责任者", "某局"), ("密级", "公开"), ("柜号", "3")]
    assert for_machines(about) == {
        "elements": {"title": "题", "security": "公开", "creator": "某局"}, "extra": [["柜号", "3"]]
    }  # fmt: skip


def test_where_nobody_can_tell_that_is_said() -> None:
    ((name, value),) = lines_of(None, Console(Common(lang="zh")))
    assert (name, "未能读出" in value) == ("著录", True)
    assert for_machines(None) is None
