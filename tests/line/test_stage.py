"""The line's table: what makes it sound, how it is cut into legs, and that a stage more is a module and a row."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.outcomes import State
from pipeline.domain.records import Described, Identified, Received
from pipeline.line.stage import Line, Phase, Stage
from pipeline.line.table import LINE, PHASES, STAGES
from pipeline.profiles import load_profile
from tests.makers.deliveries import delivery, pages
from tests.makers.orders import orders_of, worked
from tests.makers.services import Works, opened_works

MODULE = '''
"""A stage that counts the files of a record."""

from dataclasses import dataclass
from functools import partial

from pipeline.domain.messages import message
from pipeline.domain.records import Received, Record, Step
from pipeline.line.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    files: int


def count(record: Record, received: Received, *, folder) -> Step[Counted]:
    (folder / "count.txt").write_text(f"{record.description.package_id} {len(received.files)}", "utf-8")
    return Step(value=Counted(files=len(received.files)))


def given(job):
    return partial(count, job.record, job.fact(Received), folder=job.work.folder("counted"))


ROW = Stage(
    name="count",
    title=message("stage_check"),
    phase="decide",
    takes=(Received,),
    makes=Counted,
    call=given,
    leaves="counted",
)
'''


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    with opened_works(tmp_path_factory.mktemp("line") / "home", profile="originals-only") as made:
        yield made


def records(folder: Path, series: str, count: int) -> Path:
    codes = [f"K021-WS·2020·{series}-{number:04d}" for number in range(1, count + 1)]
    files = {name: data for code in codes for name, data in pages(code, "001.txt").items()}
    return delivery(folder, [{"档号": code} for code in codes], files)


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line with one stage more: one module and one row."""
    (tmp_path / "count_stage.py").write_text(MODULE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import count_stage  # type: ignore[import-not-found]

    place = next(n for n, stage in enumerate(STAGES) if stage.phase == "derive")
    yield Line(phases=PHASES, stages=(*STAGES[:place], count_stage.ROW, *STAGES[place:]))
    sys.modules.pop("count_stage")


def test_a_stage_more_runs_is_journalled_and_resumed(works: Works, tmp_path: Path, counting: Line) -> None:
    folder = records(tmp_path / "d", "A", 1)
    (order,) = orders_of(works.services, folder)
    ended = worked(order, folder, works.services, counting)
    rest = replace(order, phase="decide", findings=ended.outcome.findings)
    store = works.archive.home.root / "store"
    store.rename(store.with_name("away"))
    assert worked(rest, folder, works.services, counting).outcome.state is State.FAILED
    store.with_name("away").rename(store)
    left = works.services.workspace.root / order.package_id
    assert (left / "counted" / "count.txt").read_text("utf-8") == f"{order.package_id} 1"
    journal = left / "counted.json"
    assert b'"files":1' in journal.read_bytes() and b"description" not in journal.read_bytes()
    written = journal.stat().st_mtime_ns
    shutil.copytree(left, tmp_path / "seen", copy_function=shutil.copy2)

    assert worked(rest, folder, works.services, counting).outcome.state is State.STORED

    assert (tmp_path / "seen" / "counted.json").stat().st_mtime_ns == written
    assert works.services.workspace.pending() == []


def test_a_phase_that_waits_for_all_begins_when_all_have_come_so_far(works: Works, tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    def watched(stage: Stage) -> Stage:
        def call(job):  # type: ignore[no-untyped-def]
            packed = len(list(works.services.workspace.root.glob("*/packaged.json")))
            seen.append((stage.name, packed))
            return stage.call(job)

        return replace(stage, call=call)

    phases = tuple(replace(phase, waits_for_all=phase.waits_for_all or phase.name == "deposit") for phase in PHASES)
    line = Line(survey=LINE.survey, phases=phases, stages=tuple(watched(stage) for stage in STAGES))

    report = works.ingest(records(tmp_path / "d", "B", 4), line)

    assert [o.state for o in report.outcomes] == [State.STORED] * 4
    assert [leg.name for leg in line.legs()] == ["take in", "derive to package", "deposit"]
    deposits = [packed for name, packed in seen if name == "deposit"]
    assert deposits[0] == 4
    assert [name for name, _ in seen[-4:]] == ["deposit"] * 4


def test_by_default_records_go_from_derive_to_the_end_one_by_one() -> None:
    assert [leg.name for leg in LINE.legs()] == ["take in", "derive to deposit"]
    assert LINE.leg("derive") == LINE.legs()[1]
    with pytest.raises(KeyError):
        LINE.leg("package")


def test_a_table_that_no_record_can_go_through_is_refused() -> None:
    receive, identify, *_ = STAGES
    with pytest.raises(ValueError, match="takes what no stage before it makes"):
        Line(phases=PHASES, stages=(identify, receive))
    with pytest.raises(ValueError, match="belongs to no phase"):
        Line(phases=PHASES[1:], stages=STAGES)
    with pytest.raises(ValueError, match="order of their phases"):
        Line(phases=PHASES, stages=(*STAGES, replace(receive, leaves="again")))
    with pytest.raises(ValueError, match="one name"):
        Line(phases=PHASES, stages=(receive, replace(identify, leaves="received")))
    assert {Received, Identified, Described} <= {stage.makes for stage in Line(phases=PHASES, stages=STAGES).stages}
    assert not Phase(name="seal").waits_for_all


def test_a_line_without_a_survey_takes_in_no_delivery(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without a survey"):
        Line(phases=PHASES, stages=STAGES).plan(tmp_path, load_profile("county"))
