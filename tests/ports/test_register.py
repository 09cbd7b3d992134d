"""Every register takes what the port says. What it does then is the contract's."""

import pytest

from pipeline.ports import Register
from pipeline.register.memory import MemoryRegister
from pipeline.register.sqlite import SqliteRegister
from tests.makers.promises import broken


@pytest.mark.parametrize("kind", [SqliteRegister, MemoryRegister])
def test_a_register(kind: type) -> None:
    assert list(broken(Register, kind)) == []
