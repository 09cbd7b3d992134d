import pytest

from pipeline.register.memory import MemoryRegister
from tests.contracts.ledger import LedgerContract


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self) -> MemoryRegister:
        return MemoryRegister()
