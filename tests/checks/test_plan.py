"""Tables of checks: those that come with the program, and what is wrong in a table."""

import csv
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.checks.plan import COLUMNS, PERSON, Phase, known_checks, load_plan
from pipeline.domain.findings import Severity
from pipeline.domain.messages import word
from pipeline.domain.verdicts import Verdict
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES
from pipeline.texts import all_texts

PLANS = sorted(path.stem for path in (PROFILES / "checks").glob("*.csv"))
ROW = {
    "code": "X-1", "clause": "RFC 8493, 3", "phase": "bc", "property": "完整性", "severity": "error",
    "check": "bag_valid", "parameters": "part=tags", "requirement_zh": "要求", "requirement_en": "requirement",
}  # fmt: skip


def written(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    with (folder / "some.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return folder


@pytest.mark.parametrize("name", PLANS)
def test_the_tables_that_come_with_the_program(name: str) -> None:
    plan = load_plan(name)
    assert plan.rows
    for row in plan.rows:
        assert any("\u4e00" <= c <= "\u9fff" for c in row.requirement_zh)
        assert not any("\u4e00" <= c <= "\u9fff" for c in row.requirement_en)


def test_every_check_has_a_row() -> None:
    asked = {row.check.code for name in PLANS for row in load_plan(name).rows if row.check}
    assert asked == set(known_checks())


def test_the_words_for_results_and_views() -> None:
    texts = all_texts()
    for verdict in Verdict:
        assert any("\u4e00" <= c <= "\u9fff" for c in texts.word(verdict, "zh"))
    for view in {check.view.__name__.removesuffix("View").lower() for check in known_checks().values()}:
        assert any("\u4e00" <= c <= "\u9fff" for c in texts.say(word("view", view), "zh"))


def test_a_row_as_it_stands(tmp_path: Path) -> None:
    (row,) = load_plan("some", folder=written(tmp_path, ROW)).rows
    assert (row.code, row.phase, row.severity) == ("X-1", Phase.PRESERVATION, Severity.ERROR)
    assert row.check is known_checks()["bag_valid"]
    assert row.parameters == row.check.parameters(part="tags")


def test_many_rows_may_share_a_check_and_a_person_may_answer(tmp_path: Path) -> None:
    rows = [
        ROW,
        ROW | {"code": "X-2", "parameters": "part=payload"},
        ROW | {"code": "X-3", "check": PERSON, "parameters": ""},
    ]
    plan = load_plan("some", folder=written(tmp_path, *rows))
    assert [row.check is None for row in plan.rows] == [False, False, True]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"check": "no_such"}, "check"),
        ({"parameters": ""}, "parameters"),
        ({"parameters": "part=other"}, "parameters"),
        ({"parameters": "part=tags; more=1"}, "parameters"),
        ({"parameters": "part=tags; part=tags"}, "parameters"),
        ({"check": PERSON}, "parameters"),
        ({"phase": "xx"}, "phase"),
        ({"property": "美观性"}, "property"),
        ({"severity": "grave"}, "severity"),
        ({"requirement_en": " "}, "requirement_en"),
        ({"code": ""}, "code"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_column(tmp_path: Path, change: dict[str, str], column: str) -> None:
    with pytest.raises(ProfileError) as told:
        load_plan("some", folder=written(tmp_path, ROW, ROW | {"code": "X-2"} | change))
    assert (told.value.file, told.value.row, told.value.column) == (str(tmp_path / "some.csv"), 3, column)


def test_a_code_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as told:
        load_plan("some", folder=written(tmp_path, ROW, ROW))
    assert (told.value.row, told.value.column) == (3, "code")


def test_a_table_with_other_columns_or_without_rows(tmp_path: Path) -> None:
    with pytest.raises(ProfileError):
        load_plan("some", folder=written(tmp_path, ROW, columns=COLUMNS[1:]))
    with pytest.raises(ProfileError):
        load_plan("some", folder=written(tmp_path))
    with pytest.raises(ProfileError):
        load_plan("none", folder=tmp_path)


def test_a_row_with_too_many_cells(tmp_path: Path) -> None:
    path = written(tmp_path, ROW) / "some.csv"
    path.write_text(path.read_text("utf-8").rstrip("\r\n") + ",more\r\n", "utf-8")
    with pytest.raises(ProfileError) as told:
        load_plan("some", folder=tmp_path)
    assert told.value.row == 2


def test_parameters_are_simple_values() -> None:
    for check in known_checks().values():
        assert all(each.type is not None for each in fields(check.parameters))
