"""A plan (检测方案): rows of clause, phase, property, requirement, severity, check and parameters, from
`profiles/checks/<name>.csv`.

Many rows may share a check. A row whose check is `person` is one that no machine decides. What is wrong in a table is
told with file, row and column when it is read, which is before any work.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.checks.check import Check
from pipeline.domain.findings import Severity
from pipeline.domain.messages import Message, message, why
from pipeline.errors import HouseError, ProfileError
from pipeline.profiles import PROFILES
from pipeline.registry import discover
from pipeline.toml_tables import refusal

PERSON = "person"
"""In the column `check`: a person answers."""

COLUMNS = (
    "code", "clause", "phase", "property", "severity", "check", "parameters", "requirement_zh", "requirement_en"
)  # fmt: skip

FAMILIES = ("delivery", "record", "package")
"""Packages below `pipeline.checks` whose modules each end with a CHECK."""

E = TypeVar("E", bound=StrEnum)


class Phase(StrEnum):
    """检测环节 (DA/T 70-2018): archiving, handover, long-term preservation."""

    ARCHIVING = "gd"
    HANDOVER = "yj"
    PRESERVATION = "bc"


class Property(StrEnum):
    """四性: authenticity, integrity, usability, safety."""

    AUTHENTICITY = "真实性"
    INTEGRITY = "完整性"
    USABILITY = "可用性"
    SAFETY = "安全性"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One row. `code` is unique in its plan; `clause` is where the requirement stands; `severity` is what a result
    that is not passed does to the thing checked; `check` is None where a person answers."""

    code: str
    clause: str
    phase: Phase
    property: Property
    severity: Severity
    check: Check[Any, Any] | None
    parameters: object
    requirement_zh: str
    requirement_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All rows of a table, in its order."""

    name: str
    rows: tuple[PlanRow, ...]


@cache
def known_checks() -> Mapping[str, Check[Any, Any]]:
    """Every check by its code. HouseError where a module's CHECK does not bear the module's name, or two bear one."""
    found: dict[str, Check[Any, Any]] = {}
    for family in FAMILIES:
        for module, check in discover(f"pipeline.checks.{family}", "CHECK", Check).items():
            if check.code != module or check.code in found:
                raise HouseError(f"the check in pipeline.checks.{family}.{module} is called {check.code!r}")
            found[check.code] = check
    return found


def load_plan(name: str, *, folder: Path = PROFILES / "checks") -> Plan:
    """The plan in `<folder>/<name>.csv`. Raises ProfileError naming file, row and column where it is wrong."""
    path = folder / f"{name}.csv"
    rows = tuple(_rows(path))
    seen: dict[str, int] = {}
    for number, row in rows:
        if row.code in seen:
            raise _wrong(path, number, "code", message("plan_code_doubled", code=row.code, row=seen[row.code]))
        seen[row.code] = number
    if not rows:
        raise ProfileError(message("plan_empty"), file=str(path))
    return Plan(name=name, rows=tuple(row for _, row in rows))


def _rows(path: Path) -> Iterator[tuple[int, PlanRow]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise _wrong(path, 1, "", message("plan_columns", columns=", ".join(COLUMNS)))
            for cells in reader:
                if None in cells or None in cells.values():
                    raise _wrong(path, reader.line_num, "", message("plan_cells", cells=len(COLUMNS)))
                yield reader.line_num, _row({name: cells[name].strip() for name in COLUMNS}, path, reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProfileError(message("table_unreadable", reason=why(error)), file=str(path)) from error


def _row(cells: Mapping[str, str], path: Path, number: int) -> PlanRow:
    for column in ("code", "clause", "requirement_zh", "requirement_en"):
        if not cells[column]:
            raise _wrong(path, number, column, message("plan_cell_empty"))
    check = _check(cells["check"], path, number)
    return PlanRow(
        code=cells["code"],
        clause=cells["clause"],
        phase=_one_of(Phase, cells, "phase", path, number),
        property=_one_of(Property, cells, "property", path, number),
        severity=_one_of(Severity, cells, "severity", path, number),
        check=check,
        parameters=_parameters(check, cells["parameters"], path, number),
        requirement_zh=cells["requirement_zh"],
        requirement_en=cells["requirement_en"],
    )


def _check(code: str, path: Path, number: int) -> Check[Any, Any] | None:
    if code == PERSON:
        return None
    try:
        return known_checks()[code]
    except KeyError:
        known = ", ".join((PERSON, *sorted(known_checks())))
        raise _wrong(path, number, "check", message("plan_check_unknown", check=code, known=known)) from None


def _parameters(check: Check[Any, Any] | None, cell: str, path: Path, number: int) -> object:
    """`key=value; key=value` as a value of the check's type of parameters."""
    pairs = [part.partition("=") for part in cell.split(";") if part.strip()]
    given = {key.strip(): value.strip() for key, _, value in pairs}
    if check is None:
        if given:
            raise _wrong(path, number, "parameters", message("plan_person_parameters"))
        return None
    unknown = given.keys() - {each.name for each in fields(check.parameters)}
    if unknown or len(given) != len(pairs):
        raise _wrong(path, number, "parameters", message("plan_parameters", check=check.code, given=cell))
    try:
        return msgspec.convert(given, check.parameters, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise _wrong(path, number, "parameters", refusal(error)) from error


def _one_of(kind: type[E], cells: Mapping[str, str], column: str, path: Path, number: int) -> E:
    try:
        return kind(cells[column])
    except ValueError:
        known = ", ".join(each.value for each in kind)
        raise _wrong(path, number, column, message("plan_value_unknown", value=cells[column], known=known)) from None


def _wrong(path: Path, row: int, column: str, said: Message) -> ProfileError:
    return ProfileError(said, file=str(path), row=row, column=column)
