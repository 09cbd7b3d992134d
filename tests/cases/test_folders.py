"""Deliveries whose folders are not as they should be, taken in whole."""

from pathlib import Path

from pipeline.domain.outcomes import State
from tests.makers.cases import case, taken


def test_a_whole_disk_is_taken_in_and_what_its_system_left_is_passed_over_and_listed(tmp_path: Path) -> None:
    done = taken(case("whole-disk", tmp_path), tmp_path)
    assert (done.exit_code, done.states(), done.codes("1601")) == (0, {State.STORED}, set())
    assert done.codes() <= {"header_unmapped"}
    assert sorted(done.ignored) == [
        "$RECYCLE.BIN/",
        ".Spotlight-V100/",
        ".Trash-1000/",
        ".fseventsd/",
        "FOUND.000/",
        "System Volume Information/",
        "autorun.inf",
        "catalogue.xlsx",
        "files/K021-WS·2019·D10-1601/~WRL0001.tmp",
        "files/Thumbs.db",
    ]
    assert [name for name in done.members("1601") if name.startswith("data/original/")] == ["data/original/001.jpg"]
