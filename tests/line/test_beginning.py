"""Whose work lies in a record's workspace."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.findings import finding
from pipeline.domain.packages import Packaged
from pipeline.domain.records import Received, Step
from pipeline.errors import Busy
from pipeline.line.beginning import JOURNALS, Begun, begin, refuse_taken_over, surveyed
from pipeline.workspace import RecordWorkspace, Workspace
from tests.makers.real_packages import an_index
from tests.makers.values import received

BEGUN = Begun(source_state="s", rules="r", batch="b", boot="boot", surveyed="", journals=JOURNALS)
DONE = Step(value=received([b"001.tif"]))


@pytest.fixture
def work(tmp_path: Path) -> Iterator[RecordWorkspace]:
    with Workspace(tmp_path / "work").record("K021-1") as opened:
        begin(opened, BEGUN)
        opened.finish("received", DONE)
        yield opened


def test_the_same_work_goes_on(work: RecordWorkspace) -> None:
    begin(work, BEGUN)
    assert work.finished("received", Step[Received]) == DONE


@pytest.mark.parametrize("change", ["source_state", "rules", "batch", "boot", "surveyed"])
def test_anything_else_begins_anew(work: RecordWorkspace, change: str) -> None:
    other = replace(BEGUN, **{change: "other"})
    begin(work, other)
    assert work.finished("received", Step[Received]) is None
    assert work.finished("begun", Begun) == other


def test_a_finished_tar_of_the_same_source_is_kept(work: RecordWorkspace) -> None:
    """A store may hold it already, and another time would make other bytes."""
    packaged = Step(value=Packaged(index=an_index()))
    work.finish("packaged", packaged)
    begin(work, replace(BEGUN, rules="other"))
    assert work.finished("packaged", Step[Packaged]) == packaged
    begin(work, replace(BEGUN, source_state="other"))
    assert work.finished("packaged", Step[Packaged]) is None


def test_journals_of_another_form_are_forgotten_even_so(work: RecordWorkspace) -> None:
    work.finish("packaged", Step(value=Packaged(index=an_index())))
    begin(work, replace(BEGUN, journals=JOURNALS + 1))
    assert work.finished("packaged", Step[Packaged]) is None


def test_a_workspace_that_another_run_has_taken_over_is_left_alone(work: RecordWorkspace) -> None:
    refuse_taken_over(work, "s", "K021-1")
    with pytest.raises(Busy):
        refuse_taken_over(work, "another", "K021-1")
    work.clear()
    with pytest.raises(Busy):
        refuse_taken_over(work, "s", "K021-1")


def test_findings_of_the_survey_are_told_apart() -> None:
    gap, empty = finding("page_gap", "K021-1", missing=3), finding("empty_file", "1.tif")
    assert surveyed(()) == ""
    assert len({surveyed((gap,)), surveyed((empty,)), surveyed((gap, empty)), surveyed((empty, gap))}) == 4
