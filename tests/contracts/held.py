"""What is promised by a register and ledger together of what waits in a delivery. A test class inherits this and gives
`archive`."""

from typing import Protocol

import pytest

from pipeline.domain.ledger import Delivery
from pipeline.errors import RegisterError
from pipeline.ports import Ledger, Register
from tests.contracts.ledger import AT, LATER
from tests.contracts.register import a_held, a_planned


class Both(Register, Ledger, Protocol):
    """A register that keeps the ledger."""


HERE = Delivery(name="demo", folder="/a/demo", depositor="甲单位")


class HeldContract:
    """One test per promise."""

    def test_rows_that_are_gone_wait_no_more(self, archive: Both) -> None:
        doubled = [a_held("D", row=row, code="doubled_archival_code") for row in (4, 5)]
        elsewhere, before = a_held("GONE", delivery="b"), a_held("OLD", folder="")
        whole = a_held("", title="")
        for held in (a_held("KEPT"), a_held("GONE"), *doubled, elsewhere, before, whole):
            archive.hold(held)
        run = archive.begin_run(HERE, at=AT, program="0.3.0").id
        archive.add_planned(run, [a_planned("KEPT", 99), a_planned("D", 5)])
        archive.release_gone(run)
        assert list(archive.held()) == [whole, doubled[1], elsewhere, a_held("KEPT")]
        with pytest.raises(RegisterError, match=r"9\d"):
            archive.release_gone(97)

    def test_a_delivery_that_lies_elsewhere_takes_along_what_waits(self, archive: Both) -> None:
        archive.begin_run(HERE, at=AT, program="0.3.0")
        archive.hold(a_held("A"))
        archive.withdraw([a_held("B")], by="王", at=AT, reason="误报")
        now = Delivery(name="移交", folder="/media/disk/移交")
        archive.begin_run(now, at=LATER, program="0.3.0")
        archive.moved(HERE.id, now)
        assert list(archive.held()) == [a_held("A", delivery=now.name, folder=now.folder)]
        assert [w.package_id for w in archive.withdrawals(now.id)] == ["B"]
        assert [d.moved_to for d in archive.deliveries()] == [now.id, ""]
        archive.begin_run(HERE, at=LATER, program="0.3.0")
        assert [d.moved_to for d in archive.deliveries()] == ["", ""], "it came back"

    def test_who_handed_it_in_is_kept(self, archive: Both) -> None:
        archive.begin_run(HERE, at=AT, program="0.3.0")
        archive.begin_run(Delivery(name="demo", folder="/a/demo", contact="李"), at=LATER, program="0.3.0")
        known = archive.delivery(HERE.id)
        assert known is not None and (known.depositor, known.contact) == ("甲单位", "李")
        assert archive.delivery("another") is None
