"""The catalogue of a delivery with its faults marked (退回目录), from how its records ended."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.codecs.marked_catalogue import Mark, Sheet, write_marked
from pipeline.domain.findings import Finding, Severity
from pipeline.reports.told import Told, column_of


def write_returned(path: Path, sheet: Sheet, told: Told) -> None:
    """Writes the copy of the catalogue; notes are not marked."""
    own = [each for each in dict.fromkeys(told.general) if told.severity(each.code) is not Severity.INFO]
    of_rows: dict[int, list[Finding]] = {}
    for each in own:
        if each.row is not None:
            of_rows.setdefault(each.row, []).append(each)
    write_marked(
        path,
        sheet,
        _marks(sheet, told, of_rows),
        title=told.label("sheet")[:31],
        last_column=told.label("findings"),
        general_title=told.label("general").replace("/", " ")[:31],
        general=((told.severity(each.code).value, _said(told, each)) for each in own if each.row is None),
    )


def _marks(sheet: Sheet, told: Told, of_rows: dict[int, list[Finding]]) -> Iterator[tuple[int, list[Mark]]]:
    """By row, in the catalogue's order: what was found of its record, and of rows that are no record's."""
    alone = iter(sorted(of_rows.items()))
    ahead = next(alone, None)
    for outcome in told.outcomes():
        while ahead is not None and ahead[0] < outcome.row:
            yield ahead[0], _of_row(sheet, told, ahead[1])
            ahead = next(alone, None)
        found = [*(ahead[1] if ahead is not None and ahead[0] == outcome.row else ()), *outcome.findings]
        if ahead is not None and ahead[0] == outcome.row:
            ahead = next(alone, None)
        if marks := _of_row(sheet, told, found):
            yield outcome.row, marks
    while ahead is not None:
        yield ahead[0], _of_row(sheet, told, ahead[1])
        ahead = next(alone, None)


def _of_row(sheet: Sheet, told: Told, found: list[Finding]) -> list[Mark]:
    grave = [each for each in dict.fromkeys(found) if told.severity(each.code) is not Severity.INFO]
    return [
        Mark(column=_column(sheet, each), severity=told.severity(each.code).value, text=_said(told, each))
        for each in grave
    ]


def _column(sheet: Sheet, finding: Finding) -> int:
    field, header = column_of(finding)
    if header and header in sheet.cells:
        return sheet.cells.index(header)
    return sheet.fields.get(field, sheet.fields.get("archival_code", 0))


def _said(told: Told, finding: Finding) -> str:
    return "\n".join((*told.sentences(finding), *told.remedies(finding)))
