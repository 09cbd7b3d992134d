"""Findings that are alike are told together."""

from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import in_both, word
from pipeline.profiles import load_profile
from pipeline.reports.groups import FEW, Groups

SEVERITY = load_profile("county").severity


def missing(row: int, field: str = "title") -> Finding:
    return finding("value_missing", "c.csv", row=row, field=word("field", field))


def groups(*found: Finding) -> Groups:
    made = Groups(SEVERITY)
    made.add(found)
    return made


def test_by_code_and_column_and_gravest_first() -> None:
    warning = finding("format_unknown", "1.xyz", row=2)
    taken = groups(warning, missing(9), missing(3, "date"), missing(4)).take()
    assert [(each.code, each.count) for each in taken] == [
        ("value_missing", 1),
        ("value_missing", 2),
        ("format_unknown", 1),
    ]
    assert [each.row for each in taken[1].first] == [4, 9]


def test_many_are_counted_with_the_first_rows() -> None:
    (one,) = groups(*(missing(row) for row in range(20_000, 1, -1))).take()
    assert (one.count, len(one.first), [each.row for each in one.told]) == (19_999, FEW, [2])
    assert one.rows_told == in_both(zh="2、3、4、5、6、7、8、9…", en="2, 3, 4, 5, 6, 7, 8, 9…")


def test_a_few_are_told_one_by_one() -> None:
    (one,) = groups(missing(2), missing(3), missing(3)).take()
    assert (one.count, [each.row for each in one.told]) == (2, [2, 3])


def test_what_was_taken_does_not_come_again() -> None:
    made = groups(missing(2))
    assert len(made.take()) == 1
    made.add([missing(2), missing(5)])
    assert [each.rows for each in made.take()] == [[5]]
