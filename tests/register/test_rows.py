"""Rows of the register's tables from values and back, in a transaction of the test's own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from pipeline.domain.copies import CopyStanding
from pipeline.domain.packages import FixityResult
from pipeline.errors import RegisterError
from pipeline.register.blobs import from_json, unpack_index
from pipeline.register.engine import writing
from pipeline.register.rows import (
    columns_of,
    event_rows,
    note_audit,
    note_fault,
    note_version,
    of_version,
    package_row,
    row_of,
    version_row,
)
from pipeline.register.rules import LISTED_NAMES
from pipeline.register.sqlite import open_register
from pipeline.register.tables import AUDITS, COPIES, FAULTS, VERSIONS
from tests.contracts.register import ID, a_report, an_event
from tests.makers.real_packages import an_index, copies_of

INDEX = an_index()


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A register with one version and one copy."""
    with open_register(tmp_path / "register.db") as register, writing(register.engine, "r") as opened:
        note_version(opened, INDEX, version_row(INDEX, "s1"))
        opened.execute(insert(COPIES).values(row_of(COPIES, CopyStanding.of(INDEX, copies_of(INDEX, "nas")[0]))))
        yield opened


def test_a_version_is_kept_with_its_index(connection: Connection) -> None:
    row = connection.execute(select(VERSIONS)).one()
    assert unpack_index(row.index_zlib) == INDEX
    assert (row.title, row.stamp) == (INDEX.title, "s1")


@pytest.mark.parametrize(("said", "kept"), [("s2", "s2"), ("", "s1")])
def test_the_same_again_changes_the_state_alone(connection: Connection, said: str, kept: str) -> None:
    note_version(connection, INDEX, version_row(INDEX, said))
    assert connection.execute(select(VERSIONS.c.stamp)).scalar_one() == kept


def test_a_number_that_is_taken_is_not_given_again(connection: Connection) -> None:
    other = an_index(content="0" * 64)
    with pytest.raises(RegisterError, match="registered_otherwise"):
        note_version(connection, other, version_row(other, ""))


@pytest.mark.parametrize("result", FixityResult)
def test_an_audit_is_noted_with_the_copy_and_by_itself(connection: Connection, result: FixityResult) -> None:
    report = a_report(result, "2026-02-01T00:00:00+00:00")
    note_audit(connection, report)
    standing = CopyStanding(**dict(connection.execute(select(*columns_of(COPIES))).one()._mapping))
    assert standing == CopyStanding.of(INDEX, copies_of(INDEX, "nas")[0]).after(report)
    assert connection.execute(select(AUDITS.c.result)).scalar_one() == result.value


def test_could_not_tell_hides_no_fault(connection: Connection) -> None:
    note_audit(connection, a_report(FixityResult.MISMATCH, "2026-02-01T00:00:00+00:00"))
    note_audit(connection, a_report(FixityResult.COULD_NOT_TELL, "2026-02-02T00:00:00+00:00"))
    row = connection.execute(select(COPIES.c.last_result, COPIES.c.last_audit, COPIES.c.audits)).one()
    assert tuple(row) == ("mismatch", "2026-02-01T00:00:00+00:00", 2)


def test_an_audit_of_no_known_copy_is_refused(connection: Connection) -> None:
    with pytest.raises(RegisterError, match="audit_of_unregistered_copy"):
        note_audit(connection, a_report(FixityResult.OK, "2026-02-01T00:00:00+00:00", store="tape"))


def test_the_same_fault_every_night_is_counted(connection: Connection) -> None:
    reports = [a_report(FixityResult.MISMATCH, f"2026-02-0{night}T00:00:00+00:00") for night in (1, 2, 3)]
    other = a_report(FixityResult.MISMATCH, "2026-02-04T00:00:00+00:00", path="data/original/0002.tif")
    for report in (*reports, other):
        note_fault(connection, report)
    kept = connection.execute(select(FAULTS.c.report_json, FAULTS.c.times, FAULTS.c.last_at)).all()
    assert [(from_json(text, type(other)), times) for text, times, _ in kept] == [(reports[0], 3), (other, 1)]
    assert kept[0].last_at == reports[2].ended_at


def test_events_of_a_version_are_told_apart_by_all_they_say() -> None:
    once, other = an_event(8), replace(an_event(8), detail="store=s3")
    rows = event_rows(INDEX, [once, once, other])
    assert len({row["digest"] for row in rows}) == 2
    assert {(row["package_id"], row["version"]) for row in rows} == {(ID, 1)}


def test_a_line_of_the_listing_tells_the_worst(connection: Connection) -> None:
    found = connection.execute(select(*(VERSIONS.c[n] for n in LISTED_NAMES)).where(of_version(VERSIONS, ID, 1))).one()
    line = package_row(found, [("nas", "2026-02-02", "ok"), ("s3", "2026-02-01", "mismatch")])
    assert (line.package_id, line.title) == (ID, INDEX.title)
    assert (line.copies, line.last_audit, line.last_result) == (("nas", "s3"), "2026-02-01", "mismatch")
    assert package_row(found, [("nas", "2026-02-02", "ok"), ("s3", "", "")]).last_result == ""
