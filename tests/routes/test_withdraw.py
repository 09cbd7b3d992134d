"""What waits is taken out with a reason; what is stored, and what waits elsewhere, stays."""

from pathlib import Path

import pytest

from pipeline.domain.outcomes import State
from pipeline.errors import Busy, UsageError
from pipeline.ports import HeldRecord
from pipeline.routes.withdraw import withdraw
from tests.makers.deliveries import delivery, pages
from tests.makers.services import Works, opened_works

A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"


def take_out(works: Works, what: str, *, reason: str = "重复移交", where: str = "") -> tuple[HeldRecord, ...]:
    services = works.services
    return withdraw(
        what,
        delivery=where,
        by="王",
        reason=reason,
        register=services.register,
        ledger=services.ledger,
        workspace=services.workspace,
        clock=services.clock,
    )


def test_withdrawal(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    with opened_works(tmp_path / "home") as works:
        # 永久或30年: a person decides, and the files stay in the workspace meanwhile
        works.ingest(
            delivery(one, [{"档号": A, "保管期限": "永久或30年"}, {"档号": B}], pages(A, "1.txt") | pages(B, "1.txt"))
        )
        works.ingest(delivery(other, [{"档号": A, "题名": "另一件"}], {}))
        work = works.services.workspace
        assert work.pending() == [A]
        for wrong in ({"what": A}, {"what": B}, {"what": "没有"}, {"what": A, "where": "没有"}):
            with pytest.raises(UsageError):
                take_out(works, **wrong)
        with pytest.raises(UsageError, match="reason"):
            take_out(works, A, where="one", reason=" ")
        with work.delivery(one), pytest.raises(Busy):
            take_out(works, "one")

        assert [held.delivery for held in take_out(works, A.lower(), where="one")] == ["one"]
        assert work.pending() == [A], "it waits elsewhere, and whose work this is nobody asks"
        assert [held.archival_code for held in take_out(works, "other")] == [A]
        assert work.pending() == []
        assert list(works.services.register.held()) == []
        assert {w.reason for w in works.services.register.withdrawals()} == {"重复移交"}
        assert works.services.register.versions(B) == (1,)
        with pytest.raises(UsageError, match="nothing_waits_in"):
            take_out(works, "one")

        again = works.ingest(one)
        assert [outcome.state for outcome in again.outcomes] == [State.WAITING, State.UNCHANGED]
