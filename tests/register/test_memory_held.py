import pytest

from pipeline.register.memory import MemoryRegister
from tests.contracts.held import HeldContract


class TestMemoryHeld(HeldContract):
    @pytest.fixture
    def archive(self) -> MemoryRegister:
        return MemoryRegister()
