"""Every ledger takes what the port says. What it does then is the contract's."""

import pytest

from pipeline.ports import Ledger
from pipeline.register.memory import MemoryRegister
from pipeline.register.memory_ledger import MemoryLedger
from pipeline.register.sql_ledger import SqlLedger
from pipeline.register.sqlite import SqliteRegister
from tests.makers.promises import broken


@pytest.mark.parametrize("kind", [SqlLedger, SqliteRegister, MemoryLedger, MemoryRegister])
def test_a_ledger(kind: type) -> None:
    assert list(broken(Ledger, kind)) == []
