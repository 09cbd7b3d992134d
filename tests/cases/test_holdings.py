"""What is held and why: classified material, records that wait in several deliveries, corrections."""

from pathlib import Path

from pipeline.domain.outcomes import State
from tests.makers.cases import taken
from tests.makers.deliveries import delivery, pages

A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"


def test_classified_material_is_held_before_a_byte_is_copied(tmp_path: Path) -> None:
    rows = [{"档号": A, "密级": "机密★10年"}, {"档号": B, "密级": "公开"}]
    files = pages(A, "001.txt") | pages(B, "001.txt")
    took = taken(delivery(tmp_path / "d", rows, files, extra_headers=["密级"]), tmp_path)
    assert (took.exit_code, took.of(A).state, took.of(B).state) == (1, State.HELD, State.STORED)
    assert took.codes(A) == {"classified_material"}
    assert not list((took.home / "work").rglob(f"{took.of(A).package_id}*"))
