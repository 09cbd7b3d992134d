"""What the screen says of a delivery, whatever its size."""

import pytest

from pipeline.cli.console import Common, Console
from pipeline.cli.delivered import DeliveryScreen, nothing_wrong
from pipeline.cli.findings import FindingPrinter
from pipeline.domain.findings import finding
from pipeline.domain.ledger import Delivery, Ended, Surveyed
from pipeline.domain.outcomes import State
from pipeline.profiles import load_profile
from pipeline.register.memory import MemoryRegister
from pipeline.routes.looked import Looked, looked_at
from pipeline.texts import all_texts
from tests.makers.told import ended

DELIVERY = Delivery(name="d", folder="/d")


def looked(**changed: object) -> Looked:
    kept = {"catalogue": True, "files": True, "digests": False, "formats": True, "pages": True}
    return Looked(**{**kept, "unpaged": 0, "unchanged": 0, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "told", "said"),
    [
        (looked(), 0, "已做检查，未发现错误（检查了目录、文件、页数、格式）"),
        (looked(digests=True), 0, "已做检查，未发现错误（检查了目录、文件、校验值、页数、格式）"),
        (
            looked(pages=False, unpaged=2),
            0,
            "已做检查，未发现错误（检查了目录、文件、格式）；2 件的页数未核对（目录未写页数，或文件不按页）",
        ),
        (looked(files=False, formats=False, pages=False), 0, "只清点了目录和文件名，文件尚未打开"),
        (looked(), 3, ""),
        (looked(files=False), 3, ""),
        (looked(catalogue=False, files=False), 0, ""),
    ],
)
def test_nothing_wrong_is_said_of_what_was_looked_at(seen: Looked, told: int, said: str) -> None:
    message = nothing_wrong(seen, told)
    assert (all_texts().say(message, "zh") if message else "") == said


def test_before_any_file_was_opened_nothing_is_called_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """As where the workspace's disk is full."""
    ledger = MemoryRegister()
    ledger.begin_run(DELIVERY, at="2026-11-28T00:00:00+00:00", program="1")
    console = Console(Common(lang="zh"))
    screen = DeliveryScreen(console, FindingPrinter(console, load_profile("county")), ledger)
    surveyed = Surveyed(catalogue="c.csv", records=2, files=2, bytes=9, ignored=("c.csv", "Thumbs.db"), paged=2)
    screen.announce(DELIVERY, surveyed, ())
    out = capsys.readouterr().out
    assert "未发现错误" not in out and "文件尚未打开" in out
    assert "略过 1 项（系统文件、校验清单等，不属于任何一件）：Thumbs.db" in out
    assert looked_at(surveyed, ledger.counts(1)).files is False


def test_a_delivery_of_twenty_thousand_faulty_rows_is_told_on_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = MemoryRegister()
    run = ledger.begin_run(DELIVERY, at="2026-11-28T00:00:00+00:00", program="1")
    found = [finding("date_invalid", f"K-{row}", record=f"K-{row}", row=row, value="x") for row in range(2, 20_002)]
    ledger.add_outcomes(run.id, (Ended(position=n, outcome=ended(n + 2, each)) for n, each in enumerate(found)))
    console = Console(Common())
    screen = DeliveryScreen(console, FindingPrinter(console, load_profile("county")), ledger)
    screen.announce(DELIVERY, Surveyed(catalogue="c.csv", records=20_000, files=0, bytes=0), iter(found))
    assert screen.end(run.id)[State.HELD] == 20_000
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 25
    assert "合计：退回，待改正 20000 件" in lines
