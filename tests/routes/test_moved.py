"""The same delivery at another place, and another delivery at the same or a new one."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.domain.ledger import Delivery
from pipeline.domain.records import Description, PlannedRecord, elements
from pipeline.register.memory import MemoryRegister
from pipeline.routes.moved import moved_from
from tests.contracts.ledger import AT


def plan(titles: Iterable[str]) -> list[PlannedRecord]:
    return [
        PlannedRecord(
            description=Description(
                archival_code=f"A-{n}", package_id=f"A-{n}", fonds="A", category="WS", elements=elements(title=title)
            ),
            files=(),
        )
        for n, title in enumerate(titles)
    ]


def seen(ledger: MemoryRegister, folder: Path, titles: Iterable[str]) -> Delivery:
    delivery = Delivery(name=folder.name, folder=str(folder))
    run = ledger.begin_run(delivery, at=AT, program="1").id
    ledger.add_planned(run, plan(titles))
    ledger.end_survey(run, catalogue="c", findings=(), ignored=())
    return replace(delivery, first_seen=AT)


def test_a_folder_that_was_renamed_and_mended(tmp_path: Path) -> None:
    ledger = MemoryRegister()
    before = seen(ledger, tmp_path / "usb1", ["甲", "乙", "丙"])
    now = Delivery(name="usb2", folder=str(tmp_path / "usb2"))
    assert moved_from(now, plan(["甲", "乙", "改"]), ledger) == (before,)
    assert moved_from(now, plan(["另", "一", "家"]), ledger) == (), "codes alone do not make it the same"
    assert moved_from(replace(now, folder=before.folder, name=before.name), plan(["甲", "乙", "丙"]), ledger) == ()


def test_one_that_is_still_there_is_another(tmp_path: Path) -> None:
    ledger = MemoryRegister()
    (tmp_path / "a").mkdir()
    seen(ledger, tmp_path / "a", ["甲"])
    assert moved_from(Delivery(name="b", folder=str(tmp_path / "b")), plan(["甲"]), ledger) == ()


def test_one_without_a_catalogue_is_known_by_its_name(tmp_path: Path) -> None:
    ledger = MemoryRegister()
    before = seen(ledger, tmp_path / "1" / "移交", [])
    assert moved_from(Delivery(name="移交", folder=str(tmp_path / "2" / "移交")), plan(["甲"]), ledger) == (before,)
    assert moved_from(Delivery(name="别的", folder=str(tmp_path / "别的")), plan(["甲"]), ledger) == ()


def test_one_that_comes_back(tmp_path: Path) -> None:
    ledger = MemoryRegister()
    first = seen(ledger, tmp_path / "1" / "移交", ["甲"])
    second = seen(ledger, tmp_path / "2" / "移交", ["甲"])
    ledger.moved(first.id, second)
    assert moved_from(first, plan(["甲"]), ledger) == (second,)


def test_every_place_where_it_was(tmp_path: Path) -> None:
    ledger = MemoryRegister()
    places = tuple(seen(ledger, tmp_path / each / "移交", ["甲", "乙"]) for each in "12")
    now = Delivery(name="移交", folder=str(tmp_path / "3" / "移交"))
    assert moved_from(now, plan(["甲（改）", "乙（改）"]), ledger) == tuple(sorted(places, key=lambda each: each.id))
