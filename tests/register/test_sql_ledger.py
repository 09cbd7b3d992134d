import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.register import sql_ledger
from pipeline.register.sqlite import SqliteRegister, open_register
from tests.contracts.ledger import LedgerContract


class TestSqlLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Iterator[SqliteRegister]:
        with open_register(tmp_path / "register.db") as register:
            yield register

    @pytest.fixture(params=[2, sql_ledger.PAGE], autouse=True)
    def page(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every promise also holds where a plan is many pages."""
        monkeypatch.setattr(sql_ledger, "PAGE", request.param)


_LARGE_DELIVERY = """
import resource, sys
from pathlib import Path
from pipeline.domain.outcomes import State
from pipeline.register.sqlite import open_register
from tests.contracts.ledger import AT, DELIVERY, a_plan, an_end
with open_register(Path(sys.argv[1])) as register:
    plan, end = a_plan(0, files=5), an_end(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run = register.begin_run(DELIVERY, at=AT, program="0.2.0").id
    register.add_planned(run, (plan for _ in range(20_000)))
    assert register.end_survey(run, catalogue="", findings=(), ignored=()).files == 100_000
    assert sum(1 for _ in register.planned(run)) == 20_000
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_plan_is_never_in_memory_whole(tmp_path: Path) -> None:
    """Whole it would be about 120 MB; more memory than 40 MB means that it was."""
    call = [sys.executable, "-c", _LARGE_DELIVERY, str(tmp_path / "register.db")]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40_000, "KiB"
