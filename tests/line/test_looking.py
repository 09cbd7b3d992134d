"""The line for a check without taking in."""

from pathlib import Path

from pipeline.domain.outcomes import State
from pipeline.line.looking import LOOKING
from pipeline.line.table import LINE
from tests.makers.deliveries import delivery
from tests.makers.services import opened_works

A, B, C = (f"K021-WS·2020·Y-000{n}" for n in (1, 2, 3))


def test_its_stages_are_those_that_read() -> None:
    assert [stage.name for stage in LOOKING.stages] == [stage.name for stage in LINE.legs()[0].stages]
    assert len(LOOKING.legs()) == 1
    assert not LOOKING.notes


def test_everything_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    rows = [{"档号": A}, {"档号": B}, {"档号": C, "保管期限": "永久或30年"}]
    made = delivery(
        tmp_path / "d", rows, {f"files/{A}/1.txt": b"1\n", f"files/{B}/1.jpg": b"no picture", f"files/{C}/1.txt": b"1"}
    )
    before = sorted((path, path.stat().st_mtime_ns) for path in made.rglob("*"))
    with opened_works(tmp_path / "home") as works:
        done = works.ingest(made, LOOKING)
        assert [o.state for o in done.outcomes] == [State.CHECKED, State.HELD, State.WAITING]
        assert done.report.exit_code == 1
        assert list(works.archive.home.work.iterdir()) == []
        assert [each for each in works.archive.register.held() if each.package_id] == []
        assert list(works.archive.register.packages()) == []
        assert works.store_files().keys() <= {".lantai-store.json"}
    assert sorted((path, path.stat().st_mtime_ns) for path in made.rglob("*")) == before
