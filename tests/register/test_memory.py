import pytest

from pipeline.register.memory import MemoryRegister
from tests.contracts.register import RegisterContract


class TestMemoryRegister(RegisterContract):
    @pytest.fixture
    def register(self) -> MemoryRegister:
        return MemoryRegister()
