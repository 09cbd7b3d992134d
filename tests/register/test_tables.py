"""The register's tables hold what the values that are kept in them say."""

from dataclasses import fields

import pytest
from sqlalchemy import Table
from sqlalchemy.sql.sqltypes import LargeBinary

from pipeline.domain.copies import Audit, CopyStanding
from pipeline.domain.ledger import Delivery
from pipeline.register.rows import NUMBERS
from pipeline.register.rules import LISTED_NAMES
from pipeline.register.tables import AUDITS, COPIES, DELIVERIES, METADATA, VERSIONS


@pytest.mark.parametrize(("table", "kind"), [(COPIES, CopyStanding), (AUDITS, Audit), (DELIVERIES, Delivery)], ids=str)
def test_every_field_of_a_value_has_its_column(table: Table, kind: type) -> None:
    assert {field.name for field in fields(kind)} == {column.name for column in table.c} - NUMBERS


def test_a_listing_finds_its_columns() -> None:
    assert set(LISTED_NAMES) <= {column.name for column in VERSIONS.c}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_no_column_is_silently_empty(table: Table) -> None:
    """But for the exit code of a run that goes on."""
    empty = [str(column) for column in table.c if column.nullable]
    assert empty == (["runs.exit_code"] if table.name == "runs" else [])


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_what_is_large_stands_last(table: Table) -> None:
    """SQLite reads a row from its beginning."""
    large = [isinstance(column.type, LargeBinary) for column in table.c]
    assert True not in large[:-1]


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_a_table_is_found_by_what_it_belongs_to(table: Table) -> None:
    """Whoever asks for what belongs to a row of another table reads no whole table: an index begins with its key."""
    begun = [next(iter(table.primary_key)).name, *(next(iter(index.columns)).name for index in table.indexes)]
    for key in table.foreign_key_constraints:
        assert next(iter(key.columns)).name in begun
